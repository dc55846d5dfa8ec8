"""`fix --style`: whole processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

MOVE = ("--from", "0.40.0", "--to", "1.10.0")
TABLES = ("--unsafe", "--style", "table")
MAIN = """\
from starlette.applications import Starlette

app = Starlette()


@app.route("/")
async def home(request):
    pass
"""
SHARED = """\
from main import app


@app.route("/more")
async def more(request):
    pass
"""


def test_tables_are_only_made_where_unsafe_rewrites_are_asked_for(run: Run, project: Path) -> None:
    (project / "main.py").write_text(MAIN)
    done = run("fix", *MOVE, "--style", "table")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("error: --style table moves apps below their handlers, which is unsafe: add --unsafe\n")
    assert (project / "main.py").read_text() == MAIN


def test_an_unknown_style_is_one_line(run: Run, project: Path) -> None:
    done = run("fix", *MOVE, "--style", "tables", "--unsafe", str(project))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --style: unknown value `tables`; did you mean `table`?\n"


def test_calls_are_the_default(run: Run, project: Path) -> None:
    (project / "main.py").write_text(MAIN)
    plain, called = run("fix", *MOVE, "--diff", "--unsafe"), run("fix", *MOVE, "--diff", "--style", "call")
    assert plain.stdout == called.stdout
    assert '+app.add_route("/", home)\n' in plain.stdout


def test_a_table_is_written_and_a_second_time_nothing(run: Run, project: Path) -> None:
    (project / "main.py").write_text(MAIN)
    shown = run("fix", *MOVE, *TABLES, "--diff")
    assert '+app = Starlette(routes=[Route("/", home)])\n' in shown.stdout
    assert shown.stderr.endswith("Next: starlette-upgrade fix --unsafe --style table --from 0.40.0 --to 1.10.0 .\n")
    assert run("fix", *MOVE, *TABLES).returncode == 0
    written = (project / "main.py").read_text()
    assert written.endswith('app = Starlette(routes=[Route("/", home)])\n')
    assert run("fix", *MOVE, *TABLES).returncode == 0
    assert (project / "main.py").read_text() == written


def test_where_a_call_is_written_instead_it_says_why(run: Run, project: Path) -> None:
    (project / "main.py").write_text(MAIN)
    (project / "more.py").write_text(SHARED)
    done = run("fix", *MOVE, *TABLES)
    assert done.returncode == 0
    assert done.stderr == "note: more.py:4: written as calls, not as tables: `app` is imported\n"
    assert (project / "more.py").read_text().endswith('\n\napp.add_route("/more", more)\n')


def test_check_does_not_know_of_styles(run: Run, project: Path) -> None:
    (project / "main.py").write_text(MAIN)
    done = run("check", *MOVE, "--style", "table")
    assert done.returncode == 2
    assert "--style" in done.stderr
