"""Plans: what a rewrite will do, decided before any of it is carried out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.finding import Span


class CannotApply(Exception):
    """A planned edit does not fit the code after all: the whole plan is dropped, and the reason told."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One node to be replaced.

    `statement` is the smallest statement around it; `span` and `kind` (libcst's class name) find the node in
    the statement's concrete tree; `change` takes that node and returns what stands in its place. Of several edits
    of one node, that with the smallest `turn` comes first. `moves_comments`: the plan puts those inside elsewhere.
    """

    statement: ast.stmt
    span: Span
    kind: str
    change: Callable[[Any], Any]
    turn: int = 0
    moves_comments: bool = False


@dataclass(frozen=True, slots=True)
class Fallback:
    """What an import is on releases before `since`: `name` of another module, or a `value` as written."""

    since: str
    module: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Whole lines put above or below a statement, at its indentation.

    `text` is Python as it would stand at the top level, indented by the file's own step. Above a statement it goes
    over the comments that belong to it. A `definition` has blank lines around it.
    """

    statement: ast.stmt
    text: str
    below: bool = False
    definition: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """A statement that goes with its line, and with the comment lines right above it if they are `commented`."""

    statement: ast.stmt
    commented: bool = False


@dataclass(frozen=True, slots=True)
class NewImport:
    """An import that a rewrite needs at the top of the module: `import module`, or `from module import name`.

    With `otherwise`, it is a `from` import that some releases do not have.
    """

    module: str
    name: str | None = None
    asname: str | None = None
    otherwise: Fallback | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All edits that resolve one usage, or several that share it; they apply together or not at all.

    `unsafe_because`: why it is not as safe as its rule's fix is elsewhere. `no_table`: why it is a call, although
    tables are asked for. `after`: plans that come first, where they are carried out at all.
    """

    edits: tuple[Edit, ...] = ()
    imports: tuple[NewImport, ...] = ()
    insertions: tuple[Insertion, ...] = ()
    removals: tuple[Removal, ...] = ()
    unsafe_because: str = ""
    no_table: str = ""
    after: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a usage is not rewritten although its rule could be, in a phrase for people.

    `text`: what to write by hand, as far as it can be told.
    """

    reason: str
    text: str = ""
