"""The pages that are made from the rules are those that the rules make now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.docs.__main__ import DOCS, main
from scripts.docs.pages import pages
from starlette_upgrade.ruleset.history import load_history, tell
from starlette_upgrade.ruleset.loader import load_releases, load_rules

if TYPE_CHECKING:
    import pytest

PAGES = pages(tell(load_history(), load_releases()), load_rules())


def test_no_page_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    stale = main(["--check"])
    assert not stale, f"make docs; stale: {capsys.readouterr().out}"


def test_every_rule_has_its_place() -> None:
    text = "".join(PAGES.values())
    for group in load_rules():
        for rule in group.rules:
            assert f"## {rule.title}\n" in text
            assert f"| [{rule.code}](" in PAGES["rules.md"]


def test_every_link_leads_somewhere() -> None:
    for name, text in PAGES.items():
        folder = (DOCS / name).parent
        for path, anchor in re.findall(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", text):
            target = (folder / path).resolve().relative_to(DOCS).as_posix()
            assert target in PAGES, f"{name}: {path}"
            headings = [h.lower().replace(" ", "-") for h in re.findall(r"^## (.+)$", PAGES[target], re.MULTILINE)]
            assert not anchor or anchor in headings
