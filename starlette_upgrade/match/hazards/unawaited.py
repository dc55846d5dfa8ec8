"""Tasks that nobody waits for: the function that makes one drops it, or does no more than to keep it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.later import called_later
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.later import Later
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_MAKING = frozenset({"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task"})
_LOOPS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop"})
# What is done with a task, or with the collection that keeps it, without waiting for it.
_OF_TASKS = frozenset({"add_done_callback", "set_name", "get_name"})
_KEEPING = frozenset({"add", "append"})
_WAITING = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield)


@dataclass(frozen=True, slots=True)
class Unawaited:
    """A task that `call` makes; `at_once`: the function that makes it does not wait for anything behind that."""

    call: ast.Call
    later: Later
    at_once: bool


def unawaited(match: BehaviourMatch, context: Context) -> Iterator[Unawaited]:
    """The tasks of functions of the project that the functions which make them leave alone."""
    for call, place in context.candidates.calls:
        scope = function_around(place)
        if last_name(call.func) not in match.names or not isinstance(scope.node, ast.AsyncFunctionDef):
            continue
        made = call.args[0] if call.args else None
        if not isinstance(made, ast.Call) or not _makes_task(call.func, place, context.inference):
            continue
        ensure_bound(scope)
        if not _is_left_alone(call, scope):
            continue
        later = called_later(made, made.func, place, context.inference, 0)
        if later is not None and isinstance(later.function.node, ast.AsyncFunctionDef):
            yield Unawaited(call, later, not _waits_behind(call, scope))


def _makes_task(function: ast.expr, place: Place, inference: Inference) -> bool:
    if inference.canonical(function, place) in _MAKING:
        return True
    owner = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(owner, ast.Name):
        bindings = inference.bindings_of(owner.id, place, owner)
        owner = bindings[0].node if isinstance(bindings, list) and len(bindings) == 1 else None  # type: ignore[assignment]
    return isinstance(owner, ast.Call) and inference.canonical(owner.func, place) in _LOOPS


def _is_left_alone(call: ast.Call, scope: Scope) -> bool:
    """Whether the task is dropped, or only kept from being collected as garbage."""
    parents = parents_in(scope.node)
    parent = parents.get(call)
    if isinstance(parent, ast.Expr):
        return True
    if _is_kept_outside(call, parent, scope):
        return True
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name) or target.id in scope.outer_names:
        return False
    reads = [
        node
        for node in ast.walk(scope.node)
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
    ]
    return all(_is_of_no_matter(node, parents.get(node), scope) for node in reads)


def _is_of_no_matter(node: ast.Name, parent: ast.AST | None, scope: Scope) -> bool:
    if isinstance(parent, ast.Attribute):
        return parent.attr in _OF_TASKS
    return _is_kept_outside(node, parent, scope)


def _is_kept_outside(node: ast.expr, parent: ast.AST | None, scope: Scope) -> bool:
    """Whether it is put into a collection of the module's, which nobody waits for in this function."""
    if not isinstance(parent, ast.Call) or node not in parent.args or not isinstance(parent.func, ast.Attribute):
        return False
    owner = parent.func.value
    if parent.func.attr not in _KEEPING or not isinstance(owner, ast.Name) or owner.id in scope.names:
        return False
    return owner.id in scope.module.scope.names


def _waits_behind(call: ast.Call, scope: Scope) -> bool:
    """Whether the function may wait for something when the task is made, so that this one gets its turn."""
    waits = False

    def step(node: ast.AST, made: bool) -> Iterator[bool]:
        nonlocal waits
        waits = waits or (made and isinstance(node, _WAITING))
        yield made or node is call

    reached = walk(scope.node, False, step)
    return waits or not reached
