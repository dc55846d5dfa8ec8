"""The catalogue of known classes: what rules/model/*.toml says of Starlette, FastAPI and their kin."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import tomli

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.semantics.types import UNKNOWN, ClassType, Instance, Symbol, Type, union

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Catalogue:
    """Known modules, names, classes and functions from outside the project, by dotted name.

    `frameworks`: the packages of web frameworks that have nothing to do with Starlette.
    """

    def __init__(self, folder: Path) -> None:
        """Raises RulesetError if a model file is broken."""
        self.modules: dict[str, str] = {}
        self.symbols: dict[str, str] = {}
        self.classes: dict[str, dict[str, Any]] = {}
        self.functions: dict[str, str] = {}
        self.instances: dict[str, str] = {}
        self.frameworks: set[str] = set()
        for file in sorted(folder.glob("*.toml")):
            try:
                values = tomli.loads(file.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
                raise RulesetError(f"model/{file.name}: {error}") from None
            self.modules.update(values.get("modules", {}))
            self.symbols.update(values.get("symbols", {}))
            self.classes.update(values.get("classes", {}))
            self.functions.update(values.get("functions", {}))
            self.instances.update(values.get("instances", {}))
            self.frameworks.update(values.get("frameworks", ()))
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
