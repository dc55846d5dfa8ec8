"""Says which differences between releases nobody has covered; writes the committed surfaces anew."""

from __future__ import annotations

import argparse
import sys

from scripts.completeness import check
from scripts.completeness.store import FOLDER, StoreError, file_of, write
from scripts.completeness.surface import surface_of
from scripts.model.fetch import FetchError, fetch, folder_of
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.known import load_known


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.completeness", description=__doc__)
    parser.add_argument("--dump", action="store_true", help="read all releases again (fetches what is missing)")
    args = parser.parse_args()
    try:
        if args.dump:
            _dump()
        verdict = check()
    except (FetchError, RulesetError, StoreError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n".join(verdict.lines()))
    return 1 if verdict.uncovered or verdict.unused else 0


def _dump() -> None:
    versions = load_known().releases
    fetch(versions)
    surfaces = [surface_of(folder_of(version)) for version in versions]
    for stale in set(FOLDER.glob("*.txt")) - {file_of(version) for version in versions}:
        stale.unlink()
    write(versions, surfaces)


if __name__ == "__main__":
    sys.exit(main())
