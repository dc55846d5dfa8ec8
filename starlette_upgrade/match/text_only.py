"""Uses that only a text allows: what Starlette, Python and others do with a `str` and with nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.semantics.types import ClassType, Instance, Symbol, members

if TYPE_CHECKING:
    from starlette_upgrade.match.flow import Use
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.types import Type

_CONNECTION = "starlette.requests.HTTPConnection"
_RESPONSE = "starlette.responses.Response"
_REDIRECT = "starlette.responses.RedirectResponse"
_ONLY_TEXT = frozenset(name for name in dir(str) if not name.startswith("_")) - {"replace"}
# Functions that need a text among their positional arguments, and their arguments that may be one.
_TAKING_TEXT = {
    "builtins.len": (0,), "builtins.iter": (0,), "builtins.list": (0,),
    "urllib.parse.urlparse": (0,), "urllib.parse.urlsplit": (0,), "urllib.parse.urljoin": (0, 1),
    "urllib.parse.urldefrag": (0,), "urllib.parse.quote": (0,), "urllib.parse.quote_plus": (0,),
    "urllib.parse.unquote": (0,), "urllib.parse.unquote_plus": (0,),
    "os.path.join": (0, 1, 2, 3), "posixpath.join": (0, 1, 2, 3),
    "re.match": (1,), "re.search": (1,), "re.fullmatch": (1,), "re.findall": (1,), "re.split": (1,),
    "re.sub": (1, 2),
    "httpx.URL": (0,), "httpx.get": (0,), "httpx.post": (0,), "httpx.put": (0,), "httpx.patch": (0,),
    "httpx.delete": (0,), "httpx.head": (0,), "httpx.request": (1,), "httpx.stream": (1,),
}  # fmt: skip
_SERIALIZERS = frozenset({"json.dumps", "json.dump", "simplejson.dumps", "ujson.dumps", "orjson.dumps"})
_CLIENTS = frozenset({"httpx.Client", "httpx.AsyncClient"})
_CLIENT_METHODS = dict.fromkeys(("get", "post", "put", "patch", "delete", "head", "options"), 0)
_CLIENT_METHODS |= {"request": 1, "stream": 1, "build_request": 1}
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})


def needs_text(use: Use, inference: Inference) -> bool:
    """Whether a use goes wrong with an object that is no `str`: it is added to, searched, encoded."""
    node, parent = use.node, use.parent
    if isinstance(parent, ast.BinOp):
        other = parent.right if parent.left is node else parent.left
        return isinstance(parent.op, ast.Add) and not _is_object(other, use, inference)
    if isinstance(parent, ast.AugAssign):
        return isinstance(parent.op, ast.Add) and not (
            parent.value is node and _is_object(parent.target, use, inference)
        )
    if isinstance(parent, ast.Attribute):
        return parent.attr in _ONLY_TEXT or (parent.attr == "replace" and _is_called_with_two(parent, use))
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Compare):
        return _is_searched(node, parent)
    if isinstance(parent, ast.Dict):
        return node in parent.keys
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.Assign):
        return any(_is_stored_as_text(target, use, inference) for target in parent.targets)
    call = use.surroundings.parent(parent) if isinstance(parent, ast.keyword) else parent
    return isinstance(call, ast.Call) and _takes_text(call, use, inference)


def _is_object(node: ast.expr, use: Use, inference: Inference) -> bool:
    """Whether what a URL is added to may know how: an object of a class that the project or a package made."""
    return any(isinstance(member, Instance) for member in members(_type(node, use, inference)))


def _is_called_with_two(function: ast.Attribute, use: Use) -> bool:
    call = use.surroundings.parent(function)
    return isinstance(call, ast.Call) and call.func is function and len(call.args) in (2, 3)


def _is_searched(node: ast.expr, compare: ast.Compare) -> bool:
    """`"x" in url`, `url in "text"`, `url in {"a", "b"}`."""
    if not isinstance(compare.ops[0], ast.In | ast.NotIn) or len(compare.ops) != 1:
        return False
    other = compare.comparators[0]
    if other is node:
        return True
    is_text = isinstance(other, ast.JoinedStr) or (isinstance(other, ast.Constant) and isinstance(other.value, str))
    return is_text or isinstance(other, ast.Set | ast.Dict)


def _is_stored_as_text(target: ast.expr, use: Use, inference: Inference) -> bool:
    """`response.headers["location"] = url`, and `request.session["next"] = url`, which becomes JSON."""
    if not isinstance(target, ast.Subscript):
        return False
    if target.slice is use.node:
        return False
    holder = target.value
    if isinstance(holder, ast.Attribute) and holder.attr == "session":
        return is_object(_type(holder.value, use, inference), inference, _CONNECTION)
    return (
        isinstance(holder, ast.Attribute)
        and holder.attr == "headers"
        and is_object(_type(holder.value, use, inference), inference, _RESPONSE)
    )


def _takes_text(call: ast.Call, use: Use, inference: Inference) -> bool:
    node, function = use.node, call.func
    position = call.args.index(node) if node in call.args else None
    keyword = use.parent.arg if isinstance(use.parent, ast.keyword) else None
    found = _type(function, use, inference)
    if isinstance(found, ClassType):
        return _is_content(found, position, keyword, inference) or _is_text_field(found, keyword, inference)
    name = found.name if isinstance(found, Symbol) else ""
    if name in _SERIALIZERS:
        return position == 0 and not _has_a_way_out(call)
    if name in _TAKING_TEXT:
        return position in _TAKING_TEXT[name]
    if isinstance(function, ast.Attribute) and function.attr in _CLIENT_METHODS:
        owner = _type(function.value, use, inference)
        if any(is_object(owner, inference, client) for client in _CLIENTS):
            return keyword == "url" or position == _CLIENT_METHODS[function.attr]
    return False


def _is_content(cls: ClassType, position: int | None, keyword: str | None, inference: Inference) -> bool:
    """Whether this is the content of a response that makes bytes of it."""
    line = inference.classes.line(cls)
    names = {base.name for base in line}
    if _RESPONSE not in names or _REDIRECT in names:
        return False
    plain = {
        "Response", "HTMLResponse", "PlainTextResponse", "JSONResponse", "ORJSONResponse", "UJSONResponse",
    }  # fmt: skip
    if line[0].name.rpartition(".")[2] not in plain or line[0].scope is not None:
        return False
    return position == 0 or keyword == "content"


def _is_text_field(cls: ClassType, keyword: str | None, inference: Inference) -> bool:
    """Whether this is a field of a pydantic model that is declared as `str`."""
    if keyword is None:
        return False
    line = inference.classes.line(cls)
    if not any(base.name in _MODELS for base in line):
        return False
    for base in line:
        for binding in base.scope.names.get(keyword, ()) if base.scope is not None else ():
            annotation = binding.annotation
            text = ast.unparse(annotation) if annotation is not None else ""
            return text in ("str", "str | None", "None | str", "Optional[str]", "typing.Optional[str]")
    return False


def needs_text_inside(use: Use, inference: Inference) -> bool:
    """Whether a container must hold texts only: what becomes JSON or headers, and what is joined."""
    node, parent = use.node, use.parent
    if isinstance(parent, ast.Assign):
        return any(
            isinstance(target, ast.Subscript)
            and isinstance(target.value, ast.Attribute)
            and target.value.attr == "session"
            and is_object(_type(target.value.value, use, inference), inference, _CONNECTION)
            for target in parent.targets
        )
    keyword = parent.arg if isinstance(parent, ast.keyword) else None
    call = use.surroundings.parent(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call):
        return False
    position = call.args.index(node) if node in call.args else None
    found = _type(call.func, use, inference)
    if isinstance(found, ClassType):
        names = {base.name for base in inference.classes.line(found)}
        if keyword == "headers":
            return _RESPONSE in names and isinstance(node, ast.Dict | ast.Name)
        is_json = any(
            name.rpartition(".")[2] in ("JSONResponse", "ORJSONResponse", "UJSONResponse") for name in names
        )
        return is_json and _RESPONSE in names and found.scope is None and (position == 0 or keyword == "content")
    if isinstance(found, Symbol):
        return found.name in _SERIALIZERS and position == 0 and not _has_a_way_out(call)
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "join" and position == 0:
        return isinstance(function.value, ast.Constant) and isinstance(node, ast.List | ast.Tuple | ast.Name)
    if isinstance(function, ast.Attribute) and function.attr == "send_json" and position == 0:
        return is_object(_type(function.value, use, inference), inference, "starlette.websockets.WebSocket")
    return False


def _has_a_way_out(call: ast.Call) -> bool:
    """Whether a serializer is told what to do with objects: `default=str`, `cls=Encoder`."""
    return any(keyword.arg in ("default", "cls", None) for keyword in call.keywords)


def _type(node: ast.expr, use: Use, inference: Inference) -> Type:
    return inference.type_of(node, use.place)
