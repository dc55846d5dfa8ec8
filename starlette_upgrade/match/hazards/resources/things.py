"""What an expression is: a resource that is closed when the function has ended, or a part of one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object, is_object_of
from starlette_upgrade.match.hazards.handling import parameter_for
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.resources import uses
from starlette_upgrade.match.hazards.resources.endings import ended_names, is_forgotten
from starlette_upgrade.match.hazards.resources.makers import (
    VERBS,
    Resource,
    is_client_of_aiohttp,
    made_by,
    made_to_close,
    named,
)
from starlette_upgrade.match.hazards.resources.returned import Returned
from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place

DEPTH = 12
_UPLOAD = "starlette.datastructures.UploadFile"
# A path that begins with the folder that they are given.
_JOINING = frozenset(
    {f"os.path.{name}" for name in ("abspath", "join", "normpath", "realpath")}
    | {"os.fspath", "builtins.str", "pathlib.Path", "pathlib.PurePath", "anyio.Path"}
)
_PATH_METHODS = frozenset({"absolute", "as_posix", "joinpath", "resolve"})
_STACKS = frozenset({"contextlib.AsyncExitStack", "contextlib.ExitStack"})


@dataclass(slots=True)
class Things:
    """The resources of one function that are closed when the response that it returns is sent.

    `of_parameter`: what a parameter of the function holds that is closed by whoever called it.
    """

    response: Returned
    context: Context
    of_parameter: Callable[[Binding], Resource | None] = lambda _: None
    _closed: frozenset[str] = field(init=False)
    _deleted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._closed, self._deleted = ended_names(self.response)

    def identity(self, node: ast.expr, place: Place, depth: int = 0) -> list[Resource]:
        """The closed resources that an expression can be."""
        if depth > DEPTH:
            return []
        if isinstance(node, ast.Name):
            return self.named(node, place, depth)
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
        if isinstance(node, ast.Subscript):
            return [one for one in self.identity(node.value, place, depth + 1) if one.kind == "upload"]
        first: ast.expr | None = None
        if isinstance(node, ast.BinOp) and (isinstance(node.op, ast.Div) or _begins_with_slash(node.right)):
            first = node.left
        elif isinstance(node, ast.JoinedStr) and len(node.values) > 1 and _begins_with_slash(node.values[1]):
            first = node.values[0].value if isinstance(node.values[0], ast.FormattedValue) else None
        return [replace(one, below=True) for one in self._folders(first, place, depth)]

    def _folders(self, node: ast.expr | None, place: Place, depth: int) -> list[Resource]:
        found = [] if node is None else self.identity(node, place, depth + 1)
        return [one for one in found if one.kind == "folder"]

    @staticmethod
    def _joined(folders: Iterable[Resource], is_longer: bool) -> list[Resource]:
        return [replace(one, below=True) if is_longer else one for one in folders]

    def _called(self, node: ast.Call, place: Place, depth: int) -> list[Resource]:
        inference, function = self.context.inference, node.func
        name = inference.canonical(function, place) or ""
        if name in _JOINING and node.args:
            return self._joined(self._folders(node.args[0], place, depth), len(node.args) > 1)
        if name == "shutil.make_archive" and node.args:  # `folder` gives `folder.zip`, which is not in it
            return [one for one in self._folders(node.args[0], place, depth) if one.below]
        if name in ("csv.reader", "csv.DictReader", "io.TextIOWrapper", "io.BufferedReader") and node.args:
            return [one for one in self.identity(node.args[0], place, depth + 1) if one.kind == "file"]
        given_back = self._given_back(node, place, depth)
        if given_back or not isinstance(function, ast.Attribute):
            return given_back
        if function.attr in _PATH_METHODS:
            return self._joined(self._folders(function.value, place, depth), function.attr == "joinpath")
        if function.attr in ("with_name", "with_suffix"):
            return [one for one in self._folders(function.value, place, depth) if one.below]
        if function.attr in ("enter_context", "enter_async_context") and node.args:
            return self._entered(node, function.value, place)
        owners = self.identity(function.value, place, depth + 1)
        if function.attr in ("cursor", "execute", "executemany"):
            connected = [one for one in owners if one.kind in ("connection", "cursor")]
            return [replace(one, kind="cursor", certain=one.certain and one.raw) for one in connected]
        if function.attr in ("get", "getlist"):
            return [one for one in owners if one.kind == "upload"] or self._replied(node, owners, place)
        return self._replied(node, owners, place)

    def _given_back(self, call: ast.Call, place: Place, depth: int) -> list[Resource]:
        """What a function of the project gives back that it has closed, or that is a part of its argument."""
        function = self.context.inference.type_of(call.func, place)
        if not isinstance(function, FunctionType) or isinstance(function.node, ast.Lambda) or depth > DEPTH // 2:
            return []
        ensure_bound(function.scope)
        if function.node.decorator_list or function.scope.yields or function.node is self._node:
            return []

        def passed(binding: Binding) -> Resource | None:
            name = binding.node.arg if isinstance(binding.node, ast.arg) else ""
            node = next((one for one in arguments if parameter_for(one, call, function) == name), None)
            known = [] if node is None else self.identity(node, place, depth + 2)
            return known[0] if len(known) == 1 and known[0].kind == "folder" else None

        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        groups = []
        for value, at in function.scope.returns:
            if not isinstance(value, ast.Constant):  # None, where there is nothing
                ended = Returned(call, at, function.scope, Surroundings(at), (at.statement,))
                groups.append(Things(ended, self.context, passed).identity(value, at, depth + 2))
        return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]

    def _replied(self, node: ast.Call, owners: Iterable[Resource], place: Place) -> list[Resource]:
        """The reply to a request of a client that is closed, if it is not read at once."""
        assert isinstance(node.func, ast.Attribute)
        stream = argument_of(node, "stream", None)
        is_streamed = isinstance(stream, ast.Constant) and stream.value is True
        of_aiohttp = is_client_of_aiohttp(node.func.value, place, self.context.inference)
        is_sent = is_streamed and node.func.attr == "send"
        if not (is_sent or (of_aiohttp and node.func.attr in VERBS)):
            return []
        return [replace(one, kind="reply") for one in owners if one.kind == "client"]

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
            and self.is_own(bindings[0])
            and self.context.inference.canonical(maker.func, bindings[0].place) in _STACKS
        )

    @property
    def _node(self) -> ast.AST:
        return self.response.scope.node

    def is_own(self, binding: Binding) -> bool:
        is_parameter = isinstance(binding.node, ast.arg)
        return (
            (binding.statement is self._node)
            if is_parameter
            else (function_around(binding.place) is self.response.scope)
        )

    def named(self, node: ast.Name, place: Place, depth: int) -> list[Resource]:
        bindings = self.context.inference.bindings_of(node.id, place, node)
        if not isinstance(bindings, list):
            return []
        found = [self._bound(binding, node.id, depth) for binding in bindings]
        surely = all(found)
        return [one if surely else replace(one, certain=False) for group in found for one in group]

    def _bound(self, binding: Binding, name: str, depth: int) -> list[Resource]:
        """What a binding gives to a name, if it is the function's own, or what it holds is deleted here."""
        node, place = binding.node, binding.place
        if not self.is_own(binding):
            is_deleted = name in self._deleted and isinstance(node, ast.expr)
            return [Resource("folder", name)] if is_deleted else []
        is_made_here = isinstance(node, ast.expr) and binding.kind in ("value", "annotated", "with")
        made = made_by(node, place, self.context.inference) if is_made_here else None  # type: ignore[arg-type]
        has_path = made is not None and (made.path or made.kind == "folder")
        is_ended = (name in self._deleted or name in self._closed) and self._is_still(binding, name)
        if is_ended and name in self._deleted:
            return [Resource("folder", name, path=has_path)]
        if isinstance(node, ast.arg) and is_ended and is_upload(binding, self.context.inference):
            return [Resource("file", name)]
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
        if not found and is_ended and (by_hand := made_to_close(node, place, self.context.inference)):
            return [named(by_hand, name)]
        if not found and is_ended:
            return [named(self._made(node, place), name)]
        if not found and has_path and is_forgotten(name, self._node, self.response.surroundings):
            return [Resource("folder", name, path=True)]
        return found

    def _is_still(self, binding: Binding, name: str) -> bool:
        """Whether the name stands for the same thing at the end, when somebody closes what it stands for."""
        read_last, place = self.at_end(name)
        bindings = self.context.inference.bindings_of(name, place, read_last)
        return isinstance(bindings, list) and binding in bindings

    def at_end(self, name: str) -> tuple[ast.Name, Place]:
        """A reading of a name behind the `return` of the response."""
        end = self.response.leaving[0]
        read_last = ast.copy_location(ast.Name(name, ast.Load()), end)
        read_last.col_offset = end.end_col_offset or end.col_offset
        return read_last, self.response.surroundings.place(end)

    def _made(self, maker: ast.expr, place: Place) -> Resource:
        """What a `with` closes. What is unknown may be a reply: the way in which it is read will tell."""
        if uses.is_form(maker, place, self.context.inference):
            return Resource("upload")
        is_attribute = isinstance(maker, ast.Attribute) and maker.attr == "file"
        if is_attribute and is_object_of(maker.value, place, self.context.inference, _UPLOAD):  # type: ignore[attr-defined]
            return Resource("file")
        return made_by(maker, place, self.context.inference) or Resource("reply", certain=False)

    def _either(self, nodes: Iterable[ast.expr], place: Place, depth: int) -> list[Resource]:
        groups = [self.identity(node, place, depth + 1) for node in nodes]
        return [one if all(groups) else replace(one, certain=False) for group in groups for one in group]


def is_upload(binding: Binding, inference: Inference) -> bool:
    """Whether a parameter is one upload."""
    return is_object(inference.binding(binding), inference, _UPLOAD)


def _begins_with_slash(node: ast.expr) -> bool:
    """Whether a text begins with what separates folders, as far as it is written out."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.startswith(("/", "\\"))
    return ast.unparse(node).endswith(("os.sep", "{os.sep}"))


def _parts(one: Resource, attribute: str) -> Iterator[Resource]:
    """What an attribute of a resource gives that ends with it."""
    if one.path and attribute == "name":
        yield replace(one, kind="folder", path=False)
    elif one.kind == "file" and attribute == "file":  # of an upload that is closed by hand
        yield one
    elif one.kind == "upload" and attribute == "file":
        yield replace(one, kind="uploaded")
    elif one.kind == "reply" and attribute in ("content", "raw"):
        yield one
