"""Whether a project registers a handler for an exception that its websockets may raise."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Module


def has_handler(name: str, home: Module, context: Context) -> bool:
    """Whether this module, or another one that names the exception, registers a handler for it."""
    registered = _registered(name)
    others = context.inference.project.holding(name)
    return any(registered.search(module.document.text) is not None for module in (home, *others))


@cache
def _registered(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"exception_handlers?(?:\s*:[^=\n]*)?\s*[(=\[][^)\]}}]*\b\w*{name}\b|[{{,]\s*[\w.]*{name}\s*:"
    )
