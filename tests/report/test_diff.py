from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from starlette_upgrade.finding import FileChange
from starlette_upgrade.report.diff import diff, diff_lines
from starlette_upgrade.report.place import View
from starlette_upgrade.report.styled import plain


def change(before: bytes, after: bytes, path: str = "a.py", encoding: str = "utf-8") -> FileChange:
    return FileChange(Path(path), before, after, encoding, ())


def test_is_a_unified_diff(view: View) -> None:
    assert diff(change(b"a\nb\nc\n", b"a\nB\nc\n"), view) == (
        b"--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )


def test_lines_that_are_often_there_are_no_reason_to_show_more(view: View) -> None:
    around = b"pass\n" * 300
    shown = diff(change(around + b"a\n" + around, around + b"b\n" + around), view)
    assert [row for row in shown.splitlines()[2:] if not row.startswith(b" ")] == [
        b"@@ -298,7 +298,7 @@",
        b"-a",
        b"+b",
    ]


def test_says_where_the_last_newline_is_missing(view: View) -> None:
    assert diff(change(b"a\nb", b"a\nB\n"), view).endswith(b" a\n-b\n\\ No newline at end of file\n+B\n")


def test_a_file_outside_of_the_folder_keeps_its_full_name(view: View) -> None:
    assert diff(change(b"a\n", b"b\n", "/else/where.py"), view).startswith(b"--- /else/where.py\n+++ /else/")


def test_a_person_sees_text_in_the_right_encoding_and_no_escape_codes(view: View) -> None:
    lines = diff_lines(change(b"# \xe9\n\tx\x1b[2J\n", b"# \xe9\n\ty\r\n", encoding="latin-1"), view)
    assert plain(lines) == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n # é\n-       x�[2J\n+       y\n"


def test_lone_carriage_returns_end_lines(view: View) -> None:
    assert diff(change(b"a\rb\r", b"a\rB\r"), view).endswith(b" a\n-b\n+B\n")


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nB\n"),
        (b"# caf\xe9\r\nb\r\n", b"# caf\xe9\r\nB\r\n"),
        (b"a\nb", b"a\nB"),
        (b"a\nb", b"a\nb\n"),
        (b"a\n\x0cb\n", b"a\n\x0cB\n"),
    ],
    ids=["bom", "latin-1 and crlf", "no last newline", "last newline added", "form feed"],
)
@pytest.mark.parametrize("name", ["a.py", "with space.py", "日本.py", 'quo"te.py'])
def test_git_applies_it(tmp_path: Path, before: bytes, after: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(before)
    patch = diff(change(before, after, name), View(tmp_path))
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=tmp_path,
        input=patch,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes() == after
