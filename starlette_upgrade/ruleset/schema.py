"""Strict reading of TOML tables: every key is taken exactly once, and what is left over is an error."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from starlette_upgrade.ruleset.errors import RulesetError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_DEFAULT: Any = object()


@cache
def _version(text: str) -> Version:
    """One object for each version: what is kept of the rules holds it once."""
    return Version(text)


class Table:
    """A TOML table that knows where it stands and which of its keys have been read."""

    def __init__(self, where: str, values: object) -> None:
        if not isinstance(values, dict):
            raise RulesetError(f"{where}: expected a table, found {type(values).__name__}")
        self.where = where
        self._values: Mapping[str, object] = values
        self._read: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, _NO_DEFAULT if default is None else default)
        if default is None and not value.strip():
            raise RulesetError(f"{self.where}: `{key}` is empty")
        return str(value)

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise RulesetError(f"{self.where}: `{key} = {value!r}` is not one of {', '.join(choices)}")
        return value

    def number(self, key: str, default: int | None = None) -> int | None:
        value: int | None = self._take(key, int, default)
        if isinstance(value, bool) or (value is not None and value < 0):
            raise RulesetError(f"{self.where}: `{key}` must be a number from 0 on")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, bool, default))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings; one string stands for a list of one."""
        value = self._take(key, (str, list), _NO_DEFAULT if default is None else default)
        items = (value,) if isinstance(value, str) else tuple(value)
        if not all(isinstance(item, str) and item for item in items):
            raise RulesetError(f"{self.where}: `{key}` must hold non-empty strings only")
        return items

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self._take(key, (int, list), ())
        items = (value,) if isinstance(value, int) else tuple(value)
        if not all(isinstance(item, int) and item > 0 for item in items):
            raise RulesetError(f"{self.where}: `{key}` must hold positive numbers only")
        return items

    def version(self, key: str, *, required: bool = False) -> Version | None:
        text = self._take(key, str, _NO_DEFAULT if required else None)
        if text is None:
            return None
        try:
            return _version(text)
        except InvalidVersion:
            raise RulesetError(f"{self.where}: `{key} = {text!r}` is not a version") from None

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self._take(key, dict, {})
        if not all(isinstance(item, str) and item for item in value.values()):
            raise RulesetError(f"{self.where}: `{key}` must map names to names")
        return tuple(value.items())

    def tables(self, key: str, what: str) -> list[Table]:
        """A list of tables; one table stands for a list of one."""
        value = self._take(key, (dict, list), [])
        if isinstance(value, dict):
            return [Table(f"{self.where}, {what}", value)]
        return [Table(f"{self.where}, {what} {number}", item) for number, item in enumerate(value, 1)]

    def raw(self, key: str) -> Any:
        return self._take(key, object, _NO_DEFAULT)

    def close(self) -> None:
        """Raises RulesetError for a key that nobody read."""
        for key in self._values:
            if key not in self._read:
                near = difflib.get_close_matches(key, self._read, n=1)
                hint = f" (did you mean `{near[0]}`?)" if near else ""
                raise RulesetError(f"{self.where}: unknown key `{key}`{hint}")

    def _take(self, key: str, kind: Any, default: Any) -> Any:
        self._read.add(key)
        if key not in self._values:
            if default is _NO_DEFAULT:
                raise RulesetError(f"{self.where}: `{key}` is missing")
            return default
        value = self._values[key]
        if not isinstance(value, kind):
            names = " or ".join(k.__name__ for k in kind) if isinstance(kind, tuple) else kind.__name__
            raise RulesetError(f"{self.where}: `{key}` must be of type {names}, found {type(value).__name__}")
        return value
