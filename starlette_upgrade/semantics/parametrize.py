"""pytest's parametrization: the values that `@pytest.mark.parametrize` and `@fixture(params=…)` write out."""

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

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def parametrized(function: Definition, name: str, place: Place, inference: Inference) -> Type | None:
    """What a test's argument is by `parametrize`, on the test, its class or its module; None if that is silent."""
    for mark in _marks(function, place):
        names = _argument_names(mark)
        if name in names:
            values = _argument(mark, 1, "argvalues")
            if not isinstance(values, ast.List | ast.Tuple):
                return UNKNOWN
            return union(_value(row, names, name, place, inference) for row in values.elts)
    return None


def parameters_of(function: Definition, place: Place, inference: Inference) -> Type:
    """What `request.param` is in a fixture: one of the `params` that its decorator lists."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and "fixture" in last_name(decorator.func):
            for keyword in decorator.keywords:
                if keyword.arg == "params" and isinstance(keyword.value, ast.List | ast.Tuple):
                    rows = keyword.value.elts
                    return union(_value(row, ["param"], "param", place, inference) for row in rows)
    return UNKNOWN


def _marks(function: Definition, place: Place) -> Iterator[ast.Call]:
    """The `parametrize(…)` calls that hold for a test; those that only tell fixtures what to make do not."""
    above: list[ast.expr] = [*function.decorator_list]
    scope = place.scope
    if isinstance(scope.node, ast.ClassDef):
        above.extend(scope.node.decorator_list)
    for owner in (scope, scope.module.scope):
        for binding in owner.names.get("pytestmark", ()):
            node = binding.node
            above.extend(node.elts if isinstance(node, ast.List | ast.Tuple) else [node])  # type: ignore[list-item]
    for mark in above:
        if not isinstance(mark, ast.Call) or last_name(mark.func) != "parametrize":
            continue
        if not any(keyword.arg == "indirect" for keyword in mark.keywords):
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
