"""`FileResponse("LICENSE")`: a file whose name tells no media type, where none is given."""

from __future__ import annotations

import ast
from functools import cache
from mimetypes import MimeTypes
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_RESPONSE = "starlette.responses.FileResponse"
_MEDIA_TYPE = 3
# Types that newer releases of Python know, and tables that many machines have.
_ELSEWHERE = (".log", ".yaml", ".yml", ".conf", ".toml")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Responses with a literal name. Possible only, where the machine that serves it may know the extension."""
    has_other_name = holds(context.module, ("FileResponse as ",))
    for call, place in context.candidates.calls:
        if last_name(call.func) != "FileResponse" and not has_other_name:
            continue
        found = context.inference.type_of(call.func, place)
        if not isinstance(found, ClassType) or found.name != _RESPONSE or _is_typed(call):
            continue
        name = _ending(argument_of(call, "filename", None)) or _ending(argument_of(call, "path", 0))
        if name and _guess(name) is None and not is_chosen(place):
            certain = not name.lower().endswith(_ELSEWHERE)
            yield Usage(active, call, place, name, _RESPONSE, None, call, certain=certain, whole=certain)


def _is_typed(call: ast.Call) -> bool:
    """Whether the call gives a media type, or may do so: in the headers, or in arguments that can't be seen."""
    if any(keyword.arg in ("media_type", None) for keyword in call.keywords):
        return True
    if len(call.args) > _MEDIA_TYPE or any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    headers = argument_of(call, "headers", 2)
    if headers is None:
        return False
    keys = [getattr(key, "value", None) for key in headers.keys] if isinstance(headers, ast.Dict) else [None]
    return any(not isinstance(key, str) or key.lower() == "content-type" for key in keys)


def _ending(node: ast.expr | None) -> str:
    """The last part of a path, as far as it is written out: `"a/LICENSE"`, `folder / "LICENSE"`, `f"{x}/a.ini"`.

    `*` stands for a beginning that is not: `f"{name}.png"` is no file called `.png`, which has no extension.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("\\", "/").rpartition("/")[2]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _ending(node.right)
    if isinstance(node, ast.JoinedStr) and node.values:
        last = node.values[-1]
        text = last.value if isinstance(last, ast.Constant) else ""
        if not isinstance(text, str) or not ("/" in text or "." in text):
            return ""
        ending = _ending(last)
        return ending if ending != text or len(node.values) == 1 else f"*{ending}"
    if (
        isinstance(node, ast.Call)
        and node.args
        and last_name(node.func) in ("Path", "PurePath", "join", "joinpath")
    ):
        return _ending(node.args[-1])
    return ""


def _guess(name: str) -> str | None:
    return _table().guess_type(name)[0]


@cache
def _table() -> MimeTypes:
    """Python's own types, without those of this machine."""
    return MimeTypes(filenames=())
