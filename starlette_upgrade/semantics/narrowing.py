"""Narrowing: what `isinstance` has told of a name before the place where it stands."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.types import UNKNOWN, ClassType, Holding, Instance, Symbol, Type, members, union

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Block, Place


_STRUCTURAL = frozenset({"typing.Protocol", "typing_extensions.Protocol", "abc.ABC"})


def narrowed(found: Type, node: ast.Name | ast.Attribute, place: Place, inference: Inference) -> Type:
    """`found`, as far as the tests that `node` has passed leave it."""
    if not (place.block.is_tested or place.scope.tests):
        return found
    name = dotted(node)
    top = name.partition(".")[0]
    is_own = isinstance(place.scope.node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    if not name or (is_own and top in place.scope.names):
        return found
    for test, at, holds in _tests(place, node):
        for checked, classes, truth in _checks(test, holds):
            if dotted(checked) == name and not _is_assigned_between(name, test, node, place):
                found = _apply(found, inference.type_of(classes, at), truth, inference)
    return found


def asks_before(place: Place) -> bool:
    """Whether code gets to a place only if something has answered: a comparison with a text, a call, a local name.

    `if debug:`, `if app is None:` and `isinstance` don't ask what kind of object the function was given.
    """
    blocks = list(_blocks_of_scope(place))
    tests = [test for test, at, _ in place.scope.tests if any(block is at.block for block in blocks)]
    tests += [block.owner.test for block in blocks if isinstance(block.owner, ast.If | ast.While)]
    return any(_asks(node, place) for test in tests for node in ast.walk(test)) or any(
        isinstance(block.owner, ast.Match) for block in blocks
    )


def _asks(node: ast.AST, place: Place) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") != "isinstance"
    if isinstance(node, ast.Name):
        bindings = place.scope.names.get(node.id, ())
        return any(not isinstance(binding.node, ast.arg) for binding in bindings)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; "" for what is more than names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _tests(place: Place, node: ast.expr) -> Iterator[tuple[ast.expr, Place, bool]]:
    """The conditions of the same function that hold (True) or fail (False) where the node stands."""
    blocks = list(_blocks_of_scope(place))
    for test, at, holds in place.scope.tests:
        is_before = (test.lineno, test.col_offset) < (node.lineno, node.col_offset)
        # Inside of a `with` nobody knows whether an error gets out: what holds there need not hold after it.
        if is_before and at.statement is not place.statement and any(block is at.block for block in blocks):
            yield test, at, holds
    for block in blocks:
        if isinstance(block.owner, ast.If | ast.While) and block.arm in ("body", "else"):
            yield block.owner.test, place, block.arm == "body"
        elif isinstance(block.owner, ast.Match):
            case = block.owner.cases[int(block.arm.removeprefix("case "))]
            pattern = case.pattern.pattern if isinstance(case.pattern, ast.MatchAs) else case.pattern
            if isinstance(pattern, ast.MatchClass):
                yield _as_test(block.owner.subject, pattern), place, True


def _blocks_of_scope(place: Place) -> Iterator[Block]:
    """The blocks around, up to the body of the function: what it is called in may have changed by then."""
    for block in place.block.chain():
        yield block
        if block.owner is None:
            return


def _as_test(subject: ast.expr, pattern: ast.MatchClass) -> ast.expr:
    """`case Class(…)` as the `isinstance` that it begins with."""
    test = ast.Call(ast.Name("isinstance", ast.Load()), [subject, pattern.cls], [])
    return ast.copy_location(test, subject)


def _checks(test: ast.expr, holds: bool) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """What a condition says by `isinstance`: of what, which classes, and whether it is one of them."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _checks(test.operand, not holds)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is holds:
        for value in test.values:
            yield from _checks(value, holds)
    elif isinstance(test, ast.Call) and getattr(test.func, "id", "") == "isinstance" and len(test.args) == 2:
        yield test.args[0], test.args[1], holds


def _is_assigned_between(name: str, test: ast.expr, node: ast.expr, place: Place) -> bool:
    """Whether the name, or what it is an attribute of, may have become something else since the test."""
    lines = place.scope.module.document.lines
    first, last = test.end_lineno or test.lineno, node.lineno
    parts = name.split(".")
    owners = "|".join(re.escape(".".join(parts[:number])) for number in range(1, len(parts) + 1))
    assigned = re.compile(
        rf"(?<![\w.])(?:{owners})\s*(?::[^=\n]+)?(?:=(?!=)|,.*=(?!=)|:=)|\b(?:as|for|del)\s+(?:{owners})\b"
    )
    between = "".join(lines[first - 1 : last])
    head = len("".join(lines[first - 1 : first])[: test.end_col_offset])
    tail = len("".join(lines[first - 1 : last - 1])) + node.col_offset
    return assigned.search(between, head, max(head, tail)) is not None


def _apply(found: Type, tested: Type, truth: bool, inference: Inference) -> Type:
    classes = list(_classes(tested))
    if not classes:
        return found
    line = inference.classes.line
    if not truth:
        left = [m for m in members(found) if not (isinstance(m, Instance) and _is_one(m, classes, inference))]
        return union(left) if left else UNKNOWN
    kept: list[Type] = []
    for member in members(found):
        if not isinstance(member, Instance):
            kept.extend(Instance(cls) for cls in classes if member == UNKNOWN)
        elif _is_one(member, classes, inference):
            kept.append(member)
        elif any(base.name in _STRUCTURAL for cls in classes for base in line(cls)):
            kept.append(member)  # a protocol tells what it can do, not what it is
        else:
            kept.extend(Instance(cls) for cls in classes if any(base == member.cls for base in line(cls)))
    return union(kept) if kept else union(Instance(cls) for cls in classes)


def _is_one(found: Instance, classes: list[ClassType], inference: Inference) -> bool:
    return any(base == cls for base in inference.classes.line(found.cls) for cls in classes)


def _classes(tested: Type) -> Iterator[ClassType]:
    """The classes that `isinstance` was asked about; none if one of them is not known."""
    found: list[ClassType] = []
    for member in members(tested):
        if isinstance(member, Holding):
            found.extend(_classes(member.item))
        elif isinstance(member, ClassType):
            found.append(member)
        elif isinstance(member, Symbol):
            found.append(ClassType(member.name))
        else:
            return
    yield from found
