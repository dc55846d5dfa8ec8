"""One pass over a module's tree: fills its scopes, and collects the places that rules could speak of."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from starlette_upgrade.semantics.collector import Collector
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.semantics.naming import all_arguments, bind_name, last_name, self_owner
from starlette_upgrade.semantics.scopes import Binding, Block, Module, Place, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette_upgrade.semantics.collector import Comprehension
    from starlette_upgrade.semantics.interest import Candidates
    from starlette_upgrade.semantics.scopes import BindingKind

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def bind(module: Module, interest: Interest | None = None) -> Candidates:
    """Binds the module's names. Function bodies wait until asked for, unless they hold a word of interest."""
    binder = _Binder(interest or Interest(), module.lines)
    binder.bind_scope(module.scope)
    if binder.collector.interest.every_call:
        module.calls = binder.collector.candidates.every_call
    return binder.collector.candidates


def ensure_bound(scope: Scope) -> None:
    """Binds a function body that has been waiting."""
    if not scope.bound:
        _Binder(Interest(), ()).bind_scope(scope)


def ensure_methods_bound(scope: Scope) -> None:
    """Binds the methods of a class and the functions in them, so that what they assign to `self` is known."""
    for inner in tuple(scope.functions.values()):
        ensure_bound(inner)
        if inner.is_function and inner.functions:
            ensure_methods_bound(inner)


def inside_of(node: Comprehension, place: Place) -> Place:
    """The place inside of a comprehension, where the names of its loops are bound."""
    inner = place.scope.functions.get(id(node))
    if inner is None:
        return _Binder(Interest(), ()).collector.comprehension(node, place)
    return Place(inner, place.block, place.statement)


