from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.report.explain import explain
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.rule import Example, Fix

if TYPE_CHECKING:
    from starlette_upgrade.report.place import View
    from tests.report.conftest import MakeRule


def test_the_page_of_a_rule(rule: MakeRule, move: Move, view: View) -> None:
    fixes = (
        Fix("rename-argument", "unsafe", "The order can change.", Version("0.13.0")),
        Fix("manual", "manual", receiver="fastapi.FastAPI"),
    )
    text = plain(explain(rule(fixes=fixes, pulls=(1, 22)), move, "locked in uv.lock", view))
    assert text == (
        "SU101 on-event-removed\n"
        "`on_event` is gone.\n"
        "\n"
        "  Deprecated  since 0.26.0\n"
        "  Removed     in 1.0.0rc1\n"
        "  Fix         unsafe, `fix --unsafe` applies it, runs on 0.13.0 and later; by hand (on a\n"
        "              `fastapi.FastAPI`)\n"
        "  Tags        release:1.0.0rc1 kind:removed fix:unsafe fix:manual area:lifespan\n"
        "  Pull        #1, #22\n"
        "  For you     breaks on 1.10.0, from 0.40.0 (locked in uv.lock) to 1.10.0\n"
        "\n"
        "What to do\n"
        "  Write a `lifespan` and pass it to the application.\n"
        "  Unsafe: The order can change.\n"
        "\n"
        "Example\n"
        "  Before\n"
        "  | import a\n"
        "  - a.old()\n"
        "  After\n"
        "  | import a\n"
        "  + a.new()\n"
    )


def test_several_examples_are_numbered(rule: MakeRule, move: Move, view: View) -> None:
    text = plain(explain(rule(examples=(Example("a", "b"), Example("c", "d"))), move, "", view))
    assert text.index("Example 1") < text.index("  - a") < text.index("Example 2") < text.index("  + d")


def test_a_change_of_behaviour_tells_its_own_life(rule: MakeRule, move: Move, view: View) -> None:
    changed = rule(deprecated=None, removed=None, changed=Version("0.46.0"), reverted=Version("0.46.2"))
    text = plain(explain(changed, move, "", view))
    assert "  Changed     in 0.46.0\n  Reverted    in 0.46.2\n" in text
    assert "  For you     means nothing, from 0.40.0 to 1.10.0\n" in text


def test_a_rule_of_fastapis_tells_fastapis_releases(rule: MakeRule, move: Move, view: View) -> None:
    own = rule(package="fastapi", removed=Version("0.137.0"), deprecated=None)
    beside = Move(move.old, move.new, Move(Version("0.115.0"), Version("0.165.0")))
    text = plain(explain(own, beside, "locked in uv.lock", view))
    assert "Removed     in FastAPI 0.137.0" in text
    assert "For you     breaks on FastAPI 0.165.0, from FastAPI 0.115.0 to 0.165.0" in text
    assert "nobody knows: pass --fastapi" in plain(explain(own, move, "", view))
