"""`python -m scripts.docs` writes the pages of the rules; `--check` only says which of them are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.docs.pages import pages
from starlette_upgrade.ruleset.history import load_history, tell
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.rule import Release

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(arguments: list[str]) -> int:
    """0, or 1 where a page was stale and is not to be written."""
    groups = load_rules()
    releases = [group for group in groups if isinstance(group, Release)]
    made = pages(tell(load_history(), releases), groups)
    wanted = {DOCS / name: text.encode() for name, text in made.items()}
    left_over = {file for file in DOCS.glob("releases/*.md") if file not in wanted}
    stale = [file for file, text in wanted.items() if not file.is_file() or file.read_bytes() != text]
    for file in sorted([*stale, *left_over]):
        print(file.relative_to(DOCS.parent))
    if "--check" in arguments:
        return 1 if stale or left_over else 0
    for file in left_over:
        file.unlink()
    for file in stale:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(wanted[file])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
