"""`partial(templates.TemplateResponse, "page.html")`: a call in the old form whose rest comes later."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.flow import uses_of
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place


def partials(context: Context) -> Iterator[tuple[ast.Call, ast.Attribute, Place]]:
    """Every `partial(….TemplateResponse, …)` in the module, with the attribute that it is a partial of."""
    for node, parent, place in context.candidates.attributes:
        if node.attr != "TemplateResponse" or not isinstance(parent, ast.Call) or node not in parent.args[:1]:
            continue
        if context.inference.type_of(parent.func, place) == Symbol("functools.partial"):
            yield parent, node, place


def without_function(call: ast.Call) -> ast.Call:
    """What a partial passes so far, as a call of the function itself."""
    return ast.copy_location(ast.Call(call.args[0], call.args[1:], call.keywords), call)


def gets_no_request(call: ast.Call, place: Place, inference: Inference) -> bool:
    """Whether a partial with `name=` is called, here, and with neither a request nor anything by position."""
    parents = [use.parent for use in uses_of(call, place, inference) if not use.held]
    calls = [parent for parent in parents if isinstance(parent, ast.Call) and parent is not call]
    return bool(calls) and not any(
        made.args or any(keyword.arg in (None, "request") for keyword in made.keywords) for made in calls
    )
