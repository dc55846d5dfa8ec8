"""What an expression is, and what it still needs when somebody iterates over it after the function has ended."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.resources import uses
from starlette_upgrade.match.hazards.resources.endings import closed_names, deleted_names, is_forgotten
from starlette_upgrade.match.hazards.resources.makers import Resource, is_client, made_by, named
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import FunctionType, Instance, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette_upgrade.match.hazards.resources.returned import Returned
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Binding, Place, Scope

_DEPTH = 12
# They read nothing before they are iterated over themselves.
_LAZY = frozenset(
    {f"builtins.{name}" for name in ("aiter", "enumerate", "filter", "iter", "map", "zip")}
    | {f"itertools.{name}" for name in ("chain", "islice", "takewhile", "dropwhile", "starmap", "batched")}
    | {"starlette.concurrency.iterate_in_threadpool", "csv.reader", "csv.DictReader", "io.TextIOWrapper"}
    | {"io.BufferedReader", "fastapi.concurrency.iterate_in_threadpool"}
)
# A path that begins with the folder that they are given.
_JOINING = frozenset(
    {f"os.path.{name}" for name in ("abspath", "join", "normpath", "realpath")}
    | {"os.fspath", "builtins.str", "pathlib.Path", "pathlib.PurePath", "anyio.Path", "shutil.make_archive"}
)
_PATH_METHODS = frozenset({"absolute", "as_posix", "joinpath", "resolve", "with_name", "with_suffix"})
_STACKS = frozenset({"contextlib.AsyncExitStack", "contextlib.ExitStack"})


@dataclass(slots=True)
class Needs:
    """The resources of one function that are closed when the response that it returns is sent.

    `of_parameter`: what a parameter of the function holds that is closed by whoever called it.
    """

    response: Returned
    context: Context
    of_parameter: Callable[[Binding], Resource | None] = lambda _: None
    _closed: frozenset[str] = field(init=False)
    _deleted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._closed = closed_names(self.response)
        self._deleted = deleted_names(self.response)

    # What it is

    def identity(self, node: ast.expr, place: Place, depth: int = 0) -> list[Resource]:
        """The closed resources that an expression can be."""
        if depth > _DEPTH:
            return []
        if isinstance(node, ast.Name):
            return self._named(node, place, depth)
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.identity(node.value, place, depth + 1)
        if isinstance(node, ast.IfExp):
            return self._either((node.body, node.orelse), place, depth)
        if isinstance(node, ast.Attribute):
            return [part for one in self.identity(node.value, place, depth + 1) for part in _parts(one, node.attr)]
        if isinstance(node, ast.Call):
            return self._called(node, place, depth)
        return self._path(node, place, depth)

    def _path(self, node: ast.expr, place: Place, depth: int) -> list[Resource]:
        """Of a text or path that is put together: the folder that it begins with."""
        first: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
            first = node.left
        elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.FormattedValue):
            first = node.values[0].value
        elif isinstance(node, ast.Subscript):
            return [one for one in self.identity(node.value, place, depth + 1) if one.kind == "upload"]
        return self._folders(first, place, depth)

    def _folders(self, node: ast.expr | None, place: Place, depth: int) -> list[Resource]:
        found = [] if node is None else self.identity(node, place, depth + 1)
        return [one for one in found if one.kind == "folder"]

    def _called(self, node: ast.Call, place: Place, depth: int) -> list[Resource]:
        inference, function = self.context.inference, node.func
        name = inference.canonical(function, place) or ""
        if name in _JOINING and node.args:
            return self._folders(node.args[0], place, depth)
        if name in ("csv.reader", "csv.DictReader", "io.TextIOWrapper", "io.BufferedReader") and node.args:
            return [one for one in self.identity(node.args[0], place, depth + 1) if one.kind == "file"]
        if not isinstance(function, ast.Attribute):
            return []
        if function.attr in _PATH_METHODS:
            return self._folders(function.value, place, depth)
        if function.attr in ("enter_context", "enter_async_context") and node.args:
            return self._entered(node, function.value, place)
        owners = self.identity(function.value, place, depth + 1)
        if function.attr in ("get", "getlist"):
            return [one for one in owners if one.kind == "upload"] or self._replied(node, owners, place)
        return self._replied(node, owners, place)

    def _replied(self, node: ast.Call, owners: Iterable[Resource], place: Place) -> list[Resource]:
        """The reply to a request of a client that is closed, if it is not read at once."""
        assert isinstance(node.func, ast.Attribute)
        stream = argument_of(node, "stream", None)
        is_streamed = isinstance(stream, ast.Constant) and stream.value is True
        of_aiohttp = is_client(node.func.value, place, self.context.inference) and self._is_aiohttp(
            node.func.value, place
        )
        is_sent = is_streamed and node.func.attr == "send"
        if not (is_sent or (of_aiohttp and node.func.attr in uses.VERBS)):
            return []
        return [replace(one, kind="reply") for one in owners if one.kind == "client"]

    def _is_aiohttp(self, node: ast.expr, place: Place) -> bool:
        found = members(self.context.inference.type_of(node, place))
        return all(isinstance(member, Instance) and member.cls.name.startswith("aiohttp.") for member in found)

    def _entered(self, node: ast.Call, stack: ast.expr, place: Place) -> list[Resource]:
        """What a stack closes that is closed itself, and of which nobody takes it back."""
        if not isinstance(stack, ast.Name) or not self._is_own_stack(stack, place):
            return []
        if any(isinstance(inner, ast.Attribute) and inner.attr == "pop_all" for inner in ast.walk(self._node)):
            return []
        made = made_by(node.args[0], place, self.context.inference)
        return [] if made is None else [named(made, ast.unparse(node.args[0]))]

    def _is_own_stack(self, stack: ast.Name, place: Place) -> bool:
        bindings = self.context.inference.bindings_of(stack.id, place, stack)
        if not isinstance(bindings, list) or len(bindings) != 1 or bindings[0].kind != "with":
            return False
        maker = bindings[0].node
        return (
            isinstance(maker, ast.Call)
            and self._is_own(bindings[0])
            and self.context.inference.canonical(maker.func, bindings[0].place) in _STACKS
        )

    @property
    def _node(self) -> ast.AST:
        return self.response.scope.node

    def _is_own(self, binding: Binding) -> bool:
        is_parameter = isinstance(binding.node, ast.arg)
        return (
            (binding.statement is self._node)
            if is_parameter
            else (function_around(binding.place) is self.response.scope)
        )

    def _named(self, node: ast.Name, place: Place, depth: int) -> list[Resource]:
        bindings = self.context.inference.bindings_of(node.id, place, node)
        if not isinstance(bindings, list):
            return []
        found = [self._bound(binding, node.id, depth) for binding in bindings]
        surely = all(found)
        return [one if surely else replace(one, certain=False) for group in found for one in group]

    def _bound(self, binding: Binding, name: str, depth: int) -> list[Resource]:
        """What a binding of the function's own gives to a name."""
        node, place = binding.node, binding.place
        if not self._is_own(binding):
            return []
        is_made_here = isinstance(node, ast.expr) and binding.kind in ("value", "annotated", "with")
        made = made_by(node, place, self.context.inference) if is_made_here else None  # type: ignore[arg-type]
        has_path = made is not None and (made.path or made.kind == "folder")
        is_ended = (name in self._deleted or name in self._closed) and self._is_still(binding, name)
        if is_ended and name in self._deleted:
            return [Resource("folder", name, path=has_path)]
        if isinstance(node, ast.arg):
            given = self.of_parameter(binding)
            return [] if given is None else [named(given, name)]
        if not isinstance(node, ast.expr):
            return []
        if binding.kind == "with":
            return [named(self._made(node, place), name)]
        if binding.kind not in ("value", "annotated", "element"):
            return []
        if binding.kind == "element":
            return [one for one in self.identity(node, place, depth + 1) if one.kind == "upload"]
        found = [named(one, one.name or name) for one in self.identity(node, place, depth + 1)]
        if not found and is_ended:
            return [named(self._made(node, place), name)]
        if not found and has_path and is_forgotten(name, self._node, self.response.surroundings):
            return [Resource("folder", name, path=True)]
        return found

    def _is_still(self, binding: Binding, name: str) -> bool:
        """Whether the name stands for the same thing at the end, when somebody closes what it stands for."""
        read_last, place = self._at_end(name)
        bindings = self.context.inference.bindings_of(name, place, read_last)
        return isinstance(bindings, list) and binding in bindings

    def _at_end(self, name: str) -> tuple[ast.Name, Place]:
        """A reading of a name behind the `return` of the response."""
        end = self.response.leaving[0]
        read_last = ast.copy_location(ast.Name(name, ast.Load()), end)
        read_last.col_offset = end.end_col_offset or end.col_offset
        return read_last, self.response.surroundings.place(end)

    def _made(self, maker: ast.expr, place: Place) -> Resource:
        """What a `with` closes; where that is unknown it may be a reply, as the way in which it is read will tell."""
        if uses.is_form(maker, place, self.context.inference):
            return Resource("upload")
        return made_by(maker, place, self.context.inference) or Resource("reply", certain=False)

    def _either(self, nodes: Iterable[ast.expr], place: Place, depth: int) -> list[Resource]:
        groups = [self.identity(node, place, depth + 1) for node in nodes]
        return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]

    # What it needs

    def needed(self, node: ast.expr, place: Place, depth: int = 0) -> list[Resource]:
        """The closed resources without which an expression can't be iterated over."""
        if depth > _DEPTH:
            return []
        found = [one for one in self.identity(node, place, depth) if uses.is_iterable(one)]
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
            return [*self.needed(node.generators[0].iter, place, depth + 1), *self._used_in(node)]
        if isinstance(node, ast.Lambda):
            return self._used_in(node)
        if isinstance(node, ast.Call):
            return self._needed_by_call(node, place, depth)
        return []

    def _needed_by_name(self, node: ast.Name, place: Place, depth: int) -> list[Resource]:
        bindings = self.context.inference.bindings_of(node.id, place, node)
        if not isinstance(bindings, list):
            return []
        groups = [
            self.needed(binding.node, binding.place, depth + 1)
            if binding.kind in ("value", "annotated")
            and isinstance(binding.node, ast.expr)
            and self._is_own(binding)
            else []
            for binding in bindings
        ]
        return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]

    def _needed_by_call(self, node: ast.Call, place: Place, depth: int) -> list[Resource]:
        function = node.func
        if isinstance(function, ast.Attribute):
            found = [
                _judged(one, sure=certain)
                for one in self.identity(function.value, place, depth + 1)
                for certain in uses.read_by_method(one, function.attr)
                if not self._is_read(one)
            ]
            if found:
                return found
        kinds = list(members(self.context.inference.type_of(function, place)))
        if len(kinds) != 1:
            return []
        if isinstance(kinds[0], FunctionType):
            return self._needed_by_generator(kinds[0], node, place, depth)
        name = kinds[0].name if isinstance(kinds[0], Symbol) else self.context.inference.canonical(function, place)
        if name not in _LAZY:
            return []
        return [one for argument in node.args for one in self.needed(argument, place, depth + 1)]

    def _is_read(self, one: Resource) -> bool:
        """Whether the function has read a reply as a whole: it keeps that."""
        parents = parents_in(self._node)
        return one.kind == "reply" and any(
            isinstance(node, ast.Attribute)
            and node.attr in ("aread", "read")
            and isinstance(node.value, ast.Name)
            and node.value.id == one.name
            and follows(self.response.call, node, parents)
            for node in ast.walk(self._node)
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
        found = self._used_in(node) if function_around_definition(function) is self.response.scope else []
        skip = 1 if function.receiver is not None and node.args.args[:1] else 0
        for number, arg in enumerate((*node.args.posonlyargs, *node.args.args)[skip:]):
            passed = argument_of(call, arg.arg, number)
            if passed is None:
                continue
            for one in self.identity(passed, place, depth + 1):
                if self._is_read(one):
                    continue
                found += [_judged(one, sure=sure) for sure in uses.used(node, arg.arg, one)]
            if uses.is_iterated(node, arg.arg):
                found += self.needed(passed, place, depth + 1)
        return found

    def _used_in(self, node: ast.AST) -> list[Resource]:
        """The closed resources that a function or generator uses that is defined here, by names from around it."""
        found: list[Resource] = []
        for name in sorted(_free_names(node)):
            for one in self._named(*self._at_end(name), 0):
                found += [_judged(one, sure=sure) for sure in uses.used(node, name, one)]
        return found


def _judged(resource: Resource, *, sure: bool) -> Resource:
    """The way in which a reply is read tells what it is; of other things this must be known."""
    return replace(resource, certain=sure and (resource.certain or resource.kind == "reply"))


def _parts(one: Resource, attribute: str) -> Iterator[Resource]:
    """What an attribute of a resource gives that ends with it."""
    if one.path and attribute == "name":
        yield replace(one, kind="folder", path=False)
    elif one.kind == "upload" and attribute == "file":
        yield replace(one, kind="uploaded")
    elif one.kind == "reply" and attribute in ("content", "raw"):
        yield one


def function_around_definition(function: FunctionType) -> Scope | None:
    """The function in which a function is defined."""
    return function.scope.place.scope if function.scope.place is not None else None


def _free_names(node: ast.AST) -> Iterator[str]:
    """The names that a function, lambda or generator reads and does not bind itself."""
    bound = {arg.arg for inner in ast.walk(node) if isinstance(inner, ast.arguments) for arg in _all(inner)}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    outer = {name for n in ast.walk(node) if isinstance(n, ast.Nonlocal) for name in n.names}
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    yield from read - (bound - outer)


def _all(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None)
