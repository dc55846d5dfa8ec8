"""What an expression still needs when somebody iterates over it after the function has ended."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.resources import uses
from starlette_upgrade.match.hazards.resources.things import DEPTH, Things
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import FunctionType, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.resources.makers import Resource
    from starlette_upgrade.semantics.scopes import Place

# They read nothing before they are iterated over themselves.
_LAZY = frozenset(
    {f"builtins.{name}" for name in ("aiter", "enumerate", "filter", "iter", "map", "zip")}
    | {f"itertools.{name}" for name in ("chain", "islice", "takewhile", "dropwhile", "starmap", "batched")}
    | {"starlette.concurrency.iterate_in_threadpool", "csv.reader", "csv.DictReader", "io.TextIOWrapper"}
    | {"io.BufferedReader", "fastapi.concurrency.iterate_in_threadpool"}
)


@dataclass(frozen=True, slots=True)
class Needs:
    """The closed things of a function that something made there needs later."""

    things: Things

    def needed(self, node: ast.expr, place: Place, depth: int = 0) -> list[Resource]:
        """The closed resources without which an expression can't be iterated over."""
        if depth > DEPTH:
            return []
        found = [one for one in self.things.identity(node, place, depth) if uses.is_iterable(one)]
        if found:
            return found
        if isinstance(node, ast.Name):
            return self._needed_by_name(node, place, depth)
        if isinstance(node, ast.NamedExpr | ast.Await):
            return self.needed(node.value, place, depth + 1)
        if isinstance(node, ast.IfExp):
            groups = [self.needed(branch, place, depth + 1) for branch in (node.body, node.orelse)]
            return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]
        if isinstance(node, ast.GeneratorExp):
            return [*self.needed(node.generators[0].iter, place, depth + 1), *self.used_in(node)]
        if isinstance(node, ast.Lambda):
            return self.used_in(node)
        if isinstance(node, ast.Call):
            return self._needed_by_call(node, place, depth)
        return []

    def _needed_by_name(self, node: ast.Name, place: Place, depth: int) -> list[Resource]:
        bindings = self.things.context.inference.bindings_of(node.id, place, node)
        if not isinstance(bindings, list):
            return []
        groups = [
            self.needed(binding.node, binding.place, depth + 1)
            if binding.kind in ("value", "annotated")
            and isinstance(binding.node, ast.expr)
            and self.things.is_own(binding)
            else []
            for binding in bindings
        ]
        return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]

    def _needed_by_call(self, node: ast.Call, place: Place, depth: int) -> list[Resource]:
        function = node.func
        if isinstance(function, ast.Attribute):
            found = [
                _judged(one, sure=certain)
                for one in self.things.identity(function.value, place, depth + 1)
                for certain in uses.read_by_method(one, function.attr)
                if not self._is_read(one)
            ]
            if found:
                return found
        inference = self.things.context.inference
        kinds = list(members(inference.type_of(function, place)))
        if len(kinds) != 1:
            return []
        if isinstance(kinds[0], FunctionType):
            return self._needed_by_generator(kinds[0], node, place, depth)
        name = kinds[0].name if isinstance(kinds[0], Symbol) else inference.canonical(function, place)
        if name not in _LAZY:
            return []
        return [one for argument in node.args for one in self.needed(argument, place, depth + 1)]

    def _is_read(self, one: Resource) -> bool:
        """Whether the function has read a reply as a whole: it keeps that."""
        parents = parents_in(self.things.response.scope.node)
        return one.kind == "reply" and any(
            isinstance(node, ast.Attribute)
            and node.attr in ("aread", "read")
            and isinstance(node.value, ast.Name)
            and node.value.id == one.name
            and follows(self.things.response.call, node, parents)
            for node in ast.walk(self.things.response.scope.node)
        )

    def _needed_by_generator(
        self, function: FunctionType, call: ast.Call, place: Place, depth: int
    ) -> list[Resource]:
        node = function.node
        if isinstance(node, ast.Lambda):
            return []
        ensure_bound(function.scope)
        if not any(isinstance(inner, ast.Yield | ast.YieldFrom) for stmt in node.body for inner in within(stmt)):
            return []
        found = self.used_in(node) if self.is_defined_here(function) else []
        skip = 1 if function.receiver is not None and node.args.args[:1] else 0
        for number, arg in enumerate((*node.args.posonlyargs, *node.args.args)[skip:]):
            passed = argument_of(call, arg.arg, number)
            if passed is None:
                continue
            for one in self.things.identity(passed, place, depth + 1):
                if self._is_read(one):
                    continue
                found += [_judged(one, sure=sure) for sure in uses.used(node, arg.arg, one)]
            if uses.is_iterated(node, arg.arg):
                found += self.needed(passed, place, depth + 1)
        return found

    def is_defined_here(self, function: FunctionType) -> bool:
        """Whether a function stands in the one that makes the response, and can use its names."""
        place = function.scope.place
        return place is not None and function_around(place) is self.things.response.scope

    def used_in(self, node: ast.AST) -> list[Resource]:
        """The closed resources that a function or generator uses that is defined here, by names from around it."""
        found: list[Resource] = []
        for name in sorted(_free_names(node)):
            for one in self.things.named(*self.things.at_end(name), 0):
                found += [_judged(one, sure=sure) for sure in uses.used(node, name, one)]
        return found


def _judged(resource: Resource, *, sure: bool) -> Resource:
    """The way in which a reply is read tells what it is; of other things this must be known."""
    return replace(resource, certain=sure and (resource.certain or resource.kind == "reply"))


def _free_names(node: ast.AST) -> Iterator[str]:
    """The names that a function, lambda or generator reads and does not bind itself."""
    bound = {arg.arg for inner in ast.walk(node) if isinstance(inner, ast.arguments) for arg in _all(inner)}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    outer = {name for n in ast.walk(node) if isinstance(n, ast.Nonlocal) for name in n.names}
    later = [inner for part in uses.later_parts(node) for inner in ast.walk(part)]
    read = {n.id for n in later if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    yield from read - (bound - outer)


def _all(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None)
