"""The statements of a function one by one, each with the conditions that it stands under."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a compound statement. `leaves`: at its end, what follows the statement is not reached."""

    owner: ast.stmt
    arm: str
    leaves: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, its number in reading order, and the branches that it lies in, outermost first."""

    statement: ast.stmt
    number: int
    branches: tuple[Branch, ...]

    def happens_with(self, other: Step) -> bool:
        """Whether this happens before or after `other`, whenever `other` happens, as far as can be seen."""
        shared = sum(1 for one, two in zip(self.branches, other.branches, strict=False) if one == two)
        alone = other.branches[shared:]
        if self.number > other.number and any(branch.leaves for branch in alone):
            return False
        return shared == len(self.branches)

    def excludes(self, other: Step) -> bool:
        """Whether only one of the two can happen: they lie in different branches of one statement."""
        arms = {
            id(branch.owner): branch.arm for branch in self.branches if isinstance(branch.owner, ast.If | ast.Match)
        }
        return any(arms.get(id(branch.owner), branch.arm) != branch.arm for branch in other.branches)

    def own(self) -> Iterator[ast.AST]:
        """Every node of the statement that is not part of another statement inside of it."""
        stack: list[ast.AST] = [self.statement]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(
                child
                for child in ast.iter_child_nodes(node)
                if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case | ast.Lambda)
            )


def steps(body: Sequence[ast.stmt]) -> list[Step]:
    """The statements of a body in reading order, without those of functions and classes defined in it."""
    found: list[Step] = []
    _walk(body, (), found)
    return found


def _walk(body: Sequence[ast.stmt], branches: tuple[Branch, ...], found: list[Step]) -> None:
    for statement in body:
        found.append(Step(statement, len(found), branches))
        if isinstance(statement, _DEFINITIONS):
            continue
        for arm, inner in _arms(statement):
            if arm and inner:
                branch = Branch(statement, arm, isinstance(inner[-1], _LEAVING))
                _walk(inner, (*branches, branch), found)
            else:
                _walk(inner, branches, found)


def _arms(statement: ast.stmt) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    """The bodies of a compound statement; one without a name runs whenever the statement does."""
    if isinstance(statement, ast.With | ast.AsyncWith):
        yield "", statement.body
    elif isinstance(statement, ast.Match):
        yield from ((f"case {number}", case.body) for number, case in enumerate(statement.cases))
    elif hasattr(statement, "handlers"):
        yield "", getattr(statement, "body", [])
        yield from ((f"handler {n}", handler.body) for n, handler in enumerate(getattr(statement, "handlers", [])))
        yield "else", getattr(statement, "orelse", [])
        yield "", getattr(statement, "finalbody", [])
    else:
        yield "body", getattr(statement, "body", [])
        yield "else", getattr(statement, "orelse", [])
