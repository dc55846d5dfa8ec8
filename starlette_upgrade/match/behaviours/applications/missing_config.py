"""`Config("file")` with a file that is nowhere around."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_caught, is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CONFIG = "starlette.config.Config"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls with the name of a file that no folder around the module holds.

    A name with a leading dot is only suspect: such files are kept out of repositories on purpose.
    """
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables:
            continue
        node = argument_of(call, "env_file", 0)
        name = node.value if isinstance(node, ast.Constant) else None
        if node is None or not isinstance(name, str) or not name:
            continue
        found = context.inference.type_of(call.func, place)
        if not isinstance(found, ClassType) or found.scope is not None or found.name != _CONFIG:
            continue
        if is_chosen(place) or is_caught(place, "FileNotFoundError", "OSError", "Exception"):
            continue
        if not _exists(name, context.module.document.path, context.module.document.text):
            hidden = Path(name).name.startswith(".")
            yield Usage(active, node, place, name, _CONFIG, call, call, certain=not hidden, whole=False)


def _exists(name: str, module: Path, text: str) -> bool:
    """Whether the file is there for a program that runs in a folder around the module, or is made or asked for."""
    if any(word in text for word in ("write_text", "isfile", "exists(", "open(", "chdir")):
        return True
    folders = list(module.absolute().parents)
    return any((folder / name).exists() for folder in folders)
