"""Usages of an argument: by keyword, by position, in `super().__init__(…)`, or in a `**{…}` written out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.forwarding import forwards, written_keys
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Method, Super, Symbol, Type, Unknown, members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from starlette_upgrade.match.forwarding import Key
    from starlette_upgrade.match.usage import Context, Node
    from starlette_upgrade.ruleset.rule import ArgumentMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called: `owner` is the rule's callable; `skip` positional arguments come before its own."""

    owner: str
    skip: int = 0
    certain: bool = True
    whole: bool = True


def find(active: ActiveRule, match: ArgumentMatch, context: Context) -> Iterator[Usage]:
    """Every usage of the rule's argument in the module."""
    if match.missing:
        yield from _find_missing(active, match, context)
        return
    methods = _methods(match)
    for call, place in context.candidates.calls:
        if not match.keywords and last_name(call.func) not in context.candidates.callables:
            continue  # collected for a keyword that is another rule's
        if methods and isinstance(call.func, ast.Attribute) and call.func.attr not in methods:
            continue
        arguments = list(_arguments(call, match, place, context.candidates.callables))
        if not arguments:
            continue
        for keyword_name, node in arguments:
            if match.unless and isinstance(node, ast.keyword) and ast.unparse(node.value) in match.unless:
                continue
            callee = _callee(call, keyword_name, match, place, context)
            if callee is None:
                continue
            if keyword_name is None and not _is_at(call, node, match.position, callee.skip):
                continue
            if is_guarded(place, keyword_name or ""):
                continue
            yield Usage(
                active,
                node,
                place,
                keyword_name or "",
                callee.owner,
                call,
                call,
                callee.certain,
                callee.whole,
                skipped=callee.skip,
            )
            if match.known:
                break  # one rewrite takes all unknown keywords of a call together


def _methods(match: ArgumentMatch) -> frozenset[str]:
    """What the call of an attribute has to be called, where the rule is about methods only; else nothing."""
    tails = [name.rpartition(".")[2] for name in match.callables]
    return frozenset() if any(tail[0].isupper() for tail in tails) else frozenset((*tails, "partial"))


def _find_missing(active: ActiveRule, match: ArgumentMatch, context: Context) -> Iterator[Usage]:
    """Every call in which the argument is not given, as far as can be seen."""
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables:
            continue
        if any(keyword.arg is None or keyword.arg in match.keywords for keyword in call.keywords):
            continue
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            continue
        callee = _callee(call, None, match, place, context)
        if callee is None or not callee.certain or is_guarded(place, last_name(call.func)):
            continue
        if match.position is not None and len(call.args) > match.position + callee.skip:
            continue
        name = match.keywords[0] if match.keywords else ""
        in_front = match.position == 0
        yield Usage(active, call, place, name, callee.owner, None, call, whole=callee.whole, in_front=in_front)


def _arguments(
    call: ast.Call, match: ArgumentMatch, place: Place, callables: Collection[str]
) -> Iterator[tuple[str | None, Node]]:
    """The call's arguments that the rule could mean, with their keyword (None: by position)."""
    for keyword in call.keywords:
        if keyword.arg is None:
            if _may_be_meant(call, match, callables):
                yield from _literal_keys(keyword.value, call, place, match)
        elif _is_meant(keyword.arg, match):
            yield keyword.arg, keyword
    if match.position is not None:
        for node in call.args[match.position : match.position + 2]:
            yield None, node


def _may_be_meant(call: ast.Call, match: ArgumentMatch, callables: Collection[str]) -> bool:
    """Whether what is called has the name of something that takes the argument, as far as the module tells."""
    name = last_name(call.func)
    return name in callables or any(known.endswith(f".{name}") for known in match.callables)


def _is_meant(keyword: str, match: ArgumentMatch) -> bool:
    return keyword not in match.known if match.known else keyword in match.keywords


