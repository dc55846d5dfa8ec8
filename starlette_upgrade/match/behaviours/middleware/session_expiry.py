"""A short `max_age` of SessionMiddleware, where a login is kept in the session and nothing renews it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.folders import root_above
from starlette_upgrade.match.definitions import bindings_behind, value_of
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.middleware import made_of, middleware_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_SESSION = "starlette.middleware.sessions.SessionMiddleware"
_TWO_WEEKS = 14 * 24 * 60 * 60  # what holds where no age is given
_DEPTH = 4
_WRITTEN = re.compile(r"\.session\[\s*[\"'](\w+)[\"']\s*\]\s*=(?!=)")
_READ = re.compile(
    r"\.session\.get\(\s*[\"'](\w+)[\"']"
    r"|\.session\[\s*[\"'](\w+)[\"']\s*\](?!\s*=(?!=))"
    r"|[\"'](\w+)[\"']\s+(?:not\s+)?in\s+\w+\.session\b"
)
# Code that may write at every request: a middleware, a dependency, a session that is changed as a whole.
_RENEWING = re.compile(r"\bcall_next\b|\b(?:Depends|Security)\(|\.session\.(?:update|setdefault)\(|mark_modified\(")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """An age that is written out and shorter than the default, by keyword."""
    for found in middleware_calls(context, "max_age"):
        keyword = found.keyword("max_age")
        if keyword is None or is_chosen(found.place):
            continue
        seconds = _seconds(keyword.value, found.place, context.inference, _DEPTH)
        if seconds is None or not 0 < seconds < _TWO_WEEKS or not made_of(found, _SESSION, context.inference):
            continue
        if _keeps_a_login(context):
            yield Usage(active, keyword, found.place, "max_age", _SESSION, found.call, found.call)


def _seconds(node: ast.expr, place: Place, inference: Inference, depth: int) -> float | None:
    """A number that is written out, as in `30 * 60`, here or where its name gets it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int | float) and not isinstance(node.value, bool) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = (_seconds(side, place, inference, depth) for side in (node.left, node.right))
        return left * right if left is not None and right is not None else None
    if isinstance(node, ast.Name | ast.Attribute) and depth:
        bindings = bindings_behind(node, place, inference)
        value = value_of(bindings[0]) if len(bindings) == 1 else None
        return _seconds(value, bindings[0].place, inference, depth - 1) if value is not None else None
    return None


def _keeps_a_login(context: Context) -> bool:
    """Whether the program reads a key of the session that it writes, and writes none at every request."""
    root = root_above(context.module.document.path)
    documents = (module.document for module in context.inference.project.holding("session"))
    texts = [document.text for document in documents if root in document.path.absolute().parents]
    writing = [text for text in texts if _WRITTEN.search(text)]
    if any(_RENEWING.search(text) for text in writing):
        return False
    written = {key for text in writing for key in _WRITTEN.findall(text)}
    read = {key for text in texts for keys in _READ.findall(text) for key in keys if key}
    return not written.isdisjoint(read)
