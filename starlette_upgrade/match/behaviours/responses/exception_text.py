"""The text of an `HTTPException`, where it goes further than into a log."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.flow import uses_of
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope
    from starlette_upgrade.semantics.types import Type

_EXCEPTIONS = ("starlette.exceptions.HTTPException", "starlette.exceptions.WebSocketException")
# Where a text is only told to people who keep the program.
_TELLING = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "capture_message", "fail",
})  # fmt: skip
# What only the old text has: "(404, 'gone')", where the new one is "404: gone".
_OLD_TEXT = re.compile(r"\\\(\s*(\d{3}|\\d)")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Texts of an exception that is known to be one of Starlette's."""
    inference = context.inference
    is_matched = "match=" in context.module.document.text
    for scope in function_scopes(context.module.scope):
        if scope.is_class or not (is_matched or _may_have_one(scope)):
            continue
        surroundings = inside(scope)
        for node, name in (*_caught(scope, surroundings, inference), *_taken(scope, surroundings, inference)):
            text = _text_of(node, surroundings)
            if text is None or is_chosen(surroundings.place(text)) or _is_only_told(text, surroundings, inference):
                continue
            yield Usage(active, text, surroundings.place(text), name, name, surroundings.parent(text), whole=False)
        if is_matched:
            yield from _matched(active, scope, surroundings, inference)


def _may_have_one(scope: Scope) -> bool:
    """Whether a function catches something under a name, or takes something that is declared as an exception."""
    nodes = [binding.node for bindings in scope.names.values() for binding in bindings]
    return any(
        isinstance(node, ast.ExceptHandler)
        or (
            isinstance(node, ast.arg)
            and node.annotation is not None
            and "Exception" in ast.unparse(node.annotation)
        )
        for node in nodes
    )


def _matched(active: ActiveRule, scope: Scope, surroundings: Surroundings, inference: Inference) -> Iterator[Usage]:
    """`pytest.raises(HTTPException, match=…)` with a pattern that only the old text can fit."""
    for call in ast.walk(scope.node):
        if not isinstance(call, ast.Call) or last_name(call.func) != "raises" or not call.args:
            continue
        for keyword in call.keywords:
            pattern = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg != "match" or not isinstance(pattern, str) or not _OLD_TEXT.search(pattern):
                continue
            if not surroundings.is_own(call):
                continue
            place = surroundings.place(call)
            if _is_known(inference.type_of(call.args[0], place), inference) and not is_chosen(place):
                yield Usage(active, keyword, place, "HTTPException", _EXCEPTIONS[0], call, call, whole=False)


def _caught(scope: Scope, surroundings: Surroundings, inference: Inference) -> Iterator[tuple[ast.Name, str]]:
    """The uses of `exc` under `except HTTPException as exc`, by this function itself."""
    for bindings in tuple(scope.names.values()):
        for binding in bindings:
            handler = binding.node
            if not isinstance(handler, ast.ExceptHandler) or handler.type is None:
                continue
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            if all(_is_known(inference.type_of(kind, binding.place), inference) for kind in kinds):
                for node in ast.walk(handler):
                    if isinstance(node, ast.Name) and node.id == handler.name and surroundings.is_own(node):
                        yield node, last_name(kinds[0])


def _taken(scope: Scope, surroundings: Surroundings, inference: Inference) -> Iterator[tuple[ast.Name, str]]:
    """The uses of a parameter that is declared as `HTTPException`."""
    for name, bindings in tuple(scope.names.items()):
        binding = bindings[0]
        if len(bindings) != 1 or not isinstance(binding.node, ast.arg) or binding.annotation is None:
            continue
        if "Exception" not in ast.unparse(binding.annotation):
            continue
        found = inference.annotations.read(binding.annotation, binding.place)
        if all(isinstance(m, Instance) and _is_known(m.cls, inference) for m in members(found)):
            for node in ast.walk(scope.node):
                if isinstance(node, ast.Name) and node.id == name and surroundings.is_own(node):
                    yield node, last_name(binding.annotation)


def _is_known(found: Type, inference: Inference) -> bool:
    """Whether a class is Starlette's, or derives from it without a text of its own."""
    if not isinstance(found, ClassType):
        return False
    line = inference.classes.line(found)
    own = any(inference.classes.defines(base, "__str__") for base in line)
    return any(base.name in _EXCEPTIONS for base in line) and not own


def _text_of(node: ast.Name, surroundings: Surroundings) -> ast.expr | None:
    """The expression that makes a text of an exception: `str(exc)`, an f-string."""
    parent = surroundings.parent(node)
    if isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "str" and parent.args == [node]:
        return None if _stands_in(parent, surroundings) else parent
    if isinstance(parent, ast.FormattedValue) and parent.conversion != ord("r"):
        whole = surroundings.parent(parent)
        return whole if isinstance(whole, ast.JoinedStr) else None
    return None


def _stands_in(text: ast.expr, surroundings: Surroundings) -> bool:
    """Whether a text is only there for exceptions without a detail: `getattr(exc, "detail", str(exc))`."""
    parent = surroundings.parent(text)
    return isinstance(parent, ast.Call) and last_name(parent.func) == "getattr" and text in parent.args[2:]


def _is_only_told(text: ast.expr, surroundings: Surroundings, inference: Inference) -> bool:
    if _is_telling(text, surroundings):
        return True
    uses = list(uses_of(text, surroundings.place(text), inference))
    reads = [use for use in uses if use.node is not text]
    return bool(reads) and all(_is_telling(use.node, surroundings) for use in reads)


def _is_telling(node: ast.expr, surroundings: Surroundings) -> bool:
    for outer in surroundings.around(node):
        if isinstance(outer, ast.Call) and last_name(outer.func) in _TELLING:
            return True
        if isinstance(outer, ast.stmt):
            return isinstance(outer, ast.Assert | ast.Raise) and not _is_compared(node, surroundings)
    return False


def _is_compared(node: ast.expr, surroundings: Surroundings) -> bool:
    return any(isinstance(outer, ast.Compare) for outer in surroundings.around(node))
