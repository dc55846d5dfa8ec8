"""A usage: a place in code that touches an API that a rule speaks of."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette_upgrade.rewrite.plan import Plan, Refusal
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.interest import Candidates
    from starlette_upgrade.semantics.scopes import Module, Place
    from starlette_upgrade.settings.options import Style
    from starlette_upgrade.source.template_files import Template

T = TypeVar("T")

Node = ast.stmt | ast.expr | ast.keyword | ast.alias


@dataclass(frozen=True, slots=True)
class Context:
    """A module as the matchers see it. `named_near`: the interesting classes that it or a file near it names.

    `templates_in` gives the templates in a folder; `style`: what is registered on an app is rewritten
    to calls, or to tables of its constructor; `on_both`: what is planned has to run on the older release, too;
    `shared` holds the plans that are about more than one usage, by what they are about.
    """

    module: Module
    candidates: Candidates
    inference: Inference
    named_near: frozenset[str]
    templates_in: Callable[[Path], Sequence[Template]] = lambda _: ()
    style: Style = "call"
    on_both: bool = False
    shared: dict[object, Plan | Refusal] = field(default_factory=dict)
    _read: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, read: Callable[[Context], T]) -> T:
        """What `read` makes of the module: several rules ask for it, and it is made for the first."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Usage:
    """A usage of what `active` speaks of.

    `node` is what a finding underlines, `parent` the node around it, `call` the call that it belongs to.
    `name` is the symbol, attribute or keyword; `receiver` the canonical class it is used on. `certain`: the
    receiver's type is known; `whole`: it can be nothing else, so that a rewrite can't break another type's code.
    `skipped`: how many positional arguments of `call` stand before the callable's own (`partial(f, …)`);
    `in_front`: an argument that is missing is the first positional one.
    """

    active: ActiveRule
    node: Node
    place: Place
    name: str
    receiver: str = ""
    parent: ast.AST | None = None
    call: ast.Call | None = None
    certain: bool = True
    whole: bool = True
    skipped: int = 0
    in_front: bool = False
