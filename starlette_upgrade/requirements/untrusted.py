"""Trees from TOML and JSON that anyone may have written: ask for a shape, get an empty one if it isn't."""

from __future__ import annotations

from collections.abc import Iterator


def table(tree: object, *keys: str) -> dict[str, object]:
    """The table at `keys`, or an empty one."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def tables(value: object) -> Iterator[dict[str, object]]:
    """The tables of an array."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def strings(value: object) -> Iterator[str]:
    """A string, or the strings of an array."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def string(value: object) -> str:
    """The string, or an empty one."""
    return value if isinstance(value, str) else ""
