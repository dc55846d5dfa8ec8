"""Cases written in Markdown: a heading names one, prose may set it up, blocks of code are its files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.lifecycle import Move

_HEADING = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!^## )(?:.*\n))*)", re.MULTILINE)
_BLOCK = re.compile(r"^```(?:python|html) *(?P<name>\S*)\n(?P<text>.*?)^```\n", re.MULTILINE | re.DOTALL)
_PRINTS = re.compile(r"^```text\n(?P<text>.*?)^```\n", re.MULTILINE | re.DOTALL)
_MOVE = re.compile(r"^From (\S+) to ([^\s,]+)(?:, FastAPI (\S+) to (\S+))?\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code. `name` is what stands behind its fence: a path, `main.py` where nothing does."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """What one heading of a Markdown file holds.

    A line `From A to B.`, or `From A to B, FastAPI C to D.`, sets another move than the usual one. Blocks of
    text are `printed`.
    """

    title: str
    prose: str
    blocks: tuple[Block, ...]
    printed: tuple[str, ...] = ()

    @property
    def move(self) -> Move:
        return self.move_or(Move(Version("0.40.0"), Version("1.10.0")))

    def move_or(self, usual: Move) -> Move:
        named = _MOVE.search(self.prose)
        if named is None:
            return usual
        old, new, *beside = named.groups()
        fastapi = Move(Version(beside[0]), Version(beside[1])) if all(beside) else None
        return Move(Version(old), Version(new), fastapi)


def read_cases(folder: Path) -> list[Case]:
    """Every case of the Markdown files in a folder; blocks above a file's first case belong to all of its cases."""
    cases = []
    for file in sorted(folder.glob("*.md")):
        text = file.read_text(encoding="utf-8") + "\n"
        shared = _blocks(text.partition("\n## ")[0] + "\n")
        for heading in _HEADING.finditer(text):
            body = heading["body"]
            blocks = _blocks(body)
            named = {block.name for block in blocks}
            blocks += tuple(block for block in shared if block.name not in named)
            printed = tuple(block["text"] for block in _PRINTS.finditer(body))
            prose = _PRINTS.sub("", _BLOCK.sub("", body))
            cases.append(Case(f"{file.stem}: {heading['title']}", prose, blocks, printed))
    return cases


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(Block(block["name"] or "main.py", block["text"]) for block in _BLOCK.finditer(text))


def as_parameters(cases: list[Case]) -> list[object]:
    """The cases for `pytest.mark.parametrize`; prose that starts with `Known bug:` marks what is not done yet."""
    return [
        pytest.param(
            case,
            id=case.title,
            marks=[pytest.mark.xfail(reason=case.prose.strip(), strict=True)] if "Known bug:" in case.prose else [],
        )
        for case in cases
    ]


def write_files(folder: Path, blocks: tuple[Block, ...]) -> None:
    for block in blocks:
        path = folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(block.text.encode())
