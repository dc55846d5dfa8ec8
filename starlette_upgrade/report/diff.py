"""A file's rewrite as a unified diff that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.finding import FileChange
    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Line

# As `patch` counts lines. A file from the days of lone carriage returns has no other line ends.
_LF = re.compile(rb"[^\n]*\n|[^\n]+")
_CR = re.compile(rb"[^\r]*\r|[^\r]+")
_LONG = 3000
_NO_NEWLINE = b"\\ No newline at end of file\n"


def diff(change: FileChange, view: View) -> bytes:
    """The diff in the file's own encoding and with its own newlines, byte for byte."""
    return b"".join(_rows(change, view))


def diff_lines(change: FileChange, view: View) -> list[Line]:
    """The same for a person's eyes."""
    encoding = "utf-8" if change.encoding == "utf-8-sig" else change.encoding
    lines = []
    for number, row in enumerate(_rows(change, view)):
        # The two lines of the header hold a file's name, everything else a part of its text.
        text = row.decode("utf-8" if number < 2 else encoding, errors="replace").rstrip("\r\n")
        lines.append(line((_visible(text), "bold" if number < 2 else _style(text))))
    return lines


def _rows(change: FileChange, view: View) -> list[bytes]:
    name = view.posix(change.path)
    old, new = (name, name) if name.startswith(("/", "..")) else (f"a/{name}", f"b/{name}")
    before, after = _lines(change.before), _lines(change.after)
    ended = [b"--- %s\n" % _file_name(old), b"+++ %s\n" % _file_name(new)]
    for row in _hunks(before, after):
        if row.endswith(b"\n"):
            ended.append(row)
        elif row.endswith(b"\r"):
            ended.append(row[:-1] + b"\n")
        else:
            ended += [row + b"\n", _NO_NEWLINE]
    return ended


def matcher(before: Sequence[bytes], after: Sequence[bytes]) -> difflib.SequenceMatcher[bytes]:
    """What two texts have in common, line by line."""
    # difflib's rule of thumb for long texts overlooks lines that are often there, such as `else:`, and takes them
    # for changed. It is worth its time only in the longest of files.
    return difflib.SequenceMatcher(None, before, after, autojunk=len(before) > _LONG)


def _hunks(before: list[bytes], after: list[bytes]) -> Iterator[bytes]:
    for group in matcher(before, after).get_grouped_opcodes(3):
        (_, top, _, new_top, _), (_, _, end, _, new_end) = group[0], group[-1]
        yield b"@@ -%s +%s @@\n" % (_range(top, end), _range(new_top, new_end))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (b" " + row for row in before[i1:i2])
            else:
                yield from (b"-" + row for row in before[i1:i2])
                yield from (b"+" + row for row in after[j1:j2])


def _range(start: int, stop: int) -> bytes:
    """Lines `start` to `stop` as a hunk's header names them: none of them are named by the line before."""
    count = stop - start
    return b"%d" % (start + 1) if count == 1 else b"%d,%d" % (start + bool(count), count)


def _lines(data: bytes) -> list[bytes]:
    old_mac = b"\n" not in data and b"\r" in data
    return (_CR if old_mac else _LF).findall(data)


def _file_name(name: str) -> bytes:
    """A file's name as git writes it: quoted where it holds something unusual."""
    raw = name.encode("utf-8", errors="surrogateescape")
    if re.search(rb'[\x00-\x1f\x7f"\\]', raw):
        quoted = re.sub(rb'[\x00-\x1f\x7f"\\]', lambda match: b"\\%03o" % match.group()[0], raw)
        return b'"' + quoted + b'"'
    return raw + b"\t" if b" " in raw else raw


def _visible(text: str) -> str:
    return "\t".join(printable(part) for part in text.split("\t")).expandtabs(8)


def _style(text: str) -> str:
    return {"+": "green", "-": "red", "@": "cyan"}.get(text[:1], "")
