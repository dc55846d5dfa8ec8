from __future__ import annotations

from pathlib import Path

from starlette_upgrade.cli.before import as_on_disk
from starlette_upgrade.finding import FileChange, Finding, Span
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.loader import load_releases

RULE = next(rule for release in load_releases() for rule in release.rules)


def found(line: int, end: int, path: str = "a.py") -> Finding:
    return Finding(Path(path), Span(line, 3, end, 5), RULE, Impact.BREAK, False, "certain", "m", "manual", "hand")


def test_lines_are_those_of_the_file_that_was_not_written() -> None:
    change = FileChange(Path("a.py"), b"a\nb\nc\nd\n", b"new\nnew\na\nB\nc\nd\n", "utf-8", ())
    findings = [found(3, 3), found(4, 4), found(5, 6), found(3, 3, "other.py"), found(99, 99)]
    assert [(f.span.line, f.span.end_line) for f in as_on_disk(findings, [change])] == [
        (1, 1),
        (2, 2),
        (3, 4),
        (3, 3),
        (4, 4),
    ]


def test_lines_that_are_often_there_are_followed_too() -> None:
    around = b"pass\n" * 150
    change = FileChange(Path("a.py"), around + b"a\n" + around, b"new\n" + around + b"A\n" + around, "utf-8", ())
    lines = [
        finding.span.line for finding in as_on_disk([found(100, 100), found(152, 152), found(200, 200)], [change])
    ]
    assert lines == [99, 151, 199]


def test_added_and_dropped_lines_lead_to_lines_that_exist() -> None:
    for before, after in ((b"", b"a\nb\n"), (b"a\n", b""), (b"a\nb\n", b"b\nc\nd\n"), (b"x\n", b"1\n2\n3\n")):
        change = FileChange(Path("a.py"), before, after, "utf-8", ())
        for number in range(1, 5):
            [moved] = as_on_disk([found(number, number)], [change])
            assert 1 <= moved.span.line <= max(before.count(b"\n"), 1) + 1
