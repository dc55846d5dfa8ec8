"""`fix --interactive`, in a terminal of its own."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.cli.interactive import answer_to
from starlette_upgrade.cli.output import _width
from starlette_upgrade.finding import FileChange
from starlette_upgrade.report.styled import plain
from starlette_upgrade.rewrite.consent import Answer, Proposal
from tests.cli.conftest import REDIRECTS, clean_environment
from tests.report.conftest import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.report.styled import Line
    from tests.cli.conftest import Run

MOVE = ("--from", "0.40.0", "--to", "1.10.0")
TWICE = REDIRECTS + 'client.get("/new", allow_redirects=True)\n'
HALF = TWICE.replace("allow_redirects=False", "follow_redirects=False")
_PATIENCE = 60.0


class Terminal:
    """A process at a pseudo-terminal, and what it has written there: on a slow machine a progress bar first."""

    def __init__(self, project: Path, *arguments: str, **environment: str) -> None:
        pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
        self._own, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "starlette_upgrade", "fix", *arguments, *MOVE],
            cwd=project,
            env=clean_environment(TERM="xterm", **environment),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        self.shown = ""

    def answer(self, text: str) -> str:
        """What is shown up to the next question, which is answered then."""
        start = len(self.shown)
        while not self.shown[start:].endswith("?] "):
            assert self._read(), self.shown
        os.write(self._own, text.encode())
        return self.shown[start:]

    def rest(self) -> tuple[int, str]:
        """The exit code, and what is shown after the last answer."""
        start = len(self.shown)
        while self._read():
            pass
        os.close(self._own)
        return self._process.wait(_PATIENCE), self.shown[start:]

    def _read(self) -> bool:
        assert select.select([self._own], [], [], _PATIENCE)[0], self.shown
        try:
            data = os.read(self._own, 65536)
        except OSError:  # Linux says so where nobody is left on the other side
            return False
        self.shown += re.sub(r"\x1b\[[\d;]*m", "", data.decode()).replace("\r\n", "\n")
        return bool(data)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "test_it.py"
    path.write_text(TWICE)
    return path


def test_a_rewrite_is_shown_with_its_place_rule_and_lines(project: Path, file: Path) -> None:
    terminal = Terminal(project, "-i", NO_COLOR="1")
    assert terminal.answer("y\n").endswith(
        "\n"
        "test_it.py:5:20: SU125 testclient-allow-redirects\n"
        "  `allow_redirects` was removed from `TestClient` in 0.43.0\n"
        "@@ -2,5 +2,5 @@\n"
        " from starlette.testclient import TestClient\n"
        " \n"
        " client = TestClient(Starlette())\n"
        '-client.get("/old", allow_redirects=False)\n'
        '+client.get("/old", follow_redirects=False)\n'
        ' client.get("/new", allow_redirects=True)\n'
        "(1/2) Make this rewrite? [y,n,a,s,f,d,q,?] "
    )
    assert "(2/2) Make this rewrite?" in terminal.answer("n\n")
    code, rest = terminal.rest()
    assert code == 1
    assert file.read_text() == HALF
    assert "   1  not accepted: SU125 testclient-allow-redirects\n" in rest
    assert "test_it.py:6" not in rest, "what was left on purpose is not shown again"


def test_on_a_terminal_it_is_coloured(project: Path, file: Path) -> None:
    terminal = Terminal(project, "-i")
    raw = b""
    while b"?] " not in raw:
        raw += os.read(terminal._own, 65536)
    os.write(terminal._own, b"q\n")
    terminal.rest()
    assert b"\x1b[31m-client.get" in raw
    assert b"\x1b[32m+client.get" in raw


def test_the_width_is_that_of_the_terminal_that_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    import fcntl
    import struct
    import termios

    own, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 47, 0, 0))
    monkeypatch.delenv("COLUMNS", raising=False)
    with open(slave, "w", encoding="utf-8") as stream:
        assert _width(stream) == 47
        monkeypatch.setenv("COLUMNS", "30")
        assert _width(stream) == 30
    os.close(own)


def test_who_quits_has_what_was_accepted_written(project: Path, file: Path) -> None:
    terminal = Terminal(project, "--interactive")
    terminal.answer("y\n")
    terminal.answer("q\n")
    code, rest = terminal.rest()
    assert (code, file.read_text()) == (1, HALF)
    assert "fixed test_it.py" in rest


def test_the_end_of_the_input_is_as_quitting(project: Path, file: Path) -> None:
    terminal = Terminal(project, "-i")
    terminal.answer("y\n")
    terminal.answer("\x04")
    assert terminal.rest()[0] == 1
    assert file.read_text() == HALF


def test_who_interrupts_has_nothing_written(project: Path, file: Path) -> None:
    terminal = Terminal(project, "-i")
    terminal.answer("y\n")
    terminal.answer("\x03")
    code, rest = terminal.rest()
    assert (code, file.read_text()) == (130, TWICE)
    assert rest.endswith("\nnothing is written\ninterrupted\n")


def test_a_diff_of_what_was_accepted_is_written_nowhere(project: Path, file: Path) -> None:
    terminal = Terminal(project, "-i", "--diff")
    terminal.answer("n\n")
    terminal.answer("y\n")
    code, rest = terminal.rest()
    assert (code, file.read_text()) == (1, TWICE)
    assert '+client.get("/new", follow_redirects=True)\n' in rest
    assert "Next: starlette-upgrade fix --interactive --from" in rest


def test_a_dirty_work_tree_is_told_before_any_question(project: Path, file: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, env=clean_environment(), check=True)
    code, shown = Terminal(project, "-i").rest()
    assert code == 2
    assert "error: nothing is written: test_it.py is not under version control" in shown
    assert "Make this rewrite" not in shown


def test_where_nothing_can_be_rewritten_nobody_is_asked(project: Path) -> None:
    (project / "main.py").write_text("from starlette.applications import Starlette\n")
    code, shown = Terminal(project, "-i").rest()
    assert (code, "All checks passed" in shown) == (0, True)


def test_without_a_terminal_it_is_one_clear_line_and_two(run: Run, file: Path) -> None:
    done = run("fix", "-i", *MOVE)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"error: --interactive asks at a terminal, and stdin is none: .*\n", done.stderr)
    assert file.read_text() == TWICE


def answers(*lines: str) -> tuple[Answer, list[str], str]:
    """The answer to a proposal, the questions, and what else was said."""
    change = FileChange(Path("a.py"), b"", b"x", "utf-8", (make_finding(),))
    given: Iterator[str] = iter(lines)
    questions: list[str] = []
    said: list[Line] = []

    def read(question: str) -> str:
        questions.append(question)
        return next(given)

    answer = answer_to(Proposal(change, 3, 14), read, said.extend)
    return answer, questions, plain(said)


@pytest.mark.parametrize("answer", Answer)
def test_each_answer_is_a_letter(answer: Answer) -> None:
    question = "(3/14) Make this rewrite? [y,n,a,s,f,d,q,?] "
    assert answers(f"{answer.value}\n") == (answer, [question], "")
    assert answers(f" {answer.value.upper()} \r\n") == (answer, [question], "")


@pytest.mark.parametrize("text", ["?\n", "\n", "help\n", "x\n", "yn\n"])
def test_who_needs_help_gets_it_and_is_asked_again(text: str) -> None:
    answer, questions, said = answers(text, "y\n")
    assert (answer, len(questions)) == (Answer.YES, 2)
    assert {row[0] for row in said.splitlines()} == {*(one.value for one in Answer), "?"}
    assert "all others of SU101, in all files" in said
    assert "q  quit: write what was accepted so far, leave the rest\n" in said


def test_whole_words_do_as_well() -> None:
    assert [answers(f"{word}\n")[0] for word in ("yes", "no", "quit")] == [
        Answer.YES,
        Answer.NO,
        Answer.QUIT,
    ]
    assert answers("")[0] is Answer.QUIT
