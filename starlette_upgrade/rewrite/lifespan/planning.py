"""The plans for a module's startup and shutdown handlers: one for each application, whatever registers them."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.usage import Context
from starlette_upgrade.rewrite.lifespan import edits, merging, text
from starlette_upgrade.rewrite.lifespan.constructors import FASTAPI, STARLETTE, Family, function_of
from starlette_upgrade.rewrite.lifespan.groups import application_of, groups_in, registers_elsewhere
from starlette_upgrade.rewrite.lifespan.handlers import handlers_of, is_parameter, is_path, written
from starlette_upgrade.rewrite.lifespan.naming import Taken, names_for
from starlette_upgrade.rewrite.lifespan.suggestion import suggested
from starlette_upgrade.rewrite.plan import Edit, Insertion, NewImport, Plan, Refusal, Removal
from starlette_upgrade.rewrite.ranges import Ranges
from starlette_upgrade.rewrite.text.fitting import step_of, width_of
from starlette_upgrade.semantics.interest import Candidates
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Usage
    from starlette_upgrade.rewrite.lifespan.constructors import Constructor
    from starlette_upgrade.rewrite.lifespan.groups import Group
    from starlette_upgrade.rewrite.lifespan.handlers import Handler
    from starlette_upgrade.rewrite.lifespan.registrations import Registration
    from starlette_upgrade.rewrite.lifespan.text import Handlers
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Module, Place, Scope

_NEVER_RAN = "beside a lifespan these handlers have never run; now they do"
_WRAPPED = (
    "where several places add to the lifespan of one application, their shutdown handlers run from the last place "
    "to the first, no longer in the order in which they were registered"
)
_ELSEWHERE = (
    "handlers that other code registers on the application run after these now, wherever they were registered"
)


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The plan for all handlers of the application on which the usage registers some."""
    family = FASTAPI if usage.active.rule.package == "fastapi" else STARLETTE
    found = plans_in(context.module, context.inference, family).get(id(usage.node))
    return found if found is not None else Refusal("what it registers can't be told")


@lru_cache(maxsize=8)
def plans_in(module: Module, inference: Inference, family: Family) -> dict[int, Plan | Refusal]:
    """The plans of a module, by the nodes that they resolve; one object for all that go together."""
    found: dict[int, Plan | Refusal] = {}
    context = Context(module, Candidates(), inference, frozenset())
    taken: dict[int, Taken] = {}
    for group in groups_in(module, inference, family):
        drafted: Plan | Refusal
        if group.obstacles:
            suggestion = suggested(group, inference, step_of(module.document))
            drafted = Refusal(group.obstacles[0], suggestion)
        else:
            draft = _Draft(group, context, family, taken)
            reason = draft.fill()
            drafted = reason if reason is not None else draft.plan()
        found.update(dict.fromkeys(group.nodes, drafted))
    return found


