"""What a difference between two releases is, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "gone",  # a module, a name of a module, a member of a class
    "foreign",  # a name that a module imported from another package, and does no more
    "star",  # still importable, but no more by `from module import *`
    "kind",  # a class became a function, a method an attribute
    "base",  # a class has other bases
    "inherited",  # a method of its own became that of a base
    "special",  # a class got a special method, so that `==`, `bool()`, `str()` mean something else
    "async",  # def became async def, or the other way round
    "property",  # property, static method, context manager: another one than before
    "value",  # a constant
    "parameter",  # it can no longer be given by its name
    "required",  # it has to be given now
    "default",
    "position",  # positional arguments mean something else, or are refused
    "variadic",  # *args or **kwargs are no longer taken
    "deprecated",  # a module's __getattr__ answers for it now
    "warning",  # a new one, or one of another category
    "wording",  # a warning with another text
    "floor",  # the Python or another distribution that is needed
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    `key` is what differs, as in the surface; `parameter` which of its parameters, `position` where the positional
    ones begin to differ (from 0, without `self`). `said` is told to people.
    """

    kind: Kind
    key: str
    said: str
    parameter: str = ""
    position: int | None = None

    @property
    def subject(self) -> str:
        """What waivers match: `module:Class.method(parameter)`, `module:Class@4` for positions from 4 on."""
        callable_ = self.key.removesuffix(".__init__")
        if self.parameter:
            return f"{callable_}({self.parameter})"
        return f"{callable_}@{self.position}" if self.position is not None else self.key

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.said}"


def is_private(key: str) -> bool:
    """Whether any part of a dotted name has a leading underscore, other than special methods."""
    parts = key.replace(":", ".").split(".")
    return any(part.startswith("_") and not part.endswith("__") for part in parts)
