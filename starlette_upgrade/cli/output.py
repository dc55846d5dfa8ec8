"""Where words go: findings to stdout; notes, problems and progress to stderr; colours only where wanted."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from starlette_upgrade.report.place import View
from starlette_upgrade.report.styled import line, one_line, show
from starlette_upgrade.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import CheckResult, Finding, FixResult, Problem
    from starlette_upgrade.report.left import Left
    from starlette_upgrade.report.styled import Line
    from starlette_upgrade.report.summary import Scope
    from starlette_upgrade.ruleset.lifecycle import Move


_USUAL_WIDTH = 100


class Output:
    """The two streams of one command, and how a person looks at each."""

    def __init__(self, request: Request) -> None:
        self._quiet = request.quiet
        self._verbose = request.verbose
        self._start = time.monotonic()
        # stdout holds code or a diff then, and words would spoil it.
        self._beside = request.command == "fix" and (request.diff or request.reads_stdin)
        self._colour = {stream: _coloured(stream, request.color) for stream in (sys.stdout, sys.stderr)}
        self.view = _view(sys.stdout, links=self._colour[sys.stdout])
        self.aside = _view(sys.stderr, links=self._colour[sys.stderr])

    @property
    def coloured(self) -> bool:
        """Whether stdout shows colours."""
        return self._colour[sys.stdout]

    def report(self, lines: Iterable[Line]) -> None:
        """What the command is for: to stdout."""
        show(lines, sys.stdout, colour=self.coloured)

    def remark(self, lines: Iterable[Line]) -> None:
        """A report that must not mix with the one on stdout, as beside a diff."""
        show(lines, sys.stderr, colour=self._colour[sys.stderr])

    def prompt(self, question: str) -> None:
        """A question on stderr; the answer is typed behind it."""
        show([line((question, "bold blue"))], sys.stderr, colour=self._colour[sys.stderr], end="")
        sys.stderr.flush()

    def tell(self, lines: Iterable[Line]) -> None:
        """What is said of the result: to stdout, or to stderr where that holds a diff or code."""
        (self.remark if self._beside else self.report)(lines)

    @property
    def telling(self) -> View:
        """How a person looks at what is told."""
        return self.aside if self._beside else self.view

    def findings(self, request: Request, findings: Sequence[Finding], move: Move) -> None:
        """The findings in the format that the person chose."""
        if not findings:
            return
        if request.format == "concise":
            from starlette_upgrade.report.concise import concise

            self.tell(concise(findings, self.telling))
        else:
            from starlette_upgrade.report.full import full

            self.tell(full(findings, move, self.telling, possible_count=request.include_possible))

    def scope(self, request: Request, origin: str) -> Scope:
        """What a summary has to say beside the result."""
        from starlette_upgrade.report.summary import Scope

        return Scope(
            origin=origin,
            selected=bool(request.select or request.ignore),
            possible_count=request.include_possible,
            width=self.telling.width,
            unsafe=request.unsafe,
            asked=request.interactive,
            ahead=request.ahead,
            unexposed=request.format != "concise",
        )

    def json(self, result: CheckResult | FixResult, origin: str, left: Iterable[Left] = ()) -> None:
        """The result for programs."""
        from starlette_upgrade.report.json_format import json_report

        sys.stdout.write(json_report(result, origin, self.view, left))

    def write_bytes(self, data: bytes) -> None:
        """Bytes for machines: no encoding and no newline is changed on the way."""
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(data.decode(errors="replace"))
        else:
            binary.write(data)
            binary.flush()

    def notes(self, texts: Iterable[str]) -> None:
        """What is good to know, unless the person wants quiet."""
        if not self._quiet:
            for text in texts:
                print(f"note: {one_line(text)}", file=sys.stderr)

    def details(self, files: int) -> None:
        """How long it took, for those who ask."""
        if self._verbose:
            seconds = time.monotonic() - self._start
            print(f"note: {count(files, 'file')} in {seconds:.2f} s", file=sys.stderr)

    def problems(self, problems: Iterable[Problem]) -> None:
        """One line each: `path:line: error: message`."""
        lines = []
        for problem in problems:
            label = ("error", "bold red") if problem.fatal else ("warning", "bold yellow")
            text = (f": {one_line(problem.message)}", "")
            if problem.path is None:
                lines.append(line(label, text))
            else:
                lines.append(line(self.aside.place(problem.path, problem.line), ": ", label, text))
        self.remark(lines)


def _view(stream: TextIO, *, links: bool) -> View:
    return View(Path.cwd(), _width(stream) if stream.isatty() else 0, links)


def _width(terminal: TextIO) -> int:
    """The columns of this very terminal: the other stream may go elsewhere."""
    wish = os.environ.get("COLUMNS", "")
    if wish.isdecimal() and int(wish):
        return int(wish)
    try:
        return os.get_terminal_size(terminal.fileno()).columns or _USUAL_WIDTH
    except (OSError, ValueError):
        return _USUAL_WIDTH


def _coloured(stream: TextIO, wish: str) -> bool:
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
