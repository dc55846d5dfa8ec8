"""Template names that Starlette 1.0 no longer escapes: all but .html, .htm and .xml, without an own `env`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.template_response import TEMPLATES, template_calls
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

# What jinja2.select_autoescape() escapes, in any case of letters.
_ESCAPED = (".html", ".htm", ".xml")
# Escaping switched on, or another environment put in the place of Starlette's.
_ENVIRONMENT_CHANGED = re.compile(r"\.env\.autoescape|\.env\s*=(?!=)")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Literal template names that were escaped and are not any more."""
    if _changes_environment(context.module.document.text):
        return
    for call, place, made in _loads(context):
        if made is None or _changes_environment(made[1].scope.module.document.text):
            continue
        if any(keyword.arg in ("env", "autoescape", None) for keyword in made[0].keywords):
            continue
        cls = context.inference.type_of(made[0].func, made[1])
        if isinstance(cls, ClassType) and any(
            context.inference.classes.defines(base, "__init__") for base in context.inference.classes.line(cls)
        ):
            continue  # it may make an environment of its own
        for name in _literal_names(call):
            text = _ending(name)
            if "." in text and not text.lower().endswith(_ESCAPED) and not is_chosen(place):
                yield Usage(active, name, place, text, TEMPLATES, call, call)


@lru_cache(maxsize=16)
def _changes_environment(text: str) -> bool:
    return _ENVIRONMENT_CHANGED.search(text) is not None


def _loads(context: Context) -> Iterator[tuple[ast.Call, Place, tuple[ast.Call, Place] | None]]:
    for found in template_calls(context):
        if found.whole:
            yield found.call, found.place, found.origin
    inference = context.inference
    for call, place in context.candidates.calls:
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr == "get_template":
            found_type = inference.type_of(function.value, place)
            receiver = judge_receiver(found_type, "get_template", (TEMPLATES,), inference)
            if receiver is not None and receiver.whole:
                made = [m for m in members(without_none(found_type)) if isinstance(m, Instance)]
                origin = made[0].origin if len(made) == 1 else None
                yield call, place, origin


def _literal_names(call: ast.Call) -> Iterator[ast.expr]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    for node in (*call.args[:2], *named):
        if _ending(node):
            yield node
            return


def _ending(node: ast.expr) -> str:
    """A template's name, or how it ends as far as that is written out: `f"{page}.jj"`, `page + ".jj"`."""
    if isinstance(node, ast.JoinedStr) and node.values:
        return _ending(node.values[-1])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _ending(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
