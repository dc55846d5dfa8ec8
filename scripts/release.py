"""Takes in a new release of Starlette: `make release VERSION=1.11.0`.

It is fetched, read, put on the list of releases, into the history and the model. Then it says what is left to do.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from scripts import model
from scripts.completeness import check
from scripts.completeness.store import StoreError, file_of, load, write
from scripts.completeness.surface import surface_of
from scripts.history import entries
from scripts.model.fetch import OLDEST, FetchError, fetch, folder_of
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import rules_folder

if TYPE_CHECKING:
    from pathlib import Path

LIST = rules_folder() / "releases.toml"
ROOT = rules_folder().parent
WIDTH = 100
NEXT = """
Next (docs/maintaining.md says more):
  1. Read the release notes beside {file}.
  2. Write rules and notes into rules/releases/{version}.toml, for what breaks, warns or surprises.
  3. Waive the rest in scripts/completeness/waivers.toml, until `make complete` prints nothing uncovered.
  4. make proofs
  5. Write what is missing into rules/history.toml, even if the release breaks nobody.
  6. make docs
  7. A line in CHANGELOG.md.
  8. make test
"""


class ReleaseError(Exception):
    """The release can't be taken in; the text is one line for a person."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.release", description=__doc__)
    parser.add_argument("version", help="the version of Starlette, as on the package index")
    args = parser.parse_args()
    try:
        version = new_version(args.version, load_known().releases)
        _take_in(version)
        verdict = check()
    except (FetchError, ReleaseError, RulesetError, StoreError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    uncovered = verdict.uncovered.get(str(version), [])
    print(f"\nNot covered by a rule, a note or a waiver: {len(uncovered) or 'nothing'}")
    print("".join(f"  {difference}\n" for difference in uncovered), end="")
    print(NEXT.format(version=version, file=file_of(version).relative_to(ROOT)), end="")
    return 0


def new_version(text: str, known: tuple[Version, ...]) -> Version:
    """The version that was asked for. Raises ReleaseError if it is none, or not new."""
    try:
        version = Version(text)
    except InvalidVersion:
        raise ReleaseError(f"{text!r} is not a version: write VERSION=1.11.0") from None
    if len(version.release) != 3:
        raise ReleaseError(f"{text} is not how the index writes it: write all three numbers, as in VERSION=1.11.0")
    if version in known:
        raise ReleaseError(f"Starlette {version} is in {LIST.name} already")
    if version < known[0]:
        raise ReleaseError(f"Starlette {version} is older than all that is known, {known[0]} and later")
    return version


def _take_in(version: Version) -> None:
    """Nothing is written before the release has been fetched and read."""
    fetch([version])
    try:
        surface = surface_of(folder_of(version))
    except SyntaxError as error:
        raise ReleaseError(f"{error}: run it with the newest Python (make release PYTHON=…)") from None
    known = load_known().releases
    surfaces = dict(zip(known, load(known), strict=True)) | {version: surface}
    versions = sorted(surfaces)
    LIST.write_text(listed(LIST.read_text(encoding="utf-8"), versions, version), encoding="utf-8")
    write(versions, [surfaces[known] for known in versions])
    history = entries.FILE.read_text(encoding="utf-8")
    entries.FILE.write_text(told(history, version, surface), encoding="utf-8")
    fetch(versions)
    text = model.generate([known for known in versions if known >= OLDEST])
    model.FILE.write_text(text, encoding="utf-8")
    for file in (LIST, file_of(version), entries.FILE, model.FILE):
        print(f"wrote {_place(file)}")


def listed(text: str, versions: list[Version], version: Version) -> str:
    """The list of releases with one more, behind the one before it."""
    before = f'"{versions[versions.index(version) - 1]}",'
    line = next(line for line in text.splitlines() if before in line and not line.lstrip().startswith("#"))
    gap = " " if len(line) + len(f' "{version}",') <= WIDTH else "\n" + re.match(" *", line)[0]  # type: ignore[index]
    return text.replace(before, f'{before}{gap}"{version}",', 1)


def told(text: str, version: Version, surface: frozenset[str]) -> str:
    """The history with a table for the release, of which only the Python is known yet."""
    rows = entries.read_rows(text)
    python = next(line.removeprefix("python ") for line in surface if line.startswith("python "))
    return entries.text_of(rows | entries.update(rows, [version], {}, {version: python}))


def _place(file: Path) -> Path:
    return file.relative_to(ROOT)


if __name__ == "__main__":
    sys.exit(main())
