"""How middleware is put around an application: `Class(app)`, `Middleware(Class)`, `add_middleware(Class)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.argument import hands_on
from starlette_upgrade.semantics.naming import all_arguments, last_name
from starlette_upgrade.semantics.types import ClassType, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place


@dataclass(frozen=True, slots=True)
class MiddlewareCall:
    """A call that makes a middleware, or will. `node` is where it is named, `made` what is named there.

    `handed_on`: Starlette calls it later, with the application and the other arguments.
    """

    call: ast.Call
    place: Place
    node: ast.expr
    made: Type
    handed_on: bool

    def keyword(self, name: str) -> ast.keyword | None:
        return next((keyword for keyword in self.call.keywords if keyword.arg == name), None)


def middleware_calls(context: Context, *keywords: str) -> Iterator[MiddlewareCall]:
    """The calls in the module that give one of these arguments: those that make a middleware, and others."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if not any(keyword.arg in keywords for keyword in call.keywords):
            continue
        yield from _made_by(call, place, inference)


def added_middleware(context: Context) -> Iterator[MiddlewareCall]:
    """The calls of `add_middleware`, whatever they give."""
    for call, place in context.candidates.calls:
        if last_name(call.func) == "add_middleware":
            yield from _made_by(call, place, context.inference)


def _made_by(call: ast.Call, place: Place, inference: Inference) -> Iterator[MiddlewareCall]:
    function = inference.type_of(call.func, place)
    if not hands_on(function):
        yield MiddlewareCall(call, place, call.func, function, handed_on=False)
    elif call.args and not isinstance(call.args[0], ast.Starred):
        made = inference.type_of(call.args[0], place)
        yield MiddlewareCall(call, place, call.args[0], made, handed_on=True)


def made_of(found: MiddlewareCall, name: str, inference: Inference) -> bool:
    """Whether what is made is of the class `name`, or of a subclass that leaves its constructor as it is."""
    if not isinstance(found.made, ClassType):
        return False
    for cls in inference.classes.line(found.made):
        if cls.name == name:
            return True
        if inference.classes.defines(cls, "__init__"):
            return False
    return False


def parameters_of(made: Type, inference: Inference) -> frozenset[str] | None:
    """The names that a middleware of the project, or one of Starlette's, can be given; None where nobody knows."""
    if not isinstance(made, ClassType):
        return None
    for cls in inference.classes.line(made):
        if cls.scope is None:
            # None of Starlette's own has an argument that a rule asks for.
            return frozenset() if cls.name.startswith("starlette.middleware.") else None
        if getattr(cls.scope.node, "decorator_list", ()) or inference.classes.defines(cls, "__new__"):
            return None
        bindings = cls.scope.names.get("__init__", ())
        if bindings:
            node = bindings[-1].node
            if len(bindings) > 1 or not isinstance(node, ast.FunctionDef) or node.decorator_list or node.args.kwarg:
                return None
            return frozenset(arg.arg for arg in all_arguments(node.args))
    return None