def _literal_keys(node: ast.expr, call: ast.Call, place: Place, match: ArgumentMatch) -> list[Key]:
    """The keys that the rule means of `**{…}`, or of `**options` where `options` is filled before."""
    if isinstance(node, ast.Name):
        text = place.scope.module.document.text
        if not match.known and not any(keyword in text for keyword in match.keywords):
            return []
        keys = written_keys(node.id, place, call, *match.keywords)
    else:
        written = node.keys if isinstance(node, ast.Dict) else []
        keys = [(key.value, key) for key in written if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return [key for key in keys if _is_meant(key[0], match)]


def _is_at(call: ast.Call, node: Node, position: int | None, skip: int) -> bool:
    if position is None or len(call.args) <= position + skip or call.args[position + skip] is not node:
        return False
    return not any(isinstance(argument, ast.Starred) for argument in call.args[: position + skip + 1])


def _callee(
    call: ast.Call, keyword: str | None, match: ArgumentMatch, place: Place, context: Context
) -> Callee | None:
    inference = context.inference
    function = inference.type_of(call.func, place)
    if isinstance(function, Symbol) and function.name == "functools.partial" and call.args:
        inner = known_callee(inference.type_of(call.args[0], place), keyword, match, inference)
        return Callee(inner.owner, 1, inner.certain, inner.whole) if inner and not match.missing else None
    if call.args and hands_on(function):
        # The class stands where the application will: the positions are the same.
        return known_callee(inference.type_of(call.args[0], place), keyword, match, inference)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
        return initialiser(call.func, keyword, match, place, inference)
    found = known_callee(function, keyword, match, inference)
    if found is None and isinstance(call.func, ast.Attribute):
        return _suspected(call.func, match, place, context)
    return found


def hands_on(function: Type) -> bool:
    """Whether what is called makes a middleware of the class that is its first argument, with the others."""
    if isinstance(function, ClassType):
        return function.scope is None and function.name == "starlette.middleware.Middleware"
    return isinstance(function, Method) and function.name == "add_middleware"


def known_callee(function: Type, keyword: str | None, match: ArgumentMatch, inference: Inference) -> Callee | None:
    owners: list[str] = []
    others = unknown = False
    for member in members(function):
        owner = None
        if isinstance(member, ClassType):
            owner = _constructed(member, keyword, match, inference)
        elif isinstance(member, Method):
            owner = _method(member, match, inference)
        elif isinstance(member, Unknown):
            unknown = True
            continue
        if owner:
            owners.append(owner)
        else:
            others = True
    if not owners:
        return None
    return Callee(owners[0], 0, not others, not others and not unknown)


def _constructed(cls: ClassType, keyword: str | None, match: ArgumentMatch, inference: Inference) -> str | None:
    """The rule's class that constructing `cls` ends in, unless a class before it has its own signature."""
    return _constructor_in(inference.classes.line(cls), keyword, match, inference)


def _constructor_in(
    line: Sequence[ClassType], keyword: str | None, match: ArgumentMatch, inference: Inference
) -> str | None:
    for member in line:
        if member.scope is None and member.name in match.callables:
            return member.name
        own = inference.classes.defines(member, "__init__")
        if inference.classes.defines(member, "__new__") or (own and not forwards(member, keyword)):
            return None
        if keyword and inference.catalogue.accepts(member.name, keyword):
            return None
    return None


def _method(method: Method, match: ArgumentMatch, inference: Inference) -> str | None:
    for base in inference.catalogue.bases(method.owner):
        if f"{base}.{method.name}" in match.callables:
            return f"{base}.{method.name}"
    receiver = getattr(method.receiver, "cls", None)
    if isinstance(receiver, ClassType):
        for member in inference.classes.line(receiver):
            if member.scope is None and f"{member.name}.{method.name}" in match.callables:
                return f"{member.name}.{method.name}"
    return None


def initialiser(
    function: ast.Attribute, keyword: str | None, match: ArgumentMatch, place: Place, inference: Inference
) -> Callee | None:
    """`super().__init__(…)` and `Starlette.__init__(self, …)`."""
    value = inference.type_of(function.value, place)
    if isinstance(value, Super):
        owner = _constructor_in(inference.classes.line(value.cls)[1:], keyword, match, inference)
        return Callee(owner) if owner else None
    if isinstance(value, ClassType):
        owner = _constructed(value, keyword, match, inference)
        return Callee(owner, 1) if owner else None
    return None


def _suspected(function: ast.Attribute, match: ArgumentMatch, place: Place, context: Context) -> Callee | None:
    """A method call on an unknown receiver whose name fits."""
    for name in match.callables:
        cls, _, method = name.rpartition(".")
        if method == function.attr:
            found = context.inference.type_of(function.value, place)
            receiver = judge_receiver(found, method, (cls,), context.inference, function.value, context.named_near)
            if receiver is not None and not receiver.certain:
                return Callee(name, 0, certain=False, whole=False)
    return None