class _Draft:
    """A plan on its way."""

    def __init__(self, group: Group, context: Context, family: Family, taken: dict[int, Taken]) -> None:
        self._group = group
        self._context = context
        self._family = family
        self._document = context.module.document
        self._step = step_of(context.module.document)
        self._taken = taken
        self._edits: list[Edit] = []
        self._insertions: list[Insertion] = []
        self._removals: list[Removal] = []
        self._imports: list[NewImport] = []
        self._because: list[str] = []
        self._made: list[str] = []

    def plan(self) -> Plan:
        imports = tuple(dict.fromkeys(self._imports))
        because = "; ".join(dict.fromkeys(self._because))
        return Plan(tuple(self._edits), imports, tuple(self._insertions), tuple(self._removals), because)

    def fill(self) -> Refusal | None:
        constructor = self._group.constructor
        ranges = Ranges(self._document)
        for statement in self._group.statements:
            if ranges.alone(statement) is None:
                return Refusal("a statement shares its line with another")
        if constructor is not None and (constructor.handlers or self._group.inside):
            refusal = self._at_constructor(constructor)
            if refusal is not None:
                return refusal
            if registers_elsewhere(self._group, self._context.module, self._context.inference, self._family):
                self._because.append(_ELSEWHERE)
        for run in self._group.outside:
            if getattr(run[0].place.scope.node, "name", None) in self._group.handler_names:
                return Refusal(f"`{ast.unparse(run[0].node)}`: a handler registers it, when the lifespan has begun")
            refusal = self._wrapped(run)
            if refusal is not None:
                return refusal
        return None

    # At the constructor

    def _at_constructor(self, constructor: Constructor) -> Refusal | None:
        place, inference = constructor.place, self._context.inference
        handlers: Handlers = {"startup": [], "shutdown": []}
        for event, given in constructor.handlers:
            value = given.value if isinstance(given, ast.keyword) else given
            found = handlers_of(value, place, inference)
            if isinstance(found, Refusal):
                return found
            comments = edits.comments_inside(value, self._document)
            named = [self._named(handler, event, place.scope) for handler in found]
            self._made.extend(f"{handler.code} = {handler.made}" for handler in named if handler.made)
            if comments and named:
                named[0] = named[0].commented(comments)
            handlers[event] = [*handlers[event], *named]
        for registration in self._group.inside:
            handlers[registration.event] = [*handlers[registration.event], *self._taken_away(registration)]
        if not handlers["startup"] and not handlers["shutdown"]:
            self._edits.append(edits.constructed(constructor, "", self._document))
            return None
        return self._given(constructor, handlers)

    def _given(self, constructor: Constructor, handlers: Handlers) -> Refusal | None:
        """The handlers as the lifespan of the constructor, or beside the one that it has."""
        place, inference = constructor.place, self._context.inference
        taken, existing = self._names_in(place.scope), constructor.lifespan
        inner = ""
        name = _name_of(constructor)
        function = function_of(existing, place, inference) if existing is not None else None
        handed_on = existing is not None and is_parameter(existing, place)
        found = names_for(
            [*handlers["startup"], *handlers["shutdown"]],
            taken,
            place,
            self._context,
            wraps=existing is not None and not handed_on,
            app=self._family.application if constructor.owner == self._family.application else "",
        )
        if isinstance(found, Refusal):
            return found
        names, imports = found
        if existing is not None and not handed_on:
            self._because.append(_NEVER_RAN)
            if function is None or merging.runs_handlers_itself(function):
                return Refusal("its lifespan may run the handlers itself, by `router.startup()`")
            roots = frozenset(root for event in handlers.values() for handler in event for root in handler.roots)
            where = merging.place_to_merge(function, place.scope, roots)
            if where is not None:
                insertion, removal = merging.merged(where, handlers, names, self._step, self._document)
                self._insertions.append(insertion)
                if self._made:
                    self._insertions.append(Insertion(place.statement, "\n".join(self._made)))
                self._removals.extend([removal] if removal is not None else [])
                self._imports.extend(new for new in imports if new.module == "inspect")
                if constructor.handlers:
                    self._edits.append(edits.constructed(constructor, "", self._document))
                return None
            if not merging.is_context_manager(function):
                return Refusal("what the lifespan beside it is can't be told")
            inner = written(existing, place)
        self._imports.extend(imports)
        names = replace(names, lifespan=taken.fresh("lifespan", f"{name}_lifespan"))
        rows = self._within(text.lifespan(handlers, names, self._step, inner), place)
        if self._made:
            rows = [*self._made, *self._blank(place), *rows]
        self._insertions.append(Insertion(place.statement, "\n".join(rows), definition=True))
        value = names.lifespan
        if existing is not None and handed_on:
            given = written(existing, place)
            value = f"{names.lifespan} if {given} is None else {given}"
        self._edits.append(edits.constructed(constructor, value, self._document))
        return None

    # Elsewhere

    def _wrapped(self, run: list[Registration]) -> Refusal | None:
        """Handlers that are registered where the constructor is not: they wrap the lifespan that there is."""
        place, inference = run[0].place, self._context.inference
        receiver = application_of(run[0].receiver, place, inference, self._family)
        if not is_path(receiver):
            return Refusal(f"`{ast.unparse(receiver)}` would be asked for twice")
        router = written(run[0].receiver, place)
        if receiver is run[0].receiver and not self._is_router(run[0]):
            router = f"{router}.router"
        handlers: Handlers = {"startup": [], "shutdown": []}
        for registration in run:
            handlers[registration.event] = [*handlers[registration.event], *self._taken_away(registration)]
        if not handlers["startup"] and not handlers["shutdown"]:
            return None
        taken = self._names_in(place.scope)
        found = names_for(
            [*handlers["startup"], *handlers["shutdown"]],
            taken,
            place,
            self._context,
            wraps=True,
            app="" if self._is_router(run[0]) else self._family.application,
        )
        if isinstance(found, Refusal):
            return found
        names, imports = found
        self._imports.extend(imports)
        self._because.append(_WRAPPED)
        inner = taken.fresh("lifespan_context", "inner_lifespan")
        names = replace(names, lifespan=taken.fresh("lifespan", f"{last_name(receiver)}_lifespan"), inner=inner)
        blank = self._blank(place)
        rows = [
            f"{inner} = {router}.lifespan_context",
            *blank,
            *self._within(text.lifespan(handlers, names, self._step, inner), place),
            *blank,
            f"{router}.lifespan_context = {names.lifespan}",
        ]
        going = {id(removal.statement) for removal in self._removals}
        tail = [run[-1].statement]
        for registration in reversed(run[:-1]):
            if id(tail[-1]) not in going or not self._follow(registration.statement, tail[-1]):
                break
            tail.append(registration.statement)
        while len(tail) > 1 and id(tail[-1]) not in going:
            tail.pop()
        stays = id(tail[-1]) not in going
        self._insertions.append(Insertion(tail[-1], "\n".join(rows), below=stays, definition=True))
        return None

    @staticmethod
    def _blank(place: Place) -> list[str]:
        """The blank lines above a definition."""
        return [""] if place.statement.col_offset else ["", ""]

    def _within(self, rows: list[str], place: Place) -> list[str]:
        """The lines as broad as those of the file."""
        column = self._document.column(place.statement.lineno, place.statement.col_offset) - 1
        return text.within(rows, width_of(self._document) - column, self._step)

    def _follow(self, one: ast.stmt, other: ast.stmt) -> bool:
        """Whether nothing but blank lines and comments stands between two statements."""
        rows = self._document.lines[one.end_lineno or one.lineno : other.lineno - 1]
        return all(not row.strip() or row.lstrip().startswith("#") for row in rows)

    def _is_router(self, registration: Registration) -> bool:
        application, inference = self._family.application, self._context.inference
        return not is_object_of(registration.receiver, registration.place, inference, application)

    # Both

    def _taken_away(self, registration: Registration) -> list[Handler]:
        """The handlers as the lifespan will call them, their registration being gone."""
        scope = registration.place.scope
        named = [self._named(handler, registration.event, scope) for handler in registration.handlers]
        kept = [(handler.code, handler.made) for handler in named if handler.made]
        if registration.decorator is not None:
            self._edits.append(edits.undecorated(registration, self._document))
        change = edits.kept(registration, kept, self._document) if kept else None
        if isinstance(change, Edit):
            self._edits.append(change)
            return named
        if change is not None:
            self._insertions.append(change)
        if registration.decorator is None:
            comments = edits.comments_of(registration.statement, self._document)
            self._removals.append(edits.gone(registration))
            named[:1] = [handler.commented(comments) for handler in named[:1]]
        return named

    def _named(self, handler: Handler, event: str, scope: Scope) -> Handler:
        """The handler with a name for what has to be kept."""
        if not handler.made:
            return handler
        plural = "s" if handler.many else ""
        return replace(handler, code=self._names_in(scope).fresh(f"{event}_handler{plural}"))

    def _names_in(self, scope: Scope) -> Taken:
        return self._taken.setdefault(id(scope), Taken(scope))


def _name_of(constructor: Constructor) -> str:
    """What the application is called where it is made."""
    statement = constructor.place.statement
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return last_name(targets[0]).strip("_") or "app" if targets and targets[0] is not None else "app"
