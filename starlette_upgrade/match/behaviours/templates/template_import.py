"""Code that waits for `Jinja2Templates(…)` to say that jinja2 is missing: by now the import says so."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_response import TEMPLATES
from starlette_upgrade.match.certainty import class_named, is_given
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Block, Place


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Constructions whose AssertionError is caught, or expected by a test."""
    for call, place in context.candidates.calls:
        sources = [argument_of(call, "directory", 0), argument_of(call, "env", None)]
        if sum(map(is_given, sources)) != 1 or is_chosen(place):
            continue  # what the two say together raises an AssertionError of its own
        if any(map(expects_assertion, place.block.chain())):
            cls = class_named(call.func, place, context.inference, TEMPLATES)
            if cls is not None and _is_imported_outside(place):
                yield Usage(active, call, place, "Jinja2Templates", TEMPLATES, None, call)


def expects_assertion(block: Block) -> bool:
    """Whether a block is the body of a `try` or `with` that waits for an AssertionError."""
    owner = block.owner
    if block.arm == "body" and any(_names(handler.type) for handler in getattr(owner, "handlers", ())):
        return True
    return isinstance(owner, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and last_name(item.context_expr.func) in ("raises", "assertRaises", "suppress")
        and any(map(_names, item.context_expr.args))
        for item in owner.items
    )


def _names(node: ast.expr | None) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(part is not None and last_name(part) == "AssertionError" for part in parts)


def _is_imported_outside(place: Place) -> bool:
    """Whether the import stands before what expects the error, where nothing catches an ImportError."""
    return any(
        isinstance(statement, ast.ImportFrom) and any(alias.name == "Jinja2Templates" for alias in statement.names)
        for statement in place.scope.module.document.tree.body
    )
