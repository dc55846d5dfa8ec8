"""How a rewritten line can name jinja2's classes, without asking for jinja2 where it may be missing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.rewrite.templates.template_context import root_of

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.rewrite.naming.names import Reach
    from starlette_upgrade.semantics.scopes import Place, Scope


def environment_and_loader(
    templates: ast.expr | None, place: Place, context: Context
) -> tuple[Reach, Reach] | Refusal:
    """`jinja2.Environment` and `jinja2.FileSystemLoader`, at the place of templates whose class is named so.

    None: they are made by the class that the place is in.
    """
    environment = reach("jinja2.Environment", place, context, module_style=True)
    loader = reach("jinja2.FileSystemLoader", place, context, module_style=True)
    if isinstance(environment, Refusal):
        return environment
    if isinstance(loader, Refusal):
        return loader
    if (environment.imports or loader.imports) and not _is_there_at_once(templates, place):
        return Refusal("jinja2 would have to be imported at the top, where it may be missing")
    return environment, loader


def _is_there_at_once(templates: ast.expr | None, place: Place) -> bool:
    """Whether the module can't be imported without what makes the templates, and so not without jinja2."""
    root = root_of(templates) if templates is not None else None
    if root is None:
        return _is_at_the_top(place.scope)
    scope: Scope | None = place.scope
    while scope is not None and root.id not in scope.names:
        scope = scope.parent
    if scope is None or scope.parent is not None:
        return False
    return all(binding.place.block.owner is None for binding in scope.names[root.id])


def _is_at_the_top(scope: Scope) -> bool:
    """Whether a class, or the one that a method is in, is defined in the module itself on no condition."""
    cls = scope if scope.is_class or scope.parent is None else scope.parent
    return (
        cls.is_class
        and cls.place is not None
        and cls.parent is not None
        and (cls.parent.parent is None and cls.place.block.owner is None)
    )