class _Binder:
    def __init__(self, interest: Interest, lines: Sequence[int]) -> None:
        self.interest = interest
        self.collector = Collector(interest, lines, self)

    def bind_scope(self, scope: Scope) -> None:
        if scope.bound:
            return
        scope.bound = True
        if isinstance(scope.node, _DEFINITIONS):
            scope.module.document.restore(scope.node)
        # A walrus can bind a name in any expression; where there is one, none is passed over.
        self.collector.everything = scope.module.has_walrus
        node = scope.node
        block = Block(scope.place.block if scope.place else None, None, "body")
        if isinstance(node, ast.Lambda):
            assert scope.place is not None
            self._parameters(scope, node.args, scope.place)
            place = Place(scope, block, scope.place.statement)
            scope.returns.append((node.body, place))
            self.collector.collect(node.body, node, place)
            return
        if isinstance(node, _DEFINITIONS):
            assert scope.place is not None
            self._parameters(scope, node.args, scope.place)
        self._statements(getattr(node, "body", ()), scope, block)

    def _statements(self, body: Sequence[ast.stmt], scope: Scope, block: Block) -> None:
        for node in body:
            handler = _HANDLERS.get(node.__class__)
            if handler is not None:
                handler(self, node, Place(scope, block, node))
            elif self.collector.everything or self.collector.has_words(node):
                place = Place(scope, block, node)
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.collector.collect(child, node, place)

    def _value(self, node: ast.Expr, place: Place) -> None:
        self._yield(node.value, place)
        self.collector.collect(node.value, node, place)

    def _assignment(self, node: ast.Assign, place: Place) -> None:
        self._yield(node.value, place)
        self.collector.collect(node.value, node, place)
        for target in node.targets:
            self.target(target, node.value, place)

    def _return(self, node: ast.Return, place: Place) -> None:
        if node.value is not None:
            place.scope.returns.append((node.value, place))
            self.collector.collect(node.value, node, place)

    def _branch(self, node: ast.If | ast.While, place: Place) -> None:
        block = place.block
        while True:
            self.collector.collect(node.test, node, place)
            self._statements(node.body, place.scope, Block(block, node, "body"))
            if not node.orelse:
                if isinstance(node, ast.If) and isinstance(node.body[-1], _LEAVING):
                    place.scope.tests.append((node.test, Place(place.scope, block, node), False))
                return
            block = Block(block, node, "else")
            only = node.orelse[0]
            if len(node.orelse) > 1 or not isinstance(only, ast.If):
                self._statements(node.orelse, place.scope, block)
                return
            node, place = only, Place(place.scope, block, only)  # an `elif`: there may be hundreds

    def _assert(self, node: ast.Assert, place: Place) -> None:
        self.collector.collect(node.test, node, place)
        if node.msg is not None:
            self.collector.collect(node.msg, node, place)
        place.scope.tests.append((node.test, place, True))

    def _delete(self, node: ast.Delete, place: Place) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                bind_name(place.scope, target.id, Binding("opaque", target, place, node))
            else:
                self.collector.collect(target, node, place)

    def _alias(self, node: Any, place: Place) -> None:
        """`type Name = value`."""
        bind_name(place.scope, node.name.id, Binding("value", node.value, place, node))

    def _loop(self, node: ast.For | ast.AsyncFor, place: Place) -> None:
        self.collector.collect(node.iter, node, place)
        inner = Block(place.block, node, "body")
        self.target(node.target, node.iter, Place(place.scope, inner, node), kind="element")
        self._statements(node.body, place.scope, inner)
        if node.orelse:
            self._statements(node.orelse, place.scope, Block(place.block, node, "else"))

    def _with(self, node: ast.With | ast.AsyncWith, place: Place) -> None:
        for item in node.items:
            self.collector.collect(item.context_expr, node, place)
            if item.optional_vars is not None:
                self.target(item.optional_vars, item.context_expr, place, kind="with")
        self._statements(node.body, place.scope, Block(place.block, node, "with"))

    @staticmethod
    def _outer(node: ast.Global | ast.Nonlocal, place: Place) -> None:
        place.scope.outer_names.update(node.names)

    @staticmethod
    def _yield(node: ast.expr, place: Place) -> None:
        """Notes what `yield value` gives, where it is a statement or what a statement assigns."""
        if isinstance(node, ast.Yield) and node.value is not None:
            place.scope.yields.append((node.value, place))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> None:
        for decorator in node.decorator_list:
            self.collector.collect(decorator, node, place)
        self.signature(node.args, node.returns, node, place)
        bind_name(place.scope, node.name, Binding("function", node, place, node))
        inner = Scope(node, place.scope.module, place)
        place.scope.functions[id(node)] = inner
        if place.scope.is_class and node.name in self.interest.members:
            self.collector.candidates.members.append((node, node.name, place.scope))
        if self.collector.has_words(node):
            self.bind_scope(inner)

    def signature(self, args: ast.arguments, returns: ast.expr | None, node: ast.AST, place: Place) -> None:
        for default in (*args.defaults, *args.kw_defaults):
            if default is not None:
                self.collector.collect(default, node, place)
        for arg in all_arguments(args):
            if arg.annotation is not None:
                self.collector.collect(arg.annotation, node, place)
        if returns is not None:
            self.collector.collect(returns, node, place)

    def _parameters(self, scope: Scope, args: ast.arguments, place: Place) -> None:
        for number, arg in enumerate((*args.posonlyargs, *args.args)):
            bind_name(scope, arg.arg, Binding("parameter", arg, place, scope.node, number, arg.annotation))
        for arg in args.kwonlyargs:
            bind_name(scope, arg.arg, Binding("parameter", arg, place, scope.node, None, arg.annotation))
        for variadic in (args.vararg, args.kwarg):
            if variadic is not None:
                bind_name(scope, variadic.arg, Binding("parameter", variadic, place, scope.node))

    def _class(self, node: ast.ClassDef, place: Place) -> None:
        for expression in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self.collector.collect(expression, node, place)
        if any(last_name(base) in self.collector.candidates.callables for base in node.bases):
            self.collector.candidates.callables.add(node.name)
        inner = Scope(node, place.scope.module, place)
        place.scope.functions[id(node)] = inner
        bind_name(place.scope, node.name, Binding("class", node, place, node))
        self.bind_scope(inner)

    def _import(self, node: ast.Import | ast.ImportFrom, place: Place) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bind_name(
                    place.scope,
                    alias.asname or alias.name.split(".")[0],
                    Binding("import", alias, place, node),
                )
            return
        for alias in node.names:
            if alias.name == "*":
                place.scope.stars.append((node, place))
                continue
            bind_name(place.scope, alias.asname or alias.name, Binding("from", alias, place, node))
            if alias.asname and alias.name in self.collector.candidates.callables:
                self.collector.candidates.callables.add(alias.asname)
            if alias.name in self.interest.symbols:
                self.collector.candidates.imports.append((node, alias, place))

    def _annotated(self, node: ast.AnnAssign, place: Place) -> None:
        self.collector.collect(node.annotation, node, place)
        if node.value is not None:
            self.collector.collect(node.value, node, place)
        source = node.value if node.value is not None else node.annotation
        binding = Binding("annotated", source, place, node, None, node.annotation)
        self._assign(node.target, binding, place)

    def _try(self, node: ast.stmt, place: Place) -> None:
        scope, block = place.scope, place.block
        body, handlers, orelse, final = (getattr(node, n) for n in ("body", "handlers", "orelse", "finalbody"))
        self._statements(body, scope, Block(block, node, "body"))
        for number, handler in enumerate(handlers):
            inner = Block(block, node, f"handler {number}")
            if handler.type is not None:
                self.collector.collect(handler.type, node, place)
            if handler.name:
                bind_name(scope, handler.name, Binding("opaque", handler, Place(scope, inner, node), node))
            self._statements(handler.body, scope, inner)
        self._statements(orelse, scope, Block(block, node, "else"))
        self._statements(final, scope, block)

    def _match(self, node: ast.Match, place: Place) -> None:
        self.collector.collect(node.subject, node, place)
        for number, case in enumerate(node.cases):
            inner = Block(place.block, node, f"case {number}")
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    at = Place(place.scope, inner, node)
                    cls = getattr(getattr(pattern, "pattern", None), "cls", None)
                    binding = Binding("opaque", pattern, at, node)
                    if cls is not None:  # `case Class() as name`
                        binding = Binding("annotated", cls, at, node, None, cls)
                    bind_name(place.scope, name, binding)
            if case.guard is not None:
                self.collector.collect(case.guard, node, place)
            self._statements(case.body, place.scope, inner)

    def target(
        self,
        target: ast.expr,
        value: ast.expr,
        place: Place,
        kind: BindingKind = "value",
        index: int | None = None,
    ) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for number, element in enumerate(target.elts):
                if index is not None or isinstance(element, ast.Starred) or kind not in ("value", "element"):
                    self._opaque(element, place)
                else:
                    self.target(element, value, place, "item" if kind == "value" else kind, number)
            return
        self._assign(target, Binding(kind, value, place, place.statement, index), place)

    def _assign(self, target: ast.expr, binding: Binding, place: Place) -> None:
        if isinstance(target, ast.Name):
            bind_name(place.scope, target.id, binding)
            if place.scope.is_class and target.id in self.interest.members:
                self.collector.candidates.members.append((place.statement, target.id, place.scope))
            return
        if isinstance(target, ast.Attribute):
            owner = self_owner(place.scope, target.value)
            if owner is not None:
                owner.self_attributes.setdefault(target.attr, []).append(binding)
        self.collector.collect(target, place.statement, place)

    def _opaque(self, target: ast.expr, place: Place) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                bind_name(place.scope, node.id, Binding("opaque", node, place, place.statement))


