"""Code from stdin, as editors hand it over: what comes back is all that stdout holds."""

from __future__ import annotations

import codecs
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BY_HAND, REDIRECTS, clean_environment

MOVE = ("--from", "0.40.0", "--to", "1.10.0")
FIXED = REDIRECTS.replace("allow_redirects", "follow_redirects")


def piped(
    project: Path, text: str | bytes, *arguments: str, move: tuple[str, ...] = MOVE
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "starlette_upgrade", *arguments, *move],
        cwd=project,
        env=clean_environment(),
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_the_rewritten_code_is_all_that_stdout_holds(project: Path) -> None:
    done = piped(project, REDIRECTS, "fix", "-")
    assert (done.returncode, done.stdout.decode()) == (0, FIXED)
    assert done.stderr.decode().startswith(
        "fixed <stdin>\n   1  SU125 testclient-allow-redirects\n\nFixed 1 finding"
    )
    quiet = piped(project, REDIRECTS, "fix", "-", "-q")
    assert (quiet.returncode, quiet.stdout.decode(), quiet.stderr) == (0, FIXED, b"")
    assert list(project.iterdir()) == []


def test_what_remains_is_told_on_stderr_with_its_place_in_the_new_code(project: Path) -> None:
    text = REDIRECTS.replace("client.get", "import starlette.status\nclient.get") + BY_HAND
    done = piped(project, text, "fix", "-", "--stdin-filename", "app/main.py", "--format", "concise", "-q")
    assert done.returncode == 1
    assert done.stdout.decode() == text.replace("allow_redirects", "follow_redirects")
    line = done.stdout.decode().split("\n").index("print(app.exception_middleware)") + 1
    assert done.stderr.decode().startswith(f"app/main.py:{line}:7: SU130 ")
    assert piped(project, text, "fix", "-", "--exit-zero").returncode == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"import starlette",
        b"import starlette\r\nx = 1\r\n",
        b"import starlette\rx = 1\r",
        codecs.BOM_UTF8 + b"import starlette\n\n\n",
        b"# coding: latin-1\nimport starlette # \xe9\n",
        b"import starlette\n\x0c\nx = '\t'   \n",
        b"nothing that Python knows: \xff\0\n",
    ],
)
def test_what_needs_no_rewrite_comes_back_byte_for_byte(project: Path, data: bytes) -> None:
    done = piped(project, data, "fix", "-")
    assert (done.returncode, done.stdout) == (0, data)
    diff = piped(project, data, "fix", "-", "--diff")
    assert (diff.returncode, diff.stdout) == (0, b"")


def test_encoding_newlines_and_mark_stay_in_rewritten_code(project: Path) -> None:
    old = codecs.BOM_UTF8 + REDIRECTS.replace("/old", "/öld").replace("\n", "\r\n").encode()
    done = piped(project, old, "fix", "-")
    assert done.stdout == old.replace(b"allow_redirects", b"follow_redirects")
    latin = f"# coding: latin-1\n{REDIRECTS}".replace("/old", "/öld").encode("latin-1")
    done = piped(project, latin, "fix", "-")
    assert done.stdout == latin.replace(b"allow_redirects", b"follow_redirects")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"import starlette\nx = (\n", b"a.py:2: error: syntax error: '(' was never closed\n"),
        (
            b"import starlette # \xff\r\n",
            b"a.py:1: error: not valid utf-8: save it as UTF-8 or declare its encoding",
        ),
        (b"import starlette\n\0", b"a.py:2: error: holds a null byte: not Python source\n"),
    ],
)
def test_broken_code_comes_back_with_one_line_that_says_why(project: Path, data: bytes, error: bytes) -> None:
    (project / "requirements.txt").write_text("starlette==0.40.0\n")
    done = piped(project, data, "fix", "-", "--stdin-filename", "a.py", move=())
    assert (done.returncode, done.stdout) == (2, data)
    assert done.stderr.startswith(error)
    assert done.stderr.count(b"\n") == 1
    diff = piped(project, data, "fix", "-", "--diff")
    assert (diff.returncode, diff.stdout) == (2, b"")


def test_code_comes_back_where_the_run_cannot_go_on(project: Path) -> None:
    done = piped(project, REDIRECTS, "fix", "-", "--select", "SU999")
    assert (done.returncode, done.stdout.decode()) == (2, REDIRECTS)
    assert done.stderr.startswith(b"error: unknown rule or tag `SU999`")
    assert done.stderr.count(b"\n") == 1


