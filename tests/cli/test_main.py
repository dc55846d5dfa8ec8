from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.cli import main
from starlette_upgrade.cli.output import _coloured
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.finding import FileChange, FixResult
from starlette_upgrade.rewrite import disk


class Stream:
    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def raising(error: BaseException) -> Any:
    def check(*arguments: object) -> None:
        raise error

    return check


def test_an_interrupted_run_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", raising(KeyboardInterrupt()))
    assert main(["check", "--from", "0.40.0"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_crash_is_one_line_that_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", raising(ZeroDivisionError("a\nb")))
    assert main(["check", "--from", "0.40.0"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "crashed: ZeroDivisionError: a b; this is a bug in it, please report it" in error
    assert main(["check", "--from", "0.40.0", "-v"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_the_system_s_errors_are_no_bugs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", raising(OSError(28, "No space left on device")))
    assert main(["check", "--from", "0.40.0"]) == 2
    assert capsys.readouterr().err == "error: [Errno 28] No space left on device\n"


def test_what_can_not_be_written_is_an_error_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_bytes(b"a")
    bad.write_bytes(b"changed meanwhile")

    def fix(options: Any, *others: object) -> FixResult:
        changes = tuple(FileChange(path, b"a", b"b", "utf-8", ()) for path in (bad, good))
        return FixResult(options.move, changes, (), (), 2)

    monkeypatch.setattr(pipeline, "fix", fix)
    assert main(["fix", "--from", "0.40.0", str(tmp_path)]) == 2
    assert (good.read_bytes(), bad.read_bytes()) == (b"b", b"changed meanwhile")
    captured = capsys.readouterr()
    assert captured.err == f"{bad}: error: not written: changed on disk meanwhile; left alone, run again\n"
    assert "Fixed 0 findings in 1 file." in captured.out
    assert disk.ChangedOnDisk.__mro__[1] is OSError


@pytest.mark.parametrize(
    ("terminal", "wish", "environment", "coloured"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "auto", {"TERM": "dumb"}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (False, "auto", {"FORCE_COLOR": "0"}, False),
        (True, "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (False, "always", {"NO_COLOR": "1"}, True),
        (True, "never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_when_colours_show(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, wish: str, environment: dict[str, str], coloured: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream: Any = Stream(terminal)
    assert _coloured(stream, wish) is coloured


def test_the_progress_bar_shows_after_a_second_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    for terminal, quiet, shown in ((True, False, True), (False, False, False), (True, True, False)):
        monkeypatch.setattr("sys.stderr.isatty", lambda answer=terminal: answer)
        now = 0.0
        with Bar(quiet=quiet) as bar:
            now = 0.9
            bar(1, 10)
            assert bar._progress is None
            now = 1.1
            bar(2, 10)
            assert (bar._progress is not None) is shown
            bar(3, 10)
        captured = capsys.readouterr()
        assert captured.out == ""
        assert ("Reading" in captured.err) is shown
