"""Which rules carry the tag `security`, and why each of them does."""

from __future__ import annotations

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.rule import Rule
from starlette_upgrade.ruleset.selection import activate, all_rules

KNOWN = load_known()
RELEASES = load_releases()
REASONS = {
    "what a user types reaches a page unescaped, or past the environment that would have seen to it": (
        "jinja2templates-autoescape",
        "jinja2templates-create-env",
        "jinja2templates-get-env-override",
    ),
    "other pages may read the answers, or may not any more": (
        "cors-origin-regex-fullmatch",
        "cors-middleware-positional-shift",
        "cors-private-network-header",
        "cors-wildcard-origin",
    ),
    "a cookie goes to more or to fewer places, or lives longer": (
        "set-cookie-samesite-default",
        "session-expiry",
        "session-max-age-zero",
        "sessionmiddleware-positional-shift",
    ),
    "what was taken out of a session, or put into it, is not saved": (
        "session-nested-mutation",
        "session-popitem",
    ),
    "a check of a path or a method no longer sees what it was made for": (
        "httpendpoint-standard-verbs",
        "mounted-scope-path",
        "request-url-backslash",
    ),
    "a setting that guards something is without effect": (
        "debug-after-start",
        "multipart-max-part-size-attribute",
        "secret-bool",
    ),
}


def _tagged() -> list[Rule]:
    return [rule for rule in all_rules(RELEASES) if "security" in rule.tags]


def test_each_rule_with_a_security_side_has_its_reason() -> None:
    changes = [rule for rule in _tagged() if rule.removed or rule.changed or rule.deprecated]
    assert sorted(rule.name for rule in changes) == sorted(name for names in REASONS.values() for name in names)


def test_the_tag_selects_them_and_nothing_else() -> None:
    move = Move(Version("0.12.0"), Version("1.10.0"))
    active = activate(RELEASES, move, select=("security",))
    assert active
    assert {one.rule.name for one in active} <= {rule.name for rule in _tagged()}


@pytest.mark.parametrize("name", [name for names in REASONS.values() for name in names])
def test_nothing_of_it_raises_an_error_that_would_tell(name: str) -> None:
    rule = next(rule for rule in all_rules(RELEASES) if rule.name == name)
    assert rule.changed is not None
    old = max(release for release in KNOWN.releases if release < rule.changed)
    [active] = activate(RELEASES, Move(old, rule.changed), select=(name,))
    assert active.verdict.impact is Impact.SILENT
