"""Two releases, one after the other: everything that can break, warn or surprise those who used the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.completeness.calls import compare_calls
from scripts.completeness.difference import Difference, is_private
from scripts.completeness.signatures import Parameter, Signature, read
from scripts.completeness.surface import ANSWERED, ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.completeness.api import Api

# A class that gets one of these means something else by an operator or a built-in function.
_TELLING = frozenset(
    f"__{name}__"
    for name in (
        *("eq", "ne", "lt", "hash", "bool", "len", "iter", "contains", "getitem", "setitem", "delitem"),
        *("str", "call", "await", "getattr", "getattribute", "setattr", "delattr"),
    )
)
_ANYTHING = Signature((), False, (Parameter("args", "rest"), Parameter("kwargs", "keywords")))
_NOTHING = Signature((), False, ())
_PROPERTIES = frozenset({"property", "cached_property"})


def compare(old: Api, new: Api) -> list[Difference]:
    """All differences, private ones too, in the order of their keys."""
    if old.surface == new.surface:
        return []
    comparison = _Comparison(old, new)
    found = [*comparison.modules(), *comparison.warnings(), *_floors(old, new)]
    return sorted(found, key=lambda difference: (difference.subject, difference.kind, difference.said))


class _Comparison:
    def __init__(self, old: Api, new: Api) -> None:
        self._old, self._new = old, new

    def modules(self) -> Iterator[Difference]:
        for module, names in self._old.names.items():
            if module not in self._new.names:
                yield Difference("gone", module, "the module is gone")
                continue
            for name in names:
                yield from self._name(f"{module}:{name}")
            yield from self._star(module, names)

    def _name(self, key: str) -> Iterator[Difference]:
        was, is_ = self._old.said[key], self._new.said.get(key)
        if was == is_ and not was.startswith("class("):
            return
        imported = was.removeprefix("import ") if was.startswith("import ") else ""
        if is_ is None:
            if imported in self._old.said:
                yield Difference("gone", key, f"it was {imported}")
            else:
                yield Difference("foreign" if imported else "gone", key, imported or f"it was {was}")
        elif is_ == ANSWERED:
            yield Difference("deprecated", key, "a module's __getattr__ answers for it now")
        elif not imported and was != ANSWERED:
            yield from self._definition(key, self._new.resolve(key))
        elif imported in self._old.said:
            yield from self._passed_on(key)

    def _definition(self, key: str, now: str) -> Iterator[Difference]:
        """What is defined as `key`, and as `now` in the new release."""
        was, is_ = self._old.said[key], self._new.said[now]
        if self._old.is_class(key) and self._new.is_class(now):
            yield from self._class(key, now)
        elif was != is_:
            yield from _said(key, was, is_, method=False)

    def _passed_on(self, key: str) -> Iterator[Difference]:
        """A name imported from another module: what it means is told there, unless it means another thing now."""
        old, new = self._old.resolve(key), self._new.resolve(key)
        if self._counterpart(old) != new and self._old.is_class(old) != self._new.is_class(new):
            yield Difference("kind", key, f"{old} became {new}")

    def _class(self, key: str, now: str) -> Iterator[Difference]:
        before = {self._counterpart(base) for base in self._old.bases(key)}
        after = set(self._new.bases(now))
        if before != after:
            told = [", ".join(sorted(bases)) or "none" for bases in (before, after)]
            yield Difference("base", key, f"{told[0]} became {told[1]}")
        for member in self._old.all_members(key) | self._new.all_members(now):
            yield from self._member(key, now, member)

    def _member(self, key: str, now: str, member: str) -> Iterator[Difference]:
        owner, owner_now = self._old.owner(key, member), self._new.owner(now, member)
        if key != owner and now != owner_now and self._is_told_above(owner, owner_now, now):
            return
        name = f"{key}.{member}"
        is_ = self._new.members[owner_now][member] if owner_now else None
        if owner is not None and member != "__init__":
            was = self._old.members[owner][member]
            if is_ is None:
                outside = ", ".join(self._new.outside(now))
                unless = f", unless {outside} has it" if outside else ""
                yield Difference("gone", name, f"the member is gone{unless}")
            elif was != is_:
                yield from _said(name, was, is_, method=True)
            elif owner == key and owner_now != now and read(was, method=True):
                yield Difference("inherited", name, f"{owner_now} has it now")
        elif member == "__init__":
            yield from compare_calls(name, self._constructor(self._old, key), self._constructor(self._new, now))
        elif member in _TELLING:
            yield Difference("special", name, "the class has it now")

    def _is_told_above(self, owner: str | None, owner_now: str | None, now: str) -> bool:
        """Whether what differs in an inherited member is told of the base that it comes from."""
        above = self._counterpart(owner) if owner else owner_now
        if owner_now is None:
            return above in self._new.order(now)
        return above == owner_now or (owner is None and owner_now in self._old.said)

    def _constructor(self, api: Api, key: str) -> Signature:
        owner = api.owner(key, "__init__")
        if owner is None:
            return _ANYTHING if any(api.outside(key)) else _NOTHING
        signature = read(api.members[owner]["__init__"], method=True)
        assert signature is not None, f"{owner}.__init__ is no function"
        return signature

    def _counterpart(self, key: str) -> str:
        """What was defined as `key`, by the name under which the new release defines it."""
        return self._new.resolve(key) if key in self._old.said else key

    def _star(self, module: str, names: list[str]) -> Iterator[Difference]:
        """Names that `from module import *` no longer gives although the module has them."""
        offered = self._new.offered.get(module)
        if offered is None:
            offered = {name for name in self._new.names[module] if self._new.said[f"{module}:{name}"] != ANSWERED}
        for name in sorted(self._old.offered.get(module, set(names)) & set(names) - offered):
            key = f"{module}:{name}"
            imported = self._old.said[key].removeprefix("import ")
            ours = imported == self._old.said[key] or imported in self._old.said
            if key in self._new.said and ours and not is_private(name):
                yield Difference("star", key, "a star import no longer gives it")

    def warnings(self) -> Iterator[Difference]:
        for where, after in self._new.warned.items():
            module, _, name = where.partition(":")
            before = self._old.warned.get(where, set())
            if module not in self._old.names or (name == "__getattr__" and not before):
                continue  # what is new can't be in use; what __getattr__ answers for is told by name
            for text in sorted(after - before):
                category = text.partition(":")[0]
                same = any(known.startswith(f"{category}:") for known in before - after)
                yield Difference("wording" if same else "warning", where, text)


def _said(key: str, was: str, is_: str, method: bool) -> Iterator[Difference]:
    """What differs between the descriptions of two things of one name."""
    before, after = read(was, method), read(is_, method)
    if before and after:
        yield from compare_calls(key, before, after)
    elif any(signature and _PROPERTIES & set(signature.marks) for signature in (before, after)):
        yield Difference("property", key, f"{was} became {is_}")
    elif _is_plain(was) and _is_plain(is_):
        if was != ATTRIBUTE and is_ == ATTRIBUTE:
            yield Difference("value", key, "only instances have it now")
        elif was.startswith("= ") and is_.startswith("= "):
            yield Difference("value", key, f"{was[2:]} became {is_[2:]}")
    else:
        yield Difference("kind", key, f"{was} became {is_}")


def _is_plain(said: str) -> bool:
    return said.startswith("= ") or said in ("value", ATTRIBUTE)


def _floors(old: Api, new: Api) -> Iterator[Difference]:
    for what in {*old.floors, *new.floors}:
        was, is_ = old.floors.get(what, "not needed"), new.floors.get(what, "not needed")
        if was != is_:
            yield Difference("floor", what, f"{was} became {is_}")
