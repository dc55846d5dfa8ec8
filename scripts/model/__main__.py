"""Fetches what is missing and writes the model."""

from __future__ import annotations

import argparse
import sys

from scripts.model import FILE, generate
from scripts.model.fetch import FetchError, fetch, releases


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.model", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is not up to date")
    args = parser.parse_args()
    versions = releases()
    try:
        fetch(versions)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    text = generate(versions)
    if FILE.read_text(encoding="utf-8") == text:
        print(f"{FILE.name} is up to date")
        return 0
    if not args.check:
        FILE.write_text(text, encoding="utf-8")
    print(f"{FILE.name} {'is out of date' if args.check else 'was written anew'}")
    return 1 if args.check else 0


if __name__ == "__main__":
    sys.exit(main())
