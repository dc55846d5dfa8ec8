"""Brings what the release notes count into rules/history.toml; `scripts/history/__init__.py` says how."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.history.entries import FILE, read_floors, read_rows, text_of, unfinished, update
from scripts.history.notes import read
from starlette_upgrade.ruleset.known import load_known


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.history", description=__doc__)
    parser.add_argument("notes", type=Path, metavar="RELEASE_NOTES", help="docs/release-notes.md of Starlette")
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help="wheels of Starlette, for the Python floors")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is not up to date")
    args = parser.parse_args()
    old = FILE.read_text(encoding="utf-8")
    notes = read(args.notes.read_text(encoding="utf-8"))
    floors = read_floors(args.wheels) if args.wheels else {}
    rows = update(read_rows(old), load_known().releases, notes, floors)
    text, missing = text_of(rows), unfinished(rows)
    if text != old and not args.check:
        FILE.write_text(text, encoding="utf-8")
    state = "is up to date" if text == old else "is out of date" if args.check else "was written anew"
    print("\n".join([f"{FILE.name} {state}", *missing]))
    return 1 if missing or (args.check and text != old) else 0


if __name__ == "__main__":
    sys.exit(main())
