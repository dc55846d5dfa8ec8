"""Expressions: the nodes in them that hold a word of interest, and the scopes and names that they open."""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING, Protocol

from starlette_upgrade.semantics.interest import Candidates, Interest
from starlette_upgrade.semantics.naming import bind_name, last_name
from starlette_upgrade.semantics.scopes import Binding, Place, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.scopes import BindingKind

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Binder(Protocol):
    """What the collector needs of the binder whose expressions it walks."""

    def bind_scope(self, scope: Scope) -> None: ...

    def signature(self, args: ast.arguments, returns: ast.expr | None, node: ast.AST, place: Place) -> None: ...

    def target(self, target: ast.expr, value: ast.expr, place: Place, kind: BindingKind = "value") -> None: ...


class Collector:
    """Walks expressions. `lines` are those with a word of interest: what lies on others is passed over."""

    def __init__(self, interest: Interest, lines: Sequence[int], binder: Binder) -> None:
        self.interest = interest
        self.candidates = Candidates(callables=set(interest.callables))
        self.lines = lines
        self.everything = False
        self.binder = binder

    def has_words(self, node: ast.stmt | ast.expr) -> bool:
        """Whether a line of the node holds a word of interest: only there can it hold a candidate."""
        if self.interest.every_call:
            return True
        index = bisect_left(self.lines, node.lineno)
        return index < len(self.lines) and self.lines[index] <= (node.end_lineno or node.lineno)

    def collect(self, root: ast.expr, parent: ast.AST, place: Place) -> None:
        """Walks an expression: collects candidates, binds walruses, opens scopes of lambdas."""
        if not (self.everything or self.has_words(root)):
            return
        interest, candidates = self.interest, self.candidates
        stack: list[tuple[ast.AST, ast.AST, Place]] = [(root, parent, place)]
        while stack:
            node, parent, place = stack.pop()
            kind = node.__class__
            if kind is ast.Name:
                continue
            if kind is ast.Constant:
                value = node.value  # type: ignore[attr-defined]
                if value.__class__ is str and parent.__class__ is ast.Call:
                    tail = value.rpartition(".")[2]
                    if tail in interest.symbols or ("_" in tail and tail in interest.attributes):
                        candidates.strings.append((node, parent, place))  # type: ignore[arg-type]
                continue
            if kind is ast.Attribute:
                assert isinstance(node, ast.Attribute)
                if node.attr in interest.attributes or node.attr in interest.symbols:
                    candidates.attributes.append((node, parent, place))
                stack.append((node.value, node, place))
                continue
            if kind is ast.Call:
                assert isinstance(node, ast.Call)
                self._call(node, place)
                stack.append((node.func, node, place))
                stack.extend([(argument, node, place) for argument in node.args])
                stack.extend([(keyword.value, node, place) for keyword in node.keywords])
                continue
            if kind is ast.Lambda:
                assert isinstance(node, ast.Lambda)
                self.binder.signature(node.args, None, node, place)
                inner = Scope(node, place.scope.module, place)
                place.scope.functions[id(node)] = inner
                if self.has_words(node):
                    self.binder.bind_scope(inner)
                continue
            if isinstance(node, _COMPREHENSIONS):
                place = self.comprehension(node, place)
            elif kind is ast.NamedExpr:
                assert isinstance(node, ast.NamedExpr)
                self._walrus(node, place)
            for name in node._fields:
                child = getattr(node, name, None)
                if child.__class__ is list:
                    stack.extend([(item, node, place) for item in child if isinstance(item, ast.AST)])
                elif isinstance(child, ast.AST):
                    stack.append((child, node, place))

    def _call(self, node: ast.Call, place: Place) -> None:
        interest = self.interest
        tail = last_name(node.func)
        if interest.every_call:
            self.candidates.every_call.append((node, place))
        if tail in self.candidates.callables:
            self.candidates.calls.append((node, place))
            return
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in interest.keywords:
                self.candidates.calls.append((node, place))
                return

    def comprehension(self, node: Comprehension, place: Place) -> Place:
        """Opens the scope of a comprehension."""
        inner = place.scope.functions[id(node)] = Scope(node, place.scope.module, place, bound=True)
        inside = Place(inner, place.block, place.statement)
        for generator in node.generators:
            self.binder.target(generator.target, generator.iter, inside, kind="element")
        return inside

    def _walrus(self, node: ast.NamedExpr, place: Place) -> None:
        scope = place.scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        bind_name(scope, node.target.id, Binding("value", node.value, place, place.statement))
