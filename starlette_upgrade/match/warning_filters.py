"""Filters of warnings: what one says, and whether it was made for warnings that a rule speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.ruleset.rule import WarningMatch

# What a filter for everything matches, too.
_OTHER_TEXT = "some other text"
_OTHER_MODULE = "some_other_module"


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """`action:message:category:module`. Message and module are patterns for the beginning of the text."""

    action: str
    message: str = ""
    category: str = ""
    module: str = ""

    @property
    def is_blanket(self) -> bool:
        """Whether it is for every warning of its category."""
        return not (self.message or self.module)


def parse(entry: str, *, literal: bool = False) -> WarningFilter:
    """A filter as pytest's `filterwarnings` takes it; `literal`: as an option `-W`, whose texts are no patterns."""
    parts = [part.strip() for part in entry.split(":")]
    action, message, category, module = (*parts[:4], "", "", "", "")[:4]
    if literal:
        message, module = re.escape(message), re.escape(module)
    return WarningFilter(action, message, category.removeprefix("builtins."), module)


def speaks_of(text: str, match: WarningMatch, *, anywhere: bool = False) -> bool:
    """Whether a pattern for texts is meant for the rule's warnings, and not for just any text."""
    return _fits(text, match.texts, _OTHER_TEXT, anywhere=anywhere)


def concern(
    found: WarningFilter, match: WarningMatch, others: Iterable[WarningFilter]
) -> Literal["certain", "possible", ""]:
    """Whether a filter was for the rule's warnings, and misses them under their new category.

    One without a text is possibly so: it may stand there for other warnings. `others` are those beside it.
    """
    if found.category != match.category:
        return ""
    if found.message:
        return "certain" if speaks_of(found.message, match) else ""
    if found.module:
        return "possible" if _fits(found.module, match.modules, _OTHER_MODULE, anywhere=False) else ""
    # It took this category out of what is an error otherwise.
    is_exception = found.action != "error" and any(
        other.action == "error" and other.is_blanket and other.category in ("", "Warning") for other in others
    )
    return "possible" if is_exception else ""


def _fits(pattern: str, texts: tuple[str, ...], other: str, *, anywhere: bool) -> bool:
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error:
        return False
    matches = compiled.search if anywhere else compiled.match
    return not matches(other) and any(matches(text) for text in texts)
