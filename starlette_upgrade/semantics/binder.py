"""One pass over a module's tree: fills its scopes, and collects the places that rules could speak of."""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette_upgrade.semantics.scopes import Binding, Block, Module, Place, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette_upgrade.semantics.scopes import BindingKind
    from starlette_upgrade.source.document import Document

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Interest:
    """The words that the active rules look for: last parts of names, keyword names, texts in strings."""

    attributes: frozenset[str] = frozenset()
    callables: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    symbols: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        return self.attributes | self.callables | self.keywords | self.symbols | self.members

    def lines(self, document: Document) -> list[int]:
        """The numbers of the lines that hold a word of interest, or another name that the file gives one."""
        words = {*self.words, *_TELLING}
        text = document.text
        for match in _RENAMED.finditer(text):
            before = text[max(0, match.start() - 80) : match.start()].split()
            if before and before[-1] in words:
                words.add(match.group(1))
        for new, bases in _SUBCLASS.findall(text):
            if any(word in bases for word in self.callables):
                words.add(new)
        if document.newline != "\n":
            text = "\n".join(line.rstrip("\r\n") for line in document.lines)
        return _lines_with(words, text)


def _lines_with(words: Iterable[str], text: str) -> list[int]:
    positions = []
    for word in words:
        position = text.find(word)
        while position >= 0:
            positions.append(position)
            position = text.find(word, position + len(word))
    lines, number, before = [], 1, 0
    for position in sorted(positions):
        number += text.count("\n", before, position)
        before = position
        lines.append(number)
    return lines


# A `**options` may hold an argument of interest, and `global` binds a name that others use.
_TELLING = ("**", "global ", "nonlocal ")
_RENAMED = re.compile(r" as (\w+)")
_SUBCLASS = re.compile(r"class (\w+)\s*\(([^)]*)\)")


@dataclass(slots=True)
class Candidates:
    """Nodes that hold a word of interest, each with its place (and its parent, for attributes)."""

    attributes: list[tuple[ast.Attribute, ast.AST, Place]] = field(default_factory=list)
    calls: list[tuple[ast.Call, Place]] = field(default_factory=list)
    imports: list[tuple[ast.ImportFrom, ast.alias, Place]] = field(default_factory=list)
    strings: list[tuple[ast.Constant, ast.Call, Place]] = field(default_factory=list)
    members: list[tuple[ast.stmt, str, Scope]] = field(default_factory=list)


def bind(module: Module, interest: Interest | None = None) -> Candidates:
    """Binds the module's names. Function bodies wait until asked for, unless they hold a word of interest."""
    binder = _Binder(interest, module.lines)
    binder.bind_scope(module.scope)
    return binder.candidates


def ensure_bound(scope: Scope) -> None:
    """Binds a function body that has been waiting."""
    if not scope.bound:
        _Binder(None, ()).bind_scope(scope)


def ensure_methods_bound(scope: Scope) -> None:
    """Binds the methods of a class, so that what they assign to `self` is known."""
    for inner in tuple(scope.functions.values()):
        ensure_bound(inner)


