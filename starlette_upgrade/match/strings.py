"""Names in strings: `patch("a.b")`, `monkeypatch.setattr(a, "b", …)`, `getattr(a, "b")`."""

from __future__ import annotations

import ast

from starlette_upgrade.semantics.naming import last_name

_BY_PATH = frozenset(
    {"patch", "setattr", "delattr", "import_string", "import_from_string", "get_object", "resolve"}
)
_BY_NAME = frozenset({"setattr", "delattr", "object", "getattr"})


def named_in(constant: ast.Constant, call: ast.Call) -> tuple[ast.expr | None, str] | None:
    """What a string in a call names: the expression that has it, and its name; no expression for a whole path.

    None where the call only happens to have such a string. `getattr` with a default takes care, and so do
    `patch(…, create=True)` and `monkeypatch.setattr(…, raising=False)`.
    """
    function, text, given = last_name(call.func), str(constant.value), call.args
    if any(_allows_missing(keyword) for keyword in call.keywords):
        return None
    if function in _BY_PATH and given and given[0] is constant:
        return None, text
    counts = (2,) if function == "getattr" else (2, 3)
    if function in _BY_NAME and len(given) in counts and given[1] is constant:
        return given[0], text
    return None


def _allows_missing(keyword: ast.keyword) -> bool:
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return (keyword.arg, value) in (("create", True), ("raising", False))
