"""A rule is a life: what changed, since when, what a usage looks like and what replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.version import Version

Safety = Literal["safe", "unsafe", "manual"]


@dataclass(frozen=True, slots=True)
class SymbolMatch:
    """A module-level name, however it is reached: imported, as an attribute, in a dotted string."""

    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeMatch:
    """An attribute or method of an instance of (or of the class) one of `classes`.

    `usage` narrows it: `any` access, or a `call` of it (as a decorator or plainly).
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    usage: Literal["any", "call"] = "any"


@dataclass(frozen=True, slots=True)
class ArgumentMatch:
    """An argument of a call: by keyword, by position (from 0, without `self`), or any keyword not `known`.

    `callables` are classes (their construction) or methods written `module.Class.method`.
    """

    callables: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    position: int | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OverrideMatch:
    """A method or class attribute that a subclass of one of `classes` defines. `sync`: only a plain `def`."""

    classes: tuple[str, ...]
    names: tuple[str, ...]
    sync: bool = False


@dataclass(frozen=True, slots=True)
class BehaviourMatch:
    """A usage that a named Python function in `match/behaviours/` recognises.

    `names` are the functions or methods of which it needs a call, and `classes` those that it is about, so that
    triage can pass files by.
    """

    function: str
    names: tuple[str, ...]
    classes: tuple[str, ...] = ()


Match = SymbolMatch | AttributeMatch | ArgumentMatch | OverrideMatch | BehaviourMatch


@dataclass(frozen=True, slots=True)
class Fix:
    """How a usage is rewritten. `kind` names a module of `rewrite/`; the rest are its settings.

    `receiver` limits the fix to receivers of that class; `replaces` maps old names to new ones; `absent` is
    a value, as written in code, that meant the same as leaving the argument away.
    """

    kind: str
    safety: Safety
    unsafe_because: str = ""
    replacement_since: Version | None = None
    receiver: str = ""
    to: str = ""
    absent: str = ""
    replaces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """`before` holds a usage; `after` is what it becomes (for a manual rule: what to write instead)."""

    before: str
    after: str
    probe: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One change of one API.

    `deprecated`, `removed`: first release that warns / that lacks it. `changed`, `reverted`: first release
    with the new behaviour / with the old one again. `message` may hold `{name}`, `{replacement}` (what the
    fix puts in its place) and `{receiver}` (the class it is used on).
    """

    code: str
    name: str
    release: Version
    summary: str
    message: str
    advice: str
    deprecated: Version | None
    removed: Version | None
    changed: Version | None
    reverted: Version | None
    pulls: tuple[int, ...]
    tags: tuple[str, ...]
    matches: tuple[Match, ...]
    fixes: tuple[Fix, ...]
    examples: tuple[Example, ...]

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Note:
    """A change that no code can be seen to depend on: told with its release, never a finding."""

    name: str
    text: str
    pulls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """One published Starlette version with what it changed."""

    version: Version
    date: str
    rules: tuple[Rule, ...]
    notes: tuple[Note, ...]