class _Binder:
    def __init__(self, interest: Interest | None, lines: Sequence[int]) -> None:
        self.interest = interest or Interest()
        self.callables = set(self.interest.callables)
        self.lines = lines
        self.everything = False
        self.candidates = Candidates()

    def bind_scope(self, scope: Scope) -> None:
        if scope.bound:
            return
        scope.bound = True
        if isinstance(scope.node, _DEFINITIONS):
            scope.module.document.restore(scope.node)
        # A walrus can bind a name in any expression; where there is one, none is passed over.
        self.everything = scope.module.has_walrus
        node = scope.node
        block = Block(scope.place.block if scope.place else None, None, "body")
        if isinstance(node, ast.Lambda):
            assert scope.place is not None
            self._parameters(scope, node.args, scope.place)
            place = Place(scope, block, scope.place.statement)
            scope.returns.append((node.body, place))
            self._expression(node.body, node, place)
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
            elif self.everything or self._has_words(node):
                place = Place(scope, block, node)
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._expression(child, node, place)

    def _value(self, node: ast.Expr, place: Place) -> None:
        self._yield(node.value, place)
        self._expression(node.value, node, place)

    def _assignment(self, node: ast.Assign, place: Place) -> None:
        self._yield(node.value, place)
        self._expression(node.value, node, place)
        for target in node.targets:
            self._target(target, node.value, place)

    def _return(self, node: ast.Return, place: Place) -> None:
        if node.value is not None:
            place.scope.returns.append((node.value, place))
            self._expression(node.value, node, place)

    def _branch(self, node: ast.If | ast.While, place: Place) -> None:
        block = place.block
        while True:
            self._expression(node.test, node, place)
            self._statements(node.body, place.scope, Block(block, node, "body"))
            if not node.orelse:
                return
            block = Block(block, node, "else")
            only = node.orelse[0]
            if len(node.orelse) > 1 or not isinstance(only, ast.If):
                self._statements(node.orelse, place.scope, block)
                return
            node, place = only, Place(place.scope, block, only)  # an `elif`: there may be hundreds

    def _loop(self, node: ast.For | ast.AsyncFor, place: Place) -> None:
        self._expression(node.iter, node, place)
        inner = Block(place.block, node, "body")
        self._target(node.target, node.iter, Place(place.scope, inner, node), kind="element")
        self._statements(node.body, place.scope, inner)
        if node.orelse:
            self._statements(node.orelse, place.scope, Block(place.block, node, "else"))

    def _with(self, node: ast.With | ast.AsyncWith, place: Place) -> None:
        for item in node.items:
            self._expression(item.context_expr, node, place)
            if item.optional_vars is not None:
                self._target(item.optional_vars, item.context_expr, place, kind="with")
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
            self._expression(decorator, node, place)
        self._signature(node.args, node.returns, node, place)
        self._bind(place.scope, node.name, Binding("function", node, place, node))
        inner = Scope(node, place.scope.module, place)
        place.scope.functions[id(node)] = inner
        if place.scope.is_class and node.name in self.interest.members:
            self.candidates.members.append((node, node.name, place.scope))
        if self._has_words(node):
            self.bind_scope(inner)

    def _has_words(self, node: ast.stmt | ast.expr) -> bool:
        """Whether a line of the node holds a word of interest: only there can it hold a candidate."""
        index = bisect_left(self.lines, node.lineno)
        return index < len(self.lines) and self.lines[index] <= (node.end_lineno or node.lineno)

    def _signature(self, args: ast.arguments, returns: ast.expr | None, node: ast.AST, place: Place) -> None:
        for default in (*args.defaults, *args.kw_defaults):
            if default is not None:
                self._expression(default, node, place)
        for arg in _all_arguments(args):
            if arg.annotation is not None:
                self._expression(arg.annotation, node, place)
        if returns is not None:
            self._expression(returns, node, place)

    def _parameters(self, scope: Scope, args: ast.arguments, place: Place) -> None:
        for number, arg in enumerate((*args.posonlyargs, *args.args)):
            self._bind(scope, arg.arg, Binding("parameter", arg, place, scope.node, number, arg.annotation))
        for arg in args.kwonlyargs:
            self._bind(scope, arg.arg, Binding("parameter", arg, place, scope.node, None, arg.annotation))
        for variadic in (args.vararg, args.kwarg):
            if variadic is not None:
                self._bind(scope, variadic.arg, Binding("opaque", variadic, place, scope.node))

    def _class(self, node: ast.ClassDef, place: Place) -> None:
        for expression in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self._expression(expression, node, place)
        if any(_tail(base) in self.callables for base in node.bases):
            self.callables.add(node.name)
        inner = Scope(node, place.scope.module, place)
        place.scope.functions[id(node)] = inner
        self._bind(place.scope, node.name, Binding("class", node, place, node))
        self.bind_scope(inner)

    def _import(self, node: ast.Import | ast.ImportFrom, place: Place) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._bind(
                    place.scope,
                    alias.asname or alias.name.split(".")[0],
                    Binding("import", alias, place, node),
                )
            return
        for alias in node.names:
            if alias.name == "*":
                place.scope.stars.append((node, place))
                continue
            self._bind(place.scope, alias.asname or alias.name, Binding("from", alias, place, node))
            if alias.asname and alias.name in self.callables:
                self.callables.add(alias.asname)
            if alias.name in self.interest.symbols:
                self.candidates.imports.append((node, alias, place))

    def _annotated(self, node: ast.AnnAssign, place: Place) -> None:
        self._expression(node.annotation, node, place)
        if node.value is not None:
            self._expression(node.value, node, place)
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
                self._expression(handler.type, node, place)
            if handler.name:
                self._bind(scope, handler.name, Binding("opaque", handler, Place(scope, inner, node), node))
            self._statements(handler.body, scope, inner)
        self._statements(orelse, scope, Block(block, node, "else"))
        self._statements(final, scope, block)

    def _match(self, node: ast.Match, place: Place) -> None:
        self._expression(node.subject, node, place)
        for number, case in enumerate(node.cases):
            inner = Block(place.block, node, f"case {number}")
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    self._bind(place.scope, name, Binding("opaque", pattern, Place(place.scope, inner, node), node))
            if case.guard is not None:
                self._expression(case.guard, node, place)
            self._statements(case.body, place.scope, inner)

    def _target(
        self,
        target: ast.expr,
        value: ast.expr,
        place: Place,
        kind: BindingKind = "value",
        index: int | None = None,
    ) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for number, element in enumerate(target.elts):
                if index is not None or isinstance(element, ast.Starred) or kind != "value":
                    self._opaque(element, place)
                else:
                    self._target(element, value, place, "item", number)
            return
        self._assign(target, Binding(kind, value, place, place.statement, index), place)

    def _assign(self, target: ast.expr, binding: Binding, place: Place) -> None:
        if isinstance(target, ast.Name):
            self._bind(place.scope, target.id, binding)
            if place.scope.is_class and target.id in self.interest.members:
                self.candidates.members.append((place.statement, target.id, place.scope))
            return
        if isinstance(target, ast.Attribute):
            owner = _self_owner(place.scope, target.value)
            if owner is not None:
                owner.self_attributes.setdefault(target.attr, []).append(binding)
        self._expression(target, place.statement, place)

    def _opaque(self, target: ast.expr, place: Place) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self._bind(place.scope, node.id, Binding("opaque", node, place, place.statement))

    def _bind(self, scope: Scope, name: str, binding: Binding) -> None:
        if name in scope.outer_names and scope.parent is not None:
            target = scope.module.scope
            outer = scope.parent
            while outer is not None and outer.parent is not None:
                if outer.is_function and name in outer.names:
                    target = outer
                    break
                outer = outer.parent
            scope = target
        scope.names.setdefault(name, []).append(binding)

    def _expression(self, root: ast.expr, parent: ast.AST, place: Place) -> None:
        """Walks an expression: collects candidates, binds walruses, opens scopes of lambdas."""
        if not (self.everything or self._has_words(root)):
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
                self._signature(node.args, None, node, place)
                inner = Scope(node, place.scope.module, place)
                place.scope.functions[id(node)] = inner
                if self._has_words(node):
                    self.bind_scope(inner)
                continue
            if kind in _COMPREHENSIONS:
                place = self._comprehension(node, place)
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
        tail = _tail(node.func)
        if tail in self.callables:
            self.candidates.calls.append((node, place))
            return
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in interest.keywords:
                self.candidates.calls.append((node, place))
                return

    def _comprehension(self, node: ast.AST, place: Place) -> Place:
        assert isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        inner = Scope(node, place.scope.module, place, bound=True)
        inside = Place(inner, place.block, place.statement)
        for generator in node.generators:
            self._target(generator.target, generator.iter, inside, kind="element")
        return inside

    def _walrus(self, node: ast.NamedExpr, place: Place) -> None:
        scope = place.scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        self._bind(scope, node.target.id, Binding("value", node.value, place, place.statement))


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
    ast.Global: lambda binder, node, place: binder._outer(node, place),
    ast.Nonlocal: lambda binder, node, place: binder._outer(node, place),
}
if sys.version_info >= (3, 11):
    _HANDLERS[ast.TryStar] = _Binder._try


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _self_owner(scope: Scope, value: ast.expr) -> Scope | None:
    """The class whose instance `value` is, where it is the first parameter of a method."""
    if not isinstance(value, ast.Name):
        return None
    node = scope.node
    parent = scope.parent
    if parent is None or not parent.is_class or not isinstance(node, _DEFINITIONS):
        return None
    first = next(iter((*node.args.posonlyargs, *node.args.args)), None)
    return parent if first is not None and first.arg == value.id else None


def _all_arguments(args: ast.arguments) -> Iterable[ast.arg]:
    yield from args.posonlyargs
    yield from args.args
    yield from args.kwonlyargs
    if args.vararg:
        yield args.vararg
    if args.kwarg:
        yield args.kwarg