# Statements that bind names or hold others; of the rest only the expressions count.
_HANDLERS: dict[type[ast.stmt], Callable[[_Binder, Any, Place], None]] = {
    ast.Expr: _Binder._value,
    ast.Assign: _Binder._assignment,
    ast.AnnAssign: _Binder._annotated,
    ast.FunctionDef: _Binder._function,
    ast.AsyncFunctionDef: _Binder._function,
    ast.ClassDef: _Binder._class,
    ast.Import: _Binder._import,
    ast.ImportFrom: _Binder._import,
    ast.Return: _Binder._return,
    ast.If: _Binder._branch,
    ast.While: _Binder._branch,
    ast.For: _Binder._loop,
    ast.AsyncFor: _Binder._loop,
    ast.With: _Binder._with,
    ast.AsyncWith: _Binder._with,
    ast.Try: _Binder._try,
    ast.Match: _Binder._match,
    ast.Assert: _Binder._assert,
    ast.Delete: _Binder._delete,
    ast.Global: lambda binder, node, place: binder._outer(node, place),
    ast.Nonlocal: lambda binder, node, place: binder._outer(node, place),
}
if sys.version_info >= (3, 11):
    _HANDLERS[ast.TryStar] = _Binder._try
if sys.version_info >= (3, 12):
    _HANDLERS[ast.TypeAlias] = _Binder._alias