def test_the_diff_names_the_file(project: Path) -> None:
    done = piped(project, REDIRECTS, "fix", "-", "--stdin-filename", "tests/test_it.py", "--diff")
    assert done.returncode == 1
    assert done.stdout.startswith(b"--- a/tests/test_it.py\n+++ b/tests/test_it.py\n@@ ")
    assert b"Would fix 1 finding in 1 file; nothing is written." in done.stderr


def test_the_name_tells_of_the_project_around_it(project: Path) -> None:
    (project / "shop").mkdir()
    (project / "shop" / "pyproject.toml").write_text(
        '[project]\nname = "shop"\ndependencies = ["starlette==0.46.0"]\n'
    )
    (project / "shop" / "made.py").write_text(
        "from starlette.applications import Starlette\n\n\ndef make():\n    return Starlette()\n"
    )
    text = "from made import make\n\napp = make()\napp.add_event_handler('startup', print)\n"
    done = piped(project, text, "check", "-", "--stdin-filename", "shop/main.py", "-v", move=())
    assert done.returncode == 1
    words = done.stdout.decode()
    assert words.startswith("shop/main.py:4:1: SU102 add-event-handler-removed ")
    assert "= why: `app` is a `Starlette` because `make()` in shop/made.py:4 returns one" in words
    assert "pyproject.toml" in words.split("From 0.46.0 (")[1]
    nameless = piped(project, text, "check", "-", move=("--from", "0.40.0"))
    assert nameless.returncode == 0


def test_what_is_on_disk_under_that_name_does_not_count(project: Path) -> None:
    (project / "main.py").write_text(BY_HAND)
    done = piped(project, REDIRECTS, "check", "-", "--stdin-filename", "main.py", "--format", "json")
    assert [(one["path"], one["code"]) for one in json.loads(done.stdout)["findings"]] == [("main.py", "SU125")]
    assert piped(project, "import starlette\n", "check", "-", "--stdin-filename", "main.py").returncode == 0
    assert (project / "main.py").read_text() == BY_HAND


def test_check_finds_what_it_finds_in_the_file(project: Path) -> None:
    (project / "main.py").write_text(BY_HAND + REDIRECTS)
    on_disk = piped(project, b"", "check", "main.py", "--format", "concise")
    for_stdin = piped(
        project, BY_HAND + REDIRECTS, "check", "-", "--stdin-filename", "main.py", "--format", "concise"
    )
    assert for_stdin.stdout.partition(b"\nNext: ")[0] == on_disk.stdout.partition(b"\nNext: ")[0]
    assert for_stdin.returncode == on_disk.returncode == 1


def test_the_settings_of_pytest_are_not_in_stdin(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nfilterwarnings = ignore::starlette.no.Such\n  error\n")
    done = piped(project, REDIRECTS, "check", "-", "--format", "json")
    assert {one["path"] for one in json.loads(done.stdout)["findings"]} == {"<stdin>"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("fix", "-", "main.py"), "error: `-` stands for stdin and can't be given with other paths"),
        (("check", "main.py", "-"), "error: `-` stands for stdin and can't be given with other paths"),
        (("fix", "-", "-i"), "error: --interactive asks "),
        (("fix", "-", "--format", "json"), "error: `fix -` prints the rewritten code, not JSON"),
        (("fix", "--stdin-filename", "a.py"), "error: --stdin-filename names what comes from stdin"),
        (("check", "--stdin-filename", "a.py", "b.py"), "error: --stdin-filename names what comes from stdin"),
    ],
)
def test_a_mistake_is_one_clear_line_and_two(project: Path, arguments: tuple[str, ...], error: str) -> None:
    done = piped(project, REDIRECTS, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(error)
    assert done.stderr.count(b"\n") == 1


def test_no_next_command_names_what_came_from_stdin(project: Path) -> None:
    done = piped(project, REDIRECTS + BY_HAND, "check", "-")
    assert done.stdout.decode().splitlines()[-1].startswith("Next: starlette-upgrade explain SU1")
    done = piped(project, BY_HAND, "fix", "-")
    assert done.stderr.decode().splitlines()[-1] == "Next: starlette-upgrade explain SU130"
