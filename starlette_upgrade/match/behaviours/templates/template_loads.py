"""Calls that load a template by its name, with the call that made the Jinja2Templates, where that is known."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_names import names_of
from starlette_upgrade.match.behaviours.templates.template_response import TEMPLATES, form_of, template_calls
from starlette_upgrade.match.definitions import bindings_behind, value_of
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.behaviours.templates.template_names import Name
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_OF_ENVIRONMENT = frozenset({"get_or_select_template", "get_template", "select_template"})


@dataclass(frozen=True, slots=True)
class Load:
    """`node` names the template; `made` is the constructor of what loads it."""

    call: ast.Call
    place: Place
    node: ast.expr
    names: Sequence[Name]
    made: tuple[ast.Call, Place] | None


def template_loads(context: Context) -> Iterator[Load]:
    """Every call in the module of which the template's name, or its end, is written out somewhere."""
    for call, place, arguments, made in _calls(context):
        named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
        for node in named or arguments:
            names = names_of(node, place, context.inference)
            if names:
                yield Load(call, place, node, names, made)
                break


def _calls(
    context: Context,
) -> Iterator[tuple[ast.Call, Place, Sequence[ast.expr], tuple[ast.Call, Place] | None]]:
    """The calls, with the arguments of which one is the name."""
    inference = context.inference
    for found in template_calls(context):
        if found.whole:
            form = form_of(found.call, found.place, inference)
            first, second = found.call.args[:1], found.call.args[1:2]
            arguments = {"old": first, "new": second, "unclear": [*first, *second]}[form]
            yield found.call, found.place, arguments, found.origin
    for call, place in context.candidates.calls:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in _OF_ENVIRONMENT:
            continue
        owner, at = templates_of(function.value, place, context.inference)
        found_type = inference.type_of(owner, at)
        receiver = judge_receiver(found_type, "get_template", (TEMPLATES,), inference)
        if receiver is not None and receiver.whole:
            made = [one for one in members(without_none(found_type)) if isinstance(one, Instance)]
            yield call, place, call.args[:1], made[0].origin if len(made) == 1 else None


def templates_of(node: ast.expr, place: Place, inference: Inference) -> tuple[ast.expr, Place]:
    """What an environment belongs to, in `templates.env` and in a name for that; else the expression itself."""
    if isinstance(node, ast.Name):
        bindings = bindings_behind(node, place, inference)
        value = value_of(bindings[0]) if len(bindings) == 1 else None
        if isinstance(value, ast.Attribute) and value.attr == "env":
            return value.value, bindings[0].place
    if isinstance(node, ast.Attribute) and node.attr == "env":
        return node.value, place
    return node, place
