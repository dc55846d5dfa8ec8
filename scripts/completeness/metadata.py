"""What a release asks for: its Python, and the versions of other distributions."""

from __future__ import annotations

import re
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECTION = re.compile(r"\[(?P<extra>[^:\]]*):?(?P<marker>[^\]]*)\]")


def floors_of(folder: Path) -> Iterator[str]:
    """`python >=3.10`, `requires anyio <5,>=4`, `requires jinja2; extra == "full"`."""
    wheel = next(folder.glob("*.dist-info/METADATA"), None)
    headers = HeaderParser().parsestr((wheel or folder / "PKG-INFO").read_text(encoding="utf-8"))
    yield f"python {headers['Requires-Python'] or 'any'}"
    wanted = headers.get_all("Requires-Dist") or ([] if wheel else _of_sdist(folder))
    for text in sorted(set(wanted)):
        requirement = Requirement(text)
        marker = f"; {requirement.marker}" if requirement.marker else ""
        yield f"requires {requirement.name.lower()} {requirement.specifier or 'any'}{marker}"


def _of_sdist(folder: Path) -> Iterator[str]:
    """An old sdist keeps its requirements beside its headers, with extras as sections."""
    for file in folder.glob("*.egg-info/requires.txt"):
        markers: list[str] = []
        for line in filter(None, file.read_text(encoding="utf-8").splitlines()):
            if section := _SECTION.fullmatch(line):
                extra = [f'extra == "{section["extra"]}"'] if section["extra"] else []
                markers = [*([section["marker"]] if section["marker"] else []), *extra]
            else:
                yield f"{line}; {' and '.join(markers)}" if markers else line
