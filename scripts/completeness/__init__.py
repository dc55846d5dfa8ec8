"""Is every difference between two releases of Starlette told by a rule or a note? `python -m scripts.completeness`.

`releases/` holds what each release offers, read from its source: the oldest in full, of the others what is new or
gone. `waivers.toml` says why a difference needs no rule. docs/maintaining.md tells how a release is added.
"""

from __future__ import annotations

from scripts.completeness.verdict import Verdict, judge
from scripts.completeness.waivers import load_waivers
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import load_releases, rules_folder


def check() -> Verdict:
    """The committed releases, held against the rules and the waivers. Raises RulesetError or StoreError."""
    releases = load_releases(rules_folder() / "releases")
    return judge(load_known().releases, releases, load_waivers(releases))
