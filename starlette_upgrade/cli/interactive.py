"""`fix --interactive`: each rewrite is shown, and made only if the person at the terminal says so.

As with `git add -p`: who quits keeps what was accepted. Nothing is written before the last answer, so that who
interrupts (Ctrl-C) leaves all files as they were.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.rewrite.consent import Answer, Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.cli.output import Output
    from starlette_upgrade.cli.progress import Bar
    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.report.styled import Line
    from starlette_upgrade.rewrite.consent import Proposal

_WORDS = {answer.value: answer for answer in Answer} | {"yes": Answer.YES, "no": Answer.NO, "quit": Answer.QUIT}
_LETTERS = ",".join([*(answer.value for answer in Answer), "?"])


def require_terminal() -> None:
    """Raises CommandError where nobody can be asked."""
    for name, stream in (("stdin", sys.stdin), ("stderr", sys.stderr)):
        if stream is None or not stream.isatty():
            raise CommandError(
                f"--interactive asks at a terminal, and {name} is none: leave it out, or look at fix --diff"
            )


def consent_at_terminal(request: Request, output: Output, progress: Bar) -> Consent:
    """Asks on stderr and reads from stdin, after a look at whether the answers can be written."""

    def start(paths: Sequence[Path]) -> None:
        progress.stop()
        if not request.allow_dirty and not request.diff:
            from starlette_upgrade.cli.worktree import require_clean

            require_clean(paths)

    def ask(proposal: Proposal) -> Answer:
        from starlette_upgrade.report.proposal import proposed

        output.remark(proposed(proposal, output.aside))
        return answer_to(proposal, _read(output), output.remark)

    return Consent(ask, start)


def answer_to(proposal: Proposal, read: Callable[[str], str], say: Callable[[list[Line]], None]) -> Answer:
    """The answer that is read, with help for who needs it. The end of the input is a farewell, as with git."""
    question = f"({proposal.number}/{proposal.total}) Make this rewrite? [{_LETTERS}] "
    while text := read(question):
        answer = _WORDS.get(text.strip().lower())
        if answer is not None:
            return answer
        say(list(_help(proposal)))
    return Answer.QUIT


def _help(proposal: Proposal) -> Iterator[Line]:
    from starlette_upgrade.report.styled import line

    rules = ", ".join(proposal.codes)
    for letter, meaning in (
        ("y", "make this rewrite"),
        ("n", "leave this as it is"),
        ("a", f"make this one and all others of {rules}, in all files"),
        ("s", f"leave this one and all others of {rules}, in all files"),
        ("f", "make this one and all others in this file"),
        ("d", "leave this one and all others in this file"),
        ("q", "quit: write what was accepted so far, leave the rest"),
        ("?", "this help; Ctrl-C ends without writing anything"),
    ):
        yield line((f"{letter}  {meaning}", "bold red"))


def _read(output: Output) -> Callable[[str], str]:
    """Shows a question and reads one line; "" where the input has ended."""

    def read(question: str) -> str:
        try:
            output.prompt(question)
            text = sys.stdin.readline()
        except KeyboardInterrupt:
            print("\nnothing is written", file=sys.stderr)
            raise
        except UnicodeDecodeError:
            return "?"
        if not text:
            print(file=sys.stderr)
        return text

    return read
