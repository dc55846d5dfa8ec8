"""Scopes and bindings: which names a module, class or function binds, to what, where, on which condition."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.source.document import Document

ScopeNode = (
    ast.Module
    | ast.ClassDef
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)
BindingKind = Literal[
    "import",
    "from",
    "value",
    "annotated",
    "item",
    "with",
    "element",
    "parameter",
    "function",
    "class",
    "opaque",
]


_TESTED = (ast.If, ast.While, ast.Match)


class Block:
    """A run of statements under one condition: `arm` of the compound statement `owner`, inside `parent`.

    `is_tested`: it, or a block around it, is a branch of an `if`, `while` or `match`.
    """

    __slots__ = ("arm", "is_tested", "owner", "parent")

    def __init__(self, parent: Block | None, owner: ast.AST | None, arm: str) -> None:
        self.parent = parent
        self.owner = owner
        self.arm = arm
        self.is_tested: bool = owner.__class__ in _TESTED or (parent is not None and parent.is_tested)

    def chain(self) -> Iterator[Block]:
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent

    @property
    def condition(self) -> Block:
        """The block whose condition this one stands under: the body of a `with` has none of its own."""
        return self.parent.condition if self.arm == "with" and self.parent is not None else self

    def reaches(self, other: Block) -> bool:
        """Whether `other` lies in this block, so that what happens here has happened there."""
        own = self.condition
        return any(block is own for block in other.chain())

    def excludes(self, other: Block) -> bool:
        """Whether this block and `other` are branches of one `if` (or `match`), of which only one runs."""
        mine = {id(block.owner): block for block in self.chain() if block.owner is not None}
        for block in other.chain():
            twin = mine.get(id(block.owner)) if block.owner is not None else None
            if twin is not None:
                return twin.arm != block.arm and isinstance(block.owner, ast.If | ast.Match)
        return False


class Place:
    """Where an expression stands: its scope, its block, and the innermost statement around it."""

    __slots__ = ("block", "scope", "statement")

    def __init__(self, scope: Scope, block: Block, statement: ast.stmt) -> None:
        self.scope = scope
        self.block = block
        self.statement = statement


@dataclass(slots=True, eq=False)
class Binding:
    """One event that gives a name a value.

    `node` is what the value comes from: the expression, the alias, the parameter, the definition. `index` is
    the position of the name in a tuple on the left; `annotation` the declared type, if there is one.
    """

    kind: BindingKind
    node: ast.AST
    place: Place
    statement: ast.AST
    index: int | None = None
    annotation: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Scope:
    """A namespace: a module, a class body, a function or a comprehension.

    `place` is where it is defined (None for a module). `self_attributes` of a class holds what its methods
    assign to `self.x`. `tests` are conditions that hold (or fail) after their statement: of an `assert`, or of an
    `if` that is left at its end. A function's body is bound when it is first asked for.
    """

    node: ScopeNode
    module: Module
    place: Place | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    self_attributes: dict[str, list[Binding]] = field(default_factory=dict)
    outer_names: set[str] = field(default_factory=set)
    stars: list[tuple[ast.ImportFrom, Place]] = field(default_factory=list)
    returns: list[tuple[ast.expr, Place]] = field(default_factory=list)
    yields: list[tuple[ast.expr, Place]] = field(default_factory=list)
    tests: list[tuple[ast.expr, Place, bool]] = field(default_factory=list)
    functions: dict[int, Scope] = field(default_factory=dict)
    bound: bool = False

    @property
    def parent(self) -> Scope | None:
        return self.place.scope if self.place else None

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)

    @property
    def qualified_name(self) -> str:
        """Dotted name from the module down, for people."""
        own = getattr(self.node, "name", "<lambda>")
        if self.parent is None:
            return self.module.name
        return f"{self.parent.qualified_name}.{own}"


class Module:
    """A parsed file with its scopes.

    `name` is its dotted name as far as its folders tell; `lines` are the numbers of its lines of interest; `calls`
    all calls in it, if they were collected.
    """

    __slots__ = (
        "calls",
        "document",
        "has_isinstance",
        "has_type_checking",
        "has_walrus",
        "is_package",
        "lines",
        "name",
        "scope",
    )

    def __init__(self, document: Document, name: str, lines: Sequence[int] = ()) -> None:
        self.document = document
        self.name = name
        self.is_package = document.path.name == "__init__.py"
        self.lines = lines
        self.calls: list[tuple[ast.Call, Place]] | None = None
        self.has_type_checking = "TYPE_CHECKING" in document.text
        self.has_walrus = ":=" in document.text
        self.has_isinstance = "isinstance" in document.text or "match " in document.text
        self.scope = Scope(document.tree, self, None)
