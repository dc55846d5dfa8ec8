"""Which states arrive where: the calls `one()`, `two()` … that can have been made before `here()`."""

from __future__ import annotations

import ast

import pytest

from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import parents_in


def _named(node: ast.AST) -> str:
    return getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""


def _before(text: str) -> set[str]:
    """What can have been called before `here()`, in order, joined by spaces; "" for nothing."""
    tree = ast.parse(text)

    def step(node: ast.AST, state: str) -> list[str]:
        name = _named(node)
        return [f"{state} {name}".strip()] if name and name != "here" and name not in state.split() else [state]

    reached = walk(tree, "", step)
    return {state for node, states in reached.items() if _named(node) == "here" for state in states}


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("one()\nhere()", {"one"}),
        ("here()\none()", {""}),
        ("if x:\n    one()\nhere()", {"", "one"}),
        ("if x:\n    one()\nelse:\n    two()\nhere()", {"one", "two"}),
        ("if x:\n    one()\n    raise x\nhere()", {""}),
        ("if one():\n    here()", {"one"}),
        ("for a in one():\n    two()\nhere()", {"one", "one two"}),
        ("for a in x:\n    here()\n    one()", {"", "one"}),
        ("while True:\n    one()\n    if x:\n        break\nhere()", {"one"}),
        ("while True:\n    one()\nhere()", set()),
        ("while one():\n    two()\nhere()", {"one", "one two"}),
        ("for a in x:\n    if a:\n        continue\n    one()\nelse:\n    here()", {"", "one"}),
        ("try:\n    one()\n    two()\nexcept E:\n    here()", {"", "one", "one two"}),
        ("try:\n    one()\nexcept E:\n    two()\nhere()", {"one", "two", "one two"}),
        ("try:\n    one()\nexcept E:\n    raise\nelse:\n    two()\nhere()", {"one two"}),
        ("try:\n    for a in one():\n        two()\nexcept E:\n    here()", {"", "one", "one two"}),
        ("try:\n    with one():\n        x = 1\n    y = 2\nexcept E:\n    here()", {"", "one"}),
        ("while x:\n    try:\n        if one():\n            break\n    except E:\n        here()", {"", "one"}),
        ("try:\n    one()\nfinally:\n    here()", {"", "one"}),
        ("try:\n    one()\nfinally:\n    two()\nhere()", {"one two"}),
        ("def f():\n    try:\n        one()\n        return\n    finally:\n        two()\n    here()", set()),
        ("with one() as a:\n    two()\nhere()", {"one two"}),
        ("match x:\n    case 1:\n        one()\n    case _:\n        two()\nhere()", {"one", "two"}),
        ("match x:\n    case 1:\n        one()\nhere()", {"", "one"}),
        ("x and one()\nhere()", {"", "one"}),
        ("one() if x else two()\nhere()", {"one", "two"}),
        ("[two() for a in one()]\nhere()", {"one", "one two"}),
        ("def f():\n    one()\nhere()", {""}),
        ("f = lambda: one()\nhere()", {""}),
        ("here(one())", {"one"}),
        ("a[one()] = two()\nhere()", {"two one"}),
    ],
)
def test_what_can_have_happened_before(text: str, states: set[str]) -> None:
    assert _before(text) == states


def test_too_many_states_tell_nothing() -> None:
    text = "".join(f"if x:\n    call{number}()\n" for number in range(12))
    assert _before(text + "here()") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one()\nhere()", True),
        ("if x:\n    one()\nhere()", True),
        ("if x:\n    one()\n    raise x\nhere()", False),
        ("one()\nif x:\n    here()", False),
        ("one()\nif here():\n    pass", True),
        ("one()\nif x:\n    raise x\nhere()", False),
        ("def f():\n    one()\n    with x:\n        return here()", True),
        ("with one():\n    here()", True),
        ("try:\n    one()\n    here()\nexcept E:\n    pass", True),
        ("try:\n    one()\nfinally:\n    here()", True),
        ("try:\n    one()\nexcept E:\n    here()", False),
        ("for a in x:\n    one()\nhere()", True),
        ("while True:\n    one()\nhere()", False),
        ("one()\nx and here()", False),
        ("one()\n[here() for a in x]", False),
        ("here()\none()", False),
    ],
)
def test_what_follows_inevitably(text: str, expected: bool) -> None:
    tree = ast.parse(text)
    calls = {_named(node): node for node in ast.walk(tree)}
    assert follows(calls["here"], calls["one"], parents_in(tree)) is expected
