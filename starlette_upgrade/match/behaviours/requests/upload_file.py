"""`UploadFile(…)` with the parameters that it had: the file name first, a content type, perhaps no file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_UPLOAD = "starlette.datastructures.UploadFile"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls in the old form."""
    classes = context.inference.classes
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables or not _is_old(call):
            continue
        found = context.inference.type_of(call.func, place)
        if not isinstance(found, ClassType) or is_guarded(place, "UploadFile"):
            continue
        line = classes.line(found)
        if any(base.name == _UPLOAD for base in line) and not any(
            classes.defines(base, "__init__") for base in line
        ):
            whole = not classes.has_other_base(found) and not classes.is_open(found)
            yield Usage(active, call, place, "UploadFile", _UPLOAD, None, call, whole=whole)


def _is_old(call: ast.Call) -> bool:
    keywords = {keyword.arg for keyword in call.keywords}
    if None in keywords or any(isinstance(node, ast.Starred) for node in call.args):
        return False
    first = call.args[0] if call.args else None
    is_text = isinstance(first, ast.JoinedStr) or (isinstance(first, ast.Constant) and isinstance(first.value, str))
    if "content_type" in keywords or len(call.args) > 1 or is_text:
        return True
    return "file" in keywords if call.args else "file" not in keywords
