"""Templates that Starlette 1.0 no longer escapes: all but .html, .htm and .xml, without an own `env`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.folders import folders_named
from starlette_upgrade.match.behaviours.templates.template_response import TEMPLATES, template_calls
from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

# What jinja2.select_autoescape() escapes, in any case of letters.
_ESCAPED = (".html", ".htm", ".xml")
_SHOWN = 3
# Escaping switched on, or another environment put in the place of Starlette's.
_ENVIRONMENT_CHANGED = re.compile(r"\.env\.autoescape|\.env\s*=(?!=)")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Template names that were escaped and are not any more, and folders with such templates."""
    if _changes_environment(context.module.document.text):
        return
    for call, place, made in _loads(context):
        if made is None or not _is_plain(*made, context):
            continue
        node, texts = _name_of(call, place, context)
        raw = [text for text in texts if _is_raw(text)]
        if raw and not is_chosen(place):
            yield Usage(active, node, place, raw[0], TEMPLATES, call, call)
    for call, place in context.candidates.calls:
        directory = argument_of(call, "directory", 0)
        if directory is None or not _is_plain(call, place, context) or is_chosen(place):
            continue
        names = [
            name
            for folder in folders_named(directory, place, context.inference)
            for name in context.templates_in(folder)
            if _is_raw(name) and not name.endswith(".py")
        ]
        if names and not _changed_elsewhere(context):
            yield Usage(active, call, place, _listed(names), TEMPLATES, None, call)


def _is_plain(made: ast.Call, place: Place, context: Context) -> bool:
    """Whether a call makes a Jinja2Templates with the environment that Starlette makes for it."""
    if any(keyword.arg in ("env", "autoescape", "loader", None) for keyword in made.keywords):
        return False
    cls = class_named(made.func, place, context.inference, TEMPLATES)
    if cls is None or _changes_environment(place.scope.module.document.text):
        return False
    # A class that has a constructor may make an environment of its own.
    classes = context.inference.classes
    return not any(
        classes.defines(base, name) for base in classes.line(cls) for name in ("__init__", "_create_env")
    )


def _changed_elsewhere(context: Context) -> bool:
    """Whether a module that can import this one sets up the environment."""
    others = context.inference.project.mentioning("env", context.module)
    return any(_changes_environment(module.document.text) for module in others)


def _listed(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are."""
    shown, rest = names[:_SHOWN], len(names) - _SHOWN
    return f"{', '.join(shown)} and {rest} more" if rest > 0 else ", ".join(shown)


@lru_cache(maxsize=16)
def _changes_environment(text: str) -> bool:
    return _ENVIRONMENT_CHANGED.search(text) is not None


def _is_raw(name: str) -> bool:
    return "." in name and not name.lower().endswith(_ESCAPED)


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


def _name_of(call: ast.Call, place: Place, context: Context) -> tuple[ast.expr, list[str]]:
    """The template's name, by keyword or as the first or second argument, with what it may be."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    for node in named or call.args[:2]:
        texts = _endings(node, place, context)
        if texts:
            return node, texts
    return call, []


def _endings(node: ast.expr, place: Place, context: Context, depth: int = 4) -> list[str]:
    """What a template's name may be, or how it ends, as far as that is known: `f"{page}.jj"`, `page + ".jj"`."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return _endings(node.values[-1], place, context, depth) if node.values else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _endings(node.right, place, context, depth)
    if isinstance(node, ast.IfExp):
        return [ending for way in (node.body, node.orelse) for ending in _endings(way, place, context, depth)]
    if not isinstance(node, ast.Name) or depth == 0:
        return []
    bindings = context.inference.bindings_of(node.id, place, node)
    endings: list[str] = []
    for binding in bindings if isinstance(bindings, list) else ():
        value = binding.node if isinstance(binding.node, ast.expr) and binding.index is None else None
        if binding.kind == "element" and isinstance(value, ast.List | ast.Tuple | ast.Set):
            for element in value.elts:
                endings += _endings(element, binding.place, context, depth - 1)
        elif binding.kind in ("value", "annotated") and value is not None:
            endings += _endings(value, binding.place, context, depth - 1)
    return endings
