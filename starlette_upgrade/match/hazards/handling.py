"""What code does with an object that it is given: which of its methods are called, there or deeper."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import decorator_names
from starlette_upgrade.semantics.scopes import Block, Place
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, Method, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

# Functions that call each other are followed so far.
_DEPTH = 4
_FRAMEWORKS = ("starlette.", "fastapi.")
_LOOKING = frozenset({"isinstance", "type", "id", "hash", "repr", "str", "print", "callable"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_NO_BINDING = frozenset({"staticmethod"})


@dataclass(frozen=True, slots=True)
class Manners:
    """The methods of an object that matter, and the attributes that do no more than tell."""

    methods: frozenset[str]
    telling: frozenset[str]


@dataclass(frozen=True, slots=True)
class Use:
    """A use of an object in a function, by `node`: `method` of it is called, or "" if it is not known what is done.

    `inner` is the function inside of that one which holds the use, if there is one.
    """

    node: ast.AST
    method: str
    inner: ast.AST | None = None


def uses_of(
    name: str,
    scope: Scope,
    manners: Manners,
    inference: Inference,
    apart: Collection[ast.AST] = (),
    depth: int = _DEPTH,
) -> Iterator[Use]:
    """The uses that matter, or may, of what a function knows by a name; calls set `apart` are not asked."""
    ensure_bound(scope)
    body = getattr(scope.node, "body", [])
    for statement in body if isinstance(body, list) else [body]:
        for node, chain, inner in _names(statement, (), None, name):
            at = scope if inner is None else None
            method = _method_at(node, (*chain, scope.node), at, manners, inference, apart, depth)
            if method is not None:
                yield Use(node, method, inner)


def method_of_passed(name: str, call: ast.Call, scope: Scope, manners: Manners, inference: Inference) -> str | None:
    """The method that is called behind a call which is given the object; "" where nobody knows, None for none."""
    found: str | None = None
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for node, chain, inner in _names(argument, (call,), None, name):
            at = scope if inner is None else None
            method = _method_at(node, chain, at, manners, inference, (), _DEPTH)
            if chain[0] is not call and any(isinstance(outer, ast.Call) for outer in chain[:-1]):
                continue  # a call in the call, which is asked by itself
            if method is not None:
                found = found or method
    return found


def _names(
    node: ast.AST, chain: tuple[ast.AST, ...], inner: ast.AST | None, name: str
) -> Iterator[tuple[ast.Name, tuple[ast.AST, ...], ast.AST | None]]:
    """Every place of a name in a node, with the nodes around it and the function inside that it is in."""
    if isinstance(node, ast.Name):
        if node.id == name:
            yield node, chain, inner
        return
    if isinstance(node, _DEFINITIONS):
        if _has_its_own(node, name):
            return
        inner = inner or node
    for child in ast.iter_child_nodes(node):
        yield from _names(child, (node, *chain), inner, name)


def _has_its_own(node: ast.AST, name: str) -> bool:
    args = getattr(node, "args", None)
    return isinstance(args, ast.arguments) and name in {
        arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg) if arg
    }


def _method_at(
    node: ast.Name,
    chain: tuple[ast.AST, ...],
    scope: Scope | None,
    manners: Manners,
    inference: Inference,
    apart: Collection[ast.AST],
    depth: int,
) -> str | None:
    """The method that is called there; "" where nobody knows; None where it does not matter."""
    if not isinstance(node.ctx, ast.Load):
        return ""
    parent, around = chain[0], chain[1] if len(chain) > 1 else None
    if isinstance(parent, ast.Attribute):
        called = isinstance(around, ast.Call) and around.func is parent
        if parent.attr in manners.methods and called:
            return parent.attr if _is_awaited(chain) else ""
        return None if parent.attr in manners.telling else ""
    if isinstance(parent, ast.Subscript | ast.Compare | ast.FormattedValue | ast.UnaryOp | ast.If | ast.Expr):
        return None
    held = False
    for outer in chain:
        if isinstance(outer, ast.Call):
            if outer in apart or (held and _is_the_frameworks(outer, scope, inference)):
                return None
            if held or scope is None or depth < 1:
                return ""
            return _passed(node, outer, scope, manners, inference, depth)
        if not isinstance(outer, ast.keyword):
            held = True
        if not isinstance(outer, ast.keyword | ast.Dict | ast.List | ast.Tuple):
            return ""
    return ""


def _is_awaited(chain: tuple[ast.AST, ...]) -> bool:
    """Whether what a method gives is waited for here: a coroutine that nobody awaits does nothing."""
    for outer in chain:
        if isinstance(outer, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.comprehension):
            return True
        if isinstance(outer, ast.stmt):
            return False
    return False


def _passed(
    node: ast.Name, call: ast.Call, scope: Scope, manners: Manners, inference: Inference, depth: int
) -> str | None:
    """What becomes of it in the function that a call hands it to."""
    if _is_the_frameworks(call, scope, inference):
        return None
    found: str | None = None
    for member in members(inference.type_of(call.func, _place(scope, call))):
        name = parameter_for(node, call, member) if isinstance(member, FunctionType) else None
        if not isinstance(member, FunctionType) or name is None:
            return ""
        if isinstance(member.node, ast.FunctionDef | ast.AsyncFunctionDef) and member.node.decorator_list:
            found = ""  # what is called may be another function
        for use in uses_of(name, member.scope, manners, inference, depth=depth - 1):
            if use.method:
                return use.method
            found = ""
    return found


def _place(scope: Scope, node: ast.AST) -> Place:
    """The place of a node in a function."""
    if isinstance(scope.node, ast.Lambda) and scope.place is not None:
        return Place(scope, Block(scope.place.block, None, "body"), scope.place.statement)
    return inside(scope).place(node)


def _is_the_frameworks(call: ast.Call, scope: Scope | None, inference: Inference) -> bool:
    """Whether a call is one of Starlette's or FastAPI's own things, or only looks at what it is given."""
    if scope is None:
        return False
    for member in members(inference.type_of(call.func, _place(scope, call))):
        if isinstance(member, Symbol) and member.name.startswith("builtins."):
            known = member.name.rpartition(".")[2] in _LOOKING
        elif isinstance(member, Symbol | ClassType):
            known = member.name.startswith(_FRAMEWORKS) and getattr(member, "scope", None) is None
        else:
            known = isinstance(member, Method) and _is_plain(member)
        if not known:
            return False
    return True


def _is_plain(method: Method) -> bool:
    receiver = method.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    return isinstance(cls, ClassType) and cls.scope is None and cls.name.startswith(_FRAMEWORKS)


def parameter_for(node: ast.expr, call: ast.Call, function: FunctionType, skip: int = 0) -> str | None:
    """The parameter of a function that a call passes `node` for, where the first `skip` arguments are others'."""
    args = function.node.args
    keyword = next((keyword for keyword in call.keywords if keyword.value is node), None)
    if keyword is not None:
        known = {arg.arg for arg in (*args.args, *args.kwonlyargs)}
        return keyword.arg if keyword.arg in known else None
    if node not in call.args:
        return None
    number = call.args.index(node)
    if any(isinstance(argument, ast.Starred) for argument in call.args[:number]):
        return None
    number += _bound(function) - skip
    positional = [*args.posonlyargs, *args.args]
    return positional[number].arg if 0 <= number < len(positional) else None


def _bound(function: FunctionType) -> int:
    """How many of its parameters the function has got already: `self`, or the class."""
    if function.receiver is None:
        return 0
    names = decorator_names(function.node)
    if names & _NO_BINDING:
        return 0
    return 1 if "classmethod" in names or isinstance(function.receiver, Instance) else 0
