"""A rule is a life: what changed, since when, what a usage looks like and what replaces it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.version import Version

Safety = Literal["safe", "unsafe", "manual"]
Package = Literal["starlette", "fastapi"]
Nature = Literal["change", "hazard", "advisory"]
Severity = Literal["critical", "high", "medium", "low", "unrated"]

PACKAGES: tuple[Package, ...] = ("starlette", "fastapi")


class Compact:
    """What is remembered between runs: it comes back by its constructor, in half the time that dataclasses take."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Compact], tuple[object, ...]]:
        values = (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
        return type(self), tuple(values)


@dataclass(frozen=True, slots=True)
class SymbolMatch(Compact):
    """A module-level name, however it is reached: imported, as an attribute, in a dotted string."""

    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeMatch(Compact):
    """An attribute or method of an instance of (or of the class) one of `classes`.

    `usage` narrows it: `any` access, a `call` of it (as a decorator or plainly), or a `read`: all but setting it.
    `patterns` are regular expressions, each of which is found in a file that has a usage.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    usage: Literal["any", "call", "read"] = "any"
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArgumentMatch(Compact):
    """An argument of a call: by keyword, by position (from 0, without `self`), or any keyword not `known`.

    `callables` are classes (their construction) or methods written `module.Class.method`. With `missing`, a
    usage is a call without the argument. `unless`: values, as written in code, that mean the same as none.
    """

    callables: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    position: int | None = None
    known: tuple[str, ...] = ()
    missing: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OverrideMatch(Compact):
    """A method or class attribute that a subclass of one of `classes` defines.

    `form` narrows it to a plain `def`, or to an `async def`. A class that defines one of `unless` is not meant, and
    with `unless_called` none that calls the method itself.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    form: Literal["any", "def", "async def"] = "any"
    unless: tuple[str, ...] = ()
    unless_called: bool = False


@dataclass(frozen=True, slots=True)
class BehaviourMatch(Compact):
    """A usage that a named Python function in `match/behaviours/` recognises.

    It needs one of: a call of a function or method of these `names`, an access of these `attributes`, an argument
    of these `keywords`, a class that defines one of these `members`, or a line with one of these `words`.
    `classes` are those that it is about; `patterns` are regular expressions, each of which is found in a file that
    has a usage. Triage passes by all others.
    """

    function: str
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WarningMatch(Compact):
    """A filter or expectation of warnings whose category changed: in code, or in the settings of pytest.

    `category` is the one that they had, `texts` are the warnings, `modules` those that are warned of themselves.
    """

    category: str
    texts: tuple[str, ...]
    modules: tuple[str, ...] = ()


Match = SymbolMatch | AttributeMatch | ArgumentMatch | OverrideMatch | BehaviourMatch | WarningMatch


@dataclass(frozen=True, slots=True)
class Fix(Compact):
    """How a usage is rewritten. `kind` names a module of `rewrite/`; the rest are its settings.

    `receiver` limits the fix to receivers of that class, `only` to usages of these names; `replaces` maps old names
    to new ones; `absent` is a value, as written in code, that meant the same as leaving the argument away; `names`
    are a callable's parameters by position; `requires` is a package that the new form needs. An `opt_in` fix is for
    those who select its rule by code or name.
    """

    kind: str
    safety: Safety
    unsafe_because: str = ""
    replacement_since: Version | None = None
    receiver: str = ""
    only: tuple[str, ...] = ()
    to: str = ""
    absent: str = ""
    names: tuple[str, ...] = ()
    replaces: tuple[tuple[str, str], ...] = ()
    requires: str = ""
    opt_in: bool = False


@dataclass(frozen=True, slots=True)
class Example(Compact):
    """`before` holds a usage; `after` is what it becomes (for a manual rule: what to write instead).

    `runs` is the first release on which `before` runs at all; `errors` and `warnings` stand for the rule's.
    Unless it `keeps` the old behaviour, `after` shows how to live with the new one. `by_hand`: the rule's fix does
    not rewrite it.
    """

    before: str
    after: str
    probe: str = ""
    runs: Version | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    keeps: bool = True
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Advisory(Compact):
    """What is published of a vulnerability, beside its rule.

    `severity` and `score` are those of the `sources`. `condition`: what must be true beside the use of the API.
    `dependency` is the package that really has it, and is safe from the release `safe` on. `proof` is a program
    that raises an AssertionError on the affected releases only.
    """

    ids: tuple[str, ...]
    severity: Severity
    sources: tuple[str, ...]
    score: str = ""
    condition: str = ""
    dependency: str = ""
    safe: Version | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Compact):
    """One change of one API; or, by its `nature`, a hazard of any release, or a published vulnerability.

    `deprecated`, `removed`: first release that warns / on which it raises. `changed`, `reverted`: first release
    with the new behaviour / with the old one again. `reused`: first release on which the name means something
    else. `errors`, `warnings`: what a program says then, one of them, as `Category: text`, at least in part.
    `unproven`: why no example can be executed. `message` may hold `{name}`, `{replacement}` (what the fix puts
    in its place) and `{receiver}` (the class it is used on). All releases are those of `package`.

    A hazard or vulnerability is there from `since` (None: in all known releases) until it is `cured` (None: it
    still is); `why` tells what happens. Neither has a `release` of its own. `unseen`: real code has not shown yet
    that its findings are right, so that they are possible at most. `advisory`: what was published of it.
    """

    code: str
    name: str
    release: Version | None
    summary: str
    message: str
    advice: str
    pulls: tuple[int, ...]
    tags: tuple[str, ...]
    matches: tuple[Match, ...]
    fixes: tuple[Fix, ...]
    examples: tuple[Example, ...]
    deprecated: Version | None = None
    removed: Version | None = None
    changed: Version | None = None
    reverted: Version | None = None
    reused: Version | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unproven: str = ""
    package: Package = "starlette"
    nature: Nature = "change"
    since: Version | None = None
    cured: Version | None = None
    why: str = ""
    unseen: bool = False
    advisory: Advisory | None = None

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Note(Compact):
    """A change that no code can be seen to depend on: told with its release, never a finding."""

    name: str
    text: str
    pulls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release(Compact):
    """One published version of Starlette, or of FastAPI, with what it changed."""

    version: Version
    date: str
    rules: tuple[Rule, ...]
    notes: tuple[Note, ...]
    package: Package = "starlette"


@dataclass(frozen=True, slots=True)
class Family(Compact):
    """Hazards that belong together."""

    name: str
    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Advisories(Compact):
    """The published vulnerabilities."""

    rules: tuple[Rule, ...]


# What holds rules: a file of rules/.
Group = Release | Family | Advisories
