"""`explain` of an error, as whole processes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import STARTUP, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TWICE = """\
from starlette.requests import Request


async def webhook(request: Request):
    async for chunk in request.stream():
        print(chunk)
    return await request.body()
"""
TRACEBACK = """\
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/venv/starlette/requests.py", line 220, in stream
    raise RuntimeError("Stream consumed")
RuntimeError: Stream consumed
"""


def headings(text: str) -> list[str]:
    return [row for row in text.splitlines() if row and not row.startswith(" ")]


def test_an_error_is_explained_with_what_the_code_has_of_it(run: Run, project: Path) -> None:
    (project / "main.py").write_text(TWICE)
    done = run("explain", "RuntimeError: Stream consumed")
    assert (done.returncode, done.stderr) == (0, "")
    assert headings(done.stdout) == [
        "The body of the request was received already",
        "What happens",
        "Cure",
        "Hazards behind it",
        "Reported in",
        "In this code",
    ]
    assert "  main.py:7:18: SU400 `body()` after the body of this request was received already\n" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("Stream consumed",),
        ("RuntimeError:", "Stream", "consumed"),
        ("body-received-twice",),
        (TRACEBACK,),
        ("RuntimeError: Stream consumed", "."),
        ("body-received-twice", "main.py"),
    ],
    ids=["text", "words", "name", "traceback", "with-a-folder", "with-a-file"],
)
def test_it_can_be_given_in_many_ways(run: Run, project: Path, words: tuple[str, ...]) -> None:
    (project / "main.py").write_text(TWICE)
    assert run("explain", *words).stdout == run("explain", "RuntimeError: Stream consumed").stdout


def test_a_traceback_is_read_from_stdin(run: Run, project: Path) -> None:
    (project / "main.py").write_text(TWICE)
    done = subprocess.run(
        [sys.executable, "-m", "starlette_upgrade", "explain", "-"],
        input=TRACEBACK.encode(),
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == run("explain", "RuntimeError: Stream consumed").stdout


def test_where_nothing_is_seen_that_is_said(run: Run, project: Path) -> None:
    (project / "main.py").write_text("print()\n")
    done = run("explain", "ClientDisconnect")
    assert done.stdout.endswith("\nIn this code\n  nothing of it is seen in 1 file\n")


def test_a_folder_without_python_is_not_spoken_of(run: Run) -> None:
    done = run("explain", "ClientDisconnect")
    assert done.returncode == 0
    assert "In this code" not in done.stdout


def test_an_error_of_a_rule_leads_to_its_page(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    done = run("explain", "AttributeError: 'Starlette' object has no attribute 'on_event'. Did you mean: 'on'?")
    assert done.returncode == 0
    assert done.stdout.startswith("A program that meets this rule can say so:\n\nSU101 on-event-removed\n")
    assert "\nIn this code\n  main.py:6:2: SU101 `Starlette.on_event` was removed in 1.0.0rc1\n" in done.stdout
    assert "\nWhat you gave fits these as well\n  SU258  " in done.stdout


def test_a_rule_is_looked_for_where_a_path_is_given(run: Run, project: Path) -> None:
    (project / "main.py").write_text(TWICE)
    done = run("explain", "SU400", "main.py")
    assert done.stdout.startswith("SU400 stream-consumed\n")
    assert done.stdout.endswith(
        "  main.py:7:18: SU400 `body()` after the body of this request was received already\n"
    )
    assert "In this code" not in run("explain", "SU400").stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ("hello world",),
            "no error is known that says `hello world`; paste the whole traceback, or its last line",
        ),
        (
            ("BrokenResorceError",),
            "no error is known that says `BrokenResorceError`; did you mean `BrokenResourceError`?",
        ),
        (("X" * 500,), f"no error is known that says `{'X' * 80}\N{HORIZONTAL ELLIPSIS}`; paste the whole"),
        (("SU999",), "unknown rule `SU999`"),
        (("on-event",), "unknown rule `on-event`; did you mean `on-event-removed`?"),
        (("-",), "stdin is empty: paste an error, or a whole traceback"),
    ],
)
def test_what_nobody_knows_is_one_clear_line_and_two(run: Run, words: tuple[str, ...], error: str) -> None:
    done = run("explain", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {error}")
    assert done.stderr.count("\n") == 1


def test_a_file_that_holds_a_traceback_comes_on_stdin(run: Run, project: Path) -> None:
    (project / "trace.txt").write_text(TRACEBACK)
    done = run("explain", "trace.txt")
    assert done.returncode == 2
    assert done.stderr == (
        "error: `trace.txt` is a file: `starlette-upgrade explain - < trace.txt` explains what it holds\n"
    )


def test_a_path_that_is_missing_is_named(run: Run) -> None:
    done = run("explain", "ClientDisconnect", "nowhere")
    assert done.returncode == 2
    assert done.stderr == "nowhere: error: no such file or folder\n"
