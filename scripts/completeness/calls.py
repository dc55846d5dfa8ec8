"""Two signatures of one callable: which calls of the old one fail or mean something else with the new one?"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from scripts.completeness.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.completeness.signatures import Kind, Signature

_VARIADIC: tuple[tuple[Kind, str], ...] = (("rest", "*"), ("keywords", "**"))


def compare_calls(key: str, old: Signature, new: Signature) -> Iterator[Difference]:
    """All differences that a caller can notice."""
    if old.coroutine != new.coroutine:
        yield Difference("async", key, f"{_defined(old)} became {_defined(new)}")
    if set(old.marks) != set(new.marks) - ({"setter"} - set(old.marks)):
        yield Difference("property", key, f"{_marked(old)} became {_marked(new)}")
    yield from _by_name(key, old, new)
    yield from _by_position(key, old, new)
    for kind, stars in _VARIADIC:
        if old.takes(kind) and not new.takes(kind):
            yield Difference("variadic", key, f"arbitrary arguments ({stars}) are no longer taken", stars)


def _by_name(key: str, old: Signature, new: Signature) -> Iterator[Difference]:
    before = {parameter.name: parameter for parameter in old.parameters}
    after = {parameter.name: parameter for parameter in new.parameters}
    for name in old.named():
        if name not in new.named():
            left = "by position only" if name in after else "taken by **" if new.takes("keywords") else "gone"
            yield Difference("parameter", key, left, name)
    for name, parameter in after.items():
        known = before.get(name)
        if parameter.kind in ("rest", "keywords"):
            continue
        if parameter.default is None and (known is None or known.default is not None):
            if known is not None or not _took_its_place(old, new, name):
                yield Difference("required", key, "has to be given", name, _place(new, name))
        elif known is not None and known.default is not None and known.default != parameter.default:
            yield Difference("default", key, f"{known.default} became {parameter.default}", name)


def _took_its_place(old: Signature, new: Signature, name: str) -> bool:
    """Whether a required parameter is another name for the one that was required there before."""
    place = _place(new, name)
    there = old.positional()[place : place + 1] if place is not None else []
    return (
        bool(there) and there[0].default is None and all(there[0].name != known.name for known in new.positional())
    )


def _place(signature: Signature, name: str) -> int | None:
    """The position of a parameter; None if it is given by keyword only."""
    return next((place for place, one in enumerate(signature.positional()) if one.name == name), None)


def _by_position(key: str, old: Signature, new: Signature) -> Iterator[Difference]:
    """Where positional arguments begin to reach another parameter. A mere renaming is no difference here."""
    before = [parameter.name for parameter in old.positional()]
    after = [parameter.name for parameter in new.positional()]
    moved: list[tuple[int, str, str | None]] = []
    for place, (was, is_) in enumerate(zip_longest(before, after)):
        if was is None or was == is_ or (is_ is None and new.takes("rest")):
            continue
        if is_ is None or was in new.named() or is_ in before:
            moved.append((place, was, is_))
    if moved:
        told = "; ".join(f"{place} was {was}, is {is_ or 'refused'}" for place, was, is_ in moved)
        yield Difference("position", key, told, position=moved[0][0])


def _defined(signature: Signature) -> str:
    return "async def" if signature.coroutine else "def"


def _marked(signature: Signature) -> str:
    return " ".join(signature.marks) or "plain"
