"""Which statements of a function happen together, as far as the conditions around them tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette_upgrade.semantics.scopes import Block, Place

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def comes_after(one: Place, other: Place) -> bool:
    """Whether a statement stands below another one."""
    return _position(one) > _position(other)


def goes_with(one: Place, other: Place) -> bool:
    """Whether `one` happens, before or after, whenever `other` does."""
    mine, theirs = _conditions(one), _conditions(other)
    if comes_after(one, other) and _leaves_first(other, mine):
        return False
    return all(block in theirs for block in mine)


def may_follow(one: Place, other: Place) -> bool:
    """Whether `one` stands behind `other`, perhaps under a condition, on a way that leads there."""
    mine = _conditions(one)
    return comes_after(one, other) and not one.block.excludes(other.block) and not _leaves_first(other, mine)


def _leaves_first(place: Place, reached: list[Block]) -> bool:
    """Whether a branch around the place, that is none of `reached`, ends by leaving what is around it."""
    return any(_leaves(block) for block in _conditions(place) if block not in reached)


def _leaves(block: Block) -> bool:
    arm = block.arm
    owner = block.owner
    if arm.startswith("case "):
        body = owner.cases[int(arm[5:])].body if isinstance(owner, ast.Match) else []
    elif arm.startswith("handler "):
        body = getattr(owner, "handlers", [])[int(arm[8:])].body
    else:
        body = getattr(owner, "orelse" if arm == "else" else "body", [])
    return bool(body) and isinstance(body[-1], _LEAVING)


def _conditions(place: Place) -> list[Block]:
    """The branches around a place. The bodies of `with` and `try` are run whenever these are."""
    return [
        block
        for block in place.block.chain()
        if block.owner is not None and block.arm != "with" and not (block.arm == "body" and _is_try(block.owner))
    ]


def _is_try(owner: ast.AST) -> bool:
    return hasattr(owner, "handlers")


def _position(place: Place) -> tuple[int, int]:
    return place.statement.lineno, place.statement.col_offset
