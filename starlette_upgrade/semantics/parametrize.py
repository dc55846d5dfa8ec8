"""What decorators give a test: `@pytest.mark.parametrize`, `@fixture(params=…)`, and the mocks of `@patch`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import UNKNOWN, Type, union

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

MOCK = "unittest.mock.MagicMock"
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def parametrized(function: Definition, name: str, place: Place, inference: Inference) -> Type | None:
    """What a test's argument is by `parametrize`, on the test, its class or its module; None if that is silent."""
    for mark in _marks(function, place):
        if not isinstance(mark, ast.Call):
            continue
        if any(keyword.arg == name for keyword in mark.keywords):
            return UNKNOWN  # given in a way of its own, as by hypothesis
        if last_name(mark.func) != "parametrize":
            continue
        names = _argument_names(mark)
        if not names:
            return UNKNOWN
        if name in names and not _is_indirect(mark, name):
            values = _argument(mark, 1, "argvalues")
            if not isinstance(values, ast.List | ast.Tuple):
                return UNKNOWN
            return union(_value(row, names, name, place, inference) for row in values.elts)
    return None


def _is_indirect(mark: ast.Call, name: str) -> bool:
    """Whether the values of an argument only tell its fixture what to make."""
    given = _argument(mark, 2, "indirect")
    if isinstance(given, ast.List | ast.Tuple):
        return any(isinstance(node, ast.Constant) and node.value == name for node in given.elts)
    return given is not None and not (isinstance(given, ast.Constant) and given.value is False)


def parameters_of(function: Definition, place: Place, inference: Inference) -> Type:
    """What `request.param` is in a fixture: one of the `params` that its decorator lists."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and "fixture" in last_name(decorator.func):
            for keyword in decorator.keywords:
                if keyword.arg == "params" and isinstance(keyword.value, ast.List | ast.Tuple):
                    rows = keyword.value.elts
                    return union(_value(row, ["param"], "param", place, inference) for row in rows)
    return UNKNOWN


def mocks(function: Definition) -> int:
    """How many of the first parameters are filled by `@patch(…)`, which then makes the object itself."""
    return sum(_makes_mock(decorator) for decorator in function.decorator_list)


def _makes_mock(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call):
        return False
    function = decorator.func
    name = last_name(function)
    of_object = isinstance(function, ast.Attribute) and name == "object" and last_name(function.value) == "patch"
    if not of_object and name != "patch":
        return False
    given = {keyword.arg for keyword in decorator.keywords}
    return len(decorator.args) < (3 if of_object else 2) and "new" not in given


def _marks(function: Definition, place: Place) -> Iterator[ast.expr]:
    """What stands above a test, its class and, as `pytestmark`, its module; a name is what it was set to."""
    above: list[ast.AST] = [*function.decorator_list]
    scope = place.scope
    if isinstance(scope.node, ast.ClassDef):
        above.extend(scope.node.decorator_list)
    for owner in (scope, scope.module.scope):
        above.extend(binding.node for binding in owner.names.get("pytestmark", ()))
    for node in above:
        named = scope.module.scope.names.get(node.id, ()) if isinstance(node, ast.Name) else ()
        for mark in [binding.node for binding in named] or [node]:
            if isinstance(mark, ast.List | ast.Tuple):
                yield from mark.elts
            elif isinstance(mark, ast.expr):
                yield mark


def _argument(mark: ast.Call, number: int, keyword: str) -> ast.expr | None:
    if len(mark.args) > number:
        return mark.args[number]
    return next((given.value for given in mark.keywords if given.arg == keyword), None)


def _argument_names(mark: ast.Call) -> list[str]:
    node = _argument(mark, 0, "argnames")
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return [name for text in texts for name in re.split(r"[,\s]+", text) if name]


def _value(row: ast.expr, names: Sequence[str], name: str, place: Place, inference: Inference) -> Type:
    """The value of one argument in a row: `x`, `(x, y)`, or `pytest.param(x, y)`."""
    if isinstance(row, ast.Call) and last_name(row.func) == "param":
        values = row.args
    elif len(names) > 1:
        values = row.elts if isinstance(row, ast.List | ast.Tuple) else []
    else:
        values = [row]
    index = names.index(name)
    return inference.type_of(values[index], place) if index < len(values) else UNKNOWN
