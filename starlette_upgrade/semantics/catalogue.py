"""The catalogue of known classes: what rules/model/*.toml says of Starlette, FastAPI and their kin."""

from __future__ import annotations

from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from starlette_upgrade.ruleset.compiled import kept
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.semantics.types import UNKNOWN, ClassType, Instance, Symbol, Type, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from starlette_upgrade.ruleset.lifecycle import Move


class Catalogue:
    """Known modules, names, classes and functions from outside the project, by dotted name.

    `frameworks`: the packages of web frameworks that have nothing to do with Starlette.
    """

    def __init__(
        self,
        folder: Path,
        oldest: Version | None = None,
        newest: Version | None = None,
        fastapi: Move | None = None,
    ) -> None:
        """What holds in some Starlette from `oldest` to `newest`, and in some FastAPI of its own move.

        Raises RulesetError if a model file is broken.
        """
        known = kept(folder, __file__, _read)
        self.modules: dict[str, str] = known["modules"]
        self.frameworks: set[str] = set(known["frameworks"])
        self.roles: list[dict[str, Any]] = known["roles"]
        self.decorators: list[dict[str, Any]] = known["decorators"]
        life = _Life(oldest, newest, fastapi)
        self.symbols = life.texts(known["symbols"])
        self.functions = life.texts(known["functions"])
        self.instances = life.texts(known["instances"])
        classes: dict[str, dict[str, Any]] = known["classes"]
        self.classes = {name: life.entry(entry) for name, entry in classes.items() if life.holds(entry)}
        self._canonical: dict[str, str] = {}

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of the packages that it speaks of."""
        return frozenset(name.split(".")[0] for name in (*self.modules, *self.symbols, *self.classes))

    def canonical(self, name: str) -> str:
        """The one name of what `name` stands for: `fastapi.Request` is `starlette.requests.Request`."""
        known = self._canonical.get(name)
        if known is None:
            known = self._canonical[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> str:
        if name in self.classes:
            return name
        if name in self.symbols:
            return self.canonical(self.symbols[name])
        if name in self.modules:
            return self.canonical(self.modules[name])
        parent, dot, tail = name.rpartition(".")
        if not dot:
            return name
        above = self.canonical(parent)
        return name if above == parent else self.canonical(f"{above}.{tail}")

    def find(self, name: str) -> Type:
        """What a dotted name from outside the project is."""
        name = self.canonical(name)
        if name in self.classes:
            return ClassType(name)
        if name in self.instances:
            return self.parse(self.instances[name])
        return Symbol(name)

    def bases(self, name: str) -> Iterator[str]:
        """The class and its bases, nearest first."""
        yield name
        for base in self.classes.get(name, {}).get("bases", ()):
            yield from self.bases(base)

    def keeps(self, name: str, attribute: str) -> bool:
        """Whether the class defines for itself what its base has lost."""
        return attribute in self.classes.get(name, {}).get("keeps", ())

    def accepts(self, name: str, keyword: str) -> bool:
        """Whether the class's constructor takes an argument that its base's no longer takes."""
        return keyword in self.classes.get(name, {}).get("accepts", ())

    def attribute(self, name: str, attribute: str) -> Type | None:
        """The type of an attribute of an instance; None if the catalogue does not say."""
        return self._lookup(name, "attributes", attribute)

    def result(self, name: str, method: str) -> Type | None:
        """The type of what a method gives; None if the catalogue does not say."""
        return self._lookup(name, "returns", method)

    def parameter(self, name: str, method: str, index: int) -> Type | None:
        """The type of what a method takes, counted from the first parameter after `self`."""
        for cls in self.bases(name):
            takes = self.classes.get(cls, {}).get("parameters", {}).get(method, ())
            if index < len(takes) and takes[index]:
                return self.parse(takes[index])
        return None

    def _lookup(self, name: str, table: str, key: str) -> Type | None:
        for cls in self.bases(name):
            text = self.classes.get(cls, {}).get(table, {}).get(key)
            if text is not None:
                return self.parse(text)
        return None

    @cache  # noqa: B019 - one catalogue lives as long as the run
    def parse(self, text: str) -> Type:
        """`A | type[B]` as a type."""
        return union(self._parse_one(part.strip()) for part in text.split("|"))

    def _parse_one(self, text: str) -> Type:
        if text in ("None", ""):
            return UNKNOWN
        if text.startswith("type["):
            return ClassType(self.canonical(text[5:-1]))
        return Instance(ClassType(self.canonical(text)))


def _read(folder: Path) -> dict[str, Any]:
    """All files of the model as one, with what each release makes of it still open."""
    import tomli

    known: dict[str, Any] = {key: {} for key in ("modules", "symbols", "functions", "instances", "classes")}
    known.update({key: [] for key in ("frameworks", "roles", "decorators")})
    # What somebody wrote by hand wins over what was generated.
    for file in sorted(folder.glob("*.toml"), key=lambda file: (file.stem.endswith("-by-hand"), file.name)):
        try:
            values = tomli.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
            raise RulesetError(f"model/{file.name}: {error}") from None
        if values.get("package") == "fastapi":
            _mark(values)
        for key in ("modules", "symbols", "functions", "instances"):
            known[key].update(values.get(key, {}))
        for name, entry in values.get("classes", {}).items():
            _merge(known["classes"].setdefault(name, {}), entry)
        known["frameworks"].extend(values.get("frameworks", ()))
        known["roles"].extend(values.get("role", ()))
        known["decorators"].extend(values.get("decorator", ()))
    return known


def _mark(values: Any) -> None:
    """Makes a note in each row with a life that it is told in releases of FastAPI."""
    if isinstance(values, dict):
        if not values.keys().isdisjoint(("since", "until")):
            values["package"] = "fastapi"
        for value in values.values():
            _mark(value)
    elif isinstance(values, list):
        for value in values:
            _mark(value)


def _merge(entry: dict[str, Any], other: dict[str, Any]) -> None:
    """Adds what another file says of the same class; member by member, what comes last wins."""
    for key, value in other.items():
        if isinstance(value, dict):
            entry[key] = {**entry.get(key, {}), **value}
        else:
            entry[key] = value


class _Life:
    """What of the model is alive between two releases; an end that is not given is open.

    The rows of FastAPI's file live in its own releases.
    """

    def __init__(self, oldest: Version | None, newest: Version | None, fastapi: Move | None) -> None:
        self._ends = {"starlette": (oldest, newest)}
        self._ends["fastapi"] = (fastapi.old, fastapi.new) if fastapi is not None else (None, None)

    def holds(self, row: dict[str, Any]) -> bool:
        oldest, newest = self._ends[row.get("package", "starlette")]
        if newest is not None and "since" in row and Version(row["since"]) > newest:
            return False
        return not (oldest is not None and "until" in row and Version(row["until"]) < oldest)

    def entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        """A class's entry with one value for each key."""
        for key in ("keeps", "accepts"):
            if key in entry:
                entry[key] = [name for names in self._alive(entry[key]) for name in names]
        for key in ("attributes", "returns"):
            if key in entry:
                entry[key] = self.texts(entry[key])
        if "bases" in entry:
            alive = self._alive(entry["bases"])
            listed = ([bases] if isinstance(bases, str) else bases for bases in alive)
            entry["bases"] = list(dict.fromkeys(base for bases in listed for base in bases))
        if "parameters" in entry:
            taken = {method: self._alive(value) for method, value in entry["parameters"].items()}
            entry["parameters"] = {method: _side_by_side(alive) for method, alive in taken.items() if alive}
        return entry

    def texts(self, values: dict[str, Any]) -> dict[str, str]:
        """One text for each name: that of a type, or of all types that it has in the range."""
        found = {}
        for name, value in values.items():
            if isinstance(value, str):
                found[name] = value
            elif alive := self._alive(value):
                found[name] = _either(alive)
        return found

    def _alive(self, value: Any) -> list[Any]:
        """The alternatives that a value has, newest first: bases are asked in this order."""
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [row["is"] for row in reversed(value) if self.holds(row)]
        return [value]


def _either(texts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(texts))


def _side_by_side(alive: list[list[str]]) -> list[str]:
    """What each position takes; nothing is known of one that an alternative is silent about."""
    return alive[0] if len(alive) == 1 else [_either(texts) for texts in zip_longest(*alive, fillvalue="")]
