"""Which registrations of a module are of one application, and what each of them can become."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.places import heads, statements
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.steps import comes_after, goes_with
from starlette_upgrade.rewrite.lifespan.constructors import Constructor, Family, constructor_of
from starlette_upgrade.rewrite.lifespan.registrations import LISTS, WORDS, Registration, registration_of
from starlette_upgrade.semantics.naming import self_owner
from starlette_upgrade.semantics.types import ClassType, Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Module, Place

# What one object is called: the call that made it, or the expression for it in a scope.
Key = tuple[int, str]

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NESTED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Group:
    """What a module registers on one application or router.

    `inside`: what its constructor can take, in order. `outside`: what is registered where the constructor is not,
    in runs of one block. `obstacles` say what can't be told; with one, nothing of the group is rewritten.
    """

    constructor: Constructor | None = None
    inside: list[Registration] = field(default_factory=list)
    outside: list[list[Registration]] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    nodes: set[int] = field(default_factory=set)

    @property
    def statements(self) -> Iterator[ast.stmt]:
        """The statements beside which, or instead of which, something will stand."""
        if self.constructor is not None:
            yield self.constructor.place.statement
        for run in (self.inside, *self.outside):
            yield from (registration.statement for registration in run)

    @property
    def handler_names(self) -> frozenset[str]:
        runs = (self.inside, *self.outside)
        return frozenset(handler.code for run in runs for one in run for handler in one.handlers)

    def add(self, registration: Registration) -> None:
        """Adds what is registered, in the order in which it happens."""
        self.nodes.add(id(registration.node))
        if self.constructor is not None and not self.outside and _is_beside(registration, self.constructor):
            self.inside.append(registration)
        elif self.outside and self.outside[-1][-1].place.block is registration.place.block:
            self.outside[-1].append(registration)
        else:
            self.outside.append([registration])


@lru_cache(maxsize=8)
def groups_in(module: Module, inference: Inference, family: Family) -> tuple[Group, ...]:
    """The groups of a module, one for each application or router on which it registers handlers."""
    found = _uses(module, inference, family)
    made = {key[0] for _, _, key in found if not key[1]}
    groups: dict[Key, Group] = {}
    for constructor in _constructors(module, inference, made, family):
        key = _key_of(constructor)
        group = groups.setdefault(key, Group())
        if group.constructor is not None:
            group.obstacles.append("it is made in several places")
        group.constructor = constructor
        group.nodes.update(id(node) for _, node in constructor.handlers)
        if any(isinstance(block.owner, _LOOPS) for block in constructor.place.block.chain()):
            group.obstacles.append("it is made in a loop")
        if constructor.place.scope.is_class or _is_nested(constructor):
            group.obstacles.append("it is made in a class body or inside an expression")
        group.obstacles.extend(_own_ways(constructor, found, inference, family))
    for node, place, key in sorted(found, key=lambda use: _order(use[0], use[1])):
        group = groups.setdefault(key, Group())
        registration = registration_of(node, place, inference)
        if isinstance(registration, Registration):
            group.add(registration)
        else:
            group.nodes.add(id(node))
            group.obstacles.append(f"`{ast.unparse(node)}`: {registration.reason}")
    return tuple(group for group in groups.values() if group.nodes)


def _own_ways(
    constructor: Constructor,
    found: Sequence[tuple[ast.Attribute, Place, Key]],
    inference: Inference,
    family: Family,
) -> Iterator[str]:
    """Why a class of the project's own has to be ported as a whole, if it does more than to hand handlers on."""
    if constructor.is_of_self:
        cls = inference.classes.enclosing(constructor.place)
    else:
        made = inference.type_of(constructor.call.func, constructor.place)
        cls = made if isinstance(made, ClassType) else None
    if cls is None or cls.scope is None:
        return
    own = [base for base in inference.classes.line(cls) if base.scope is not None]
    runs = any(inference.classes.defines(base, name) for base in own for name in ("startup", "shutdown"))
    if constructor.owner == family.router and runs:
        yield "its class has its own way to run them"
    if constructor.is_of_self:
        for node, place, _ in found:
            where = inference.classes.enclosing(place)
            if where is not None and where.scope is cls.scope:
                registration = registration_of(node, place, inference)
                if not isinstance(registration, Registration):
                    yield f"`{ast.unparse(node)}`: {registration.reason}"


def registers_elsewhere(group: Group, module: Module, inference: Inference, family: Family) -> bool:
    """Whether other code than the group's may register handlers on its application, before or after."""
    own = id(group.constructor.call) if group.constructor is not None else 0
    near = {id(found): found for word in WORDS for found in inference.project.mentioning(word, module)}
    for other in (module, *near.values()):
        for node, _, key in _uses(other, inference, family):
            if id(node) not in group.nodes and (key[0] == own or key[1]):
                return True
    return False


@lru_cache(maxsize=64)
def _uses(module: Module, inference: Inference, family: Family) -> tuple[tuple[ast.Attribute, Place, Key], ...]:
    """The places where an application or router of the family is asked to register handlers."""
    return tuple(_found(module, inference, family))


def _found(module: Module, inference: Inference, family: Family) -> Iterator[tuple[ast.Attribute, Place, Key]]:
    for place in statements(module):
        for node in heads(place):
            if isinstance(node, ast.Attribute) and node.attr in WORDS:
                classes = (family.router,) if node.attr in LISTS else family.classes
                found = inference.type_of(node.value, place)
                receiver = judge_receiver(found, node.attr, classes, inference)
                if receiver is not None and receiver.whole and not is_guarded(place, node.attr):
                    yield node, place, _key(application_of(node.value, place, inference, family), place, inference)


def application_of(node: ast.expr, place: Place, inference: Inference, family: Family) -> ast.expr:
    """`app` for `app.router` of an application: what is registered on either runs with the application."""
    if isinstance(node, ast.Attribute) and node.attr == "router":
        found = inference.type_of(node.value, place)
        receiver = judge_receiver(found, "router", (family.application,), inference)
        if receiver is not None and receiver.certain:
            return node.value
    return node


def _key(node: ast.expr, place: Place, inference: Inference) -> Key:
    made = _made_by(node, place, inference)
    return (id(made), "") if made is not None else (id(place.scope), ast.unparse(node))


def _made_by(node: ast.expr, place: Place, inference: Inference) -> ast.Call | None:
    """The call that surely made what an expression gives, in this scope or at the top of its module."""
    if isinstance(node, ast.Name):
        found = inference.bindings_of(node.id, place, node)
        bindings = found if isinstance(found, list) else []
    else:
        owner = self_owner(place.scope, node.value) if isinstance(node, ast.Attribute) else None
        bindings = owner.self_attributes.get(node.attr, []) if owner is not None else []  # type: ignore[attr-defined]
    bindings = [binding for binding in bindings if not _is_none(binding.node)]
    if len(bindings) != 1:
        return None
    binding = bindings[0]
    if binding.kind == "from":
        return _imported(node, place, inference)
    is_value = binding.kind == "value" or (binding.kind == "annotated" and binding.node is not binding.annotation)
    if not is_value or binding.index is not None or not isinstance(binding.node, ast.Call):
        return None
    where = binding.place.scope
    return binding.node if where is place.scope or where.parent is None else None


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _imported(node: ast.expr, place: Place, inference: Inference) -> ast.Call | None:
    """The call at the top of another module that made what is imported from there."""
    found = list(members(without_none(inference.type_of(node, place))))
    if len(found) == 1 and isinstance(found[0], Instance) and found[0].origin is not None:
        call, where = found[0].origin
        return call if where.scope.parent is None else None
    return None


def _key_of(constructor: Constructor) -> Key:
    if not constructor.is_of_self:
        return id(constructor.call), ""
    scope = constructor.place.scope
    args = getattr(scope.node, "args", None)
    first = [*args.posonlyargs, *args.args][:1] if isinstance(args, ast.arguments) else []
    return id(scope), first[0].arg if first else ""


def _constructors(module: Module, inference: Inference, made: set[int], family: Family) -> Iterator[Constructor]:
    """The constructors that are given handlers, and those of what handlers are registered on."""
    for place in statements(module):
        for node in heads(place):
            if not isinstance(node, ast.Call):
                continue
            named = any(keyword.arg in LISTS for keyword in node.keywords)
            is_own = isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
            if not (named or is_own or id(node) in made or len(node.args) > 3):
                continue
            if is_guarded(place, *LISTS):
                continue
            found = constructor_of(node, place, inference, family)
            if found is not None and (found.handlers or is_own or id(node) in made):
                yield found


def _is_beside(registration: Registration, constructor: Constructor) -> bool:
    """Whether handlers are surely registered, once, after the constructor's call, in the same scope."""
    here, there = registration.place, constructor.place
    if here.scope is not there.scope or not comes_after(here, there):
        return False
    if constructor.is_open and not constructor.handlers:
        return False  # what is unpacked into it may hold a lifespan
    return goes_with(here, there)


def _is_nested(constructor: Constructor) -> bool:
    statement = constructor.place.statement
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return True  # a decorator, a default, a base
    inside = [node for node in heads(constructor.place) if isinstance(node, _NESTED)]
    return any(inner is constructor.call for node in inside for inner in ast.walk(node))


def _order(node: ast.Attribute, place: Place) -> tuple[int, int, int]:
    """In the order in which it happens: of two decorators the lower one comes first."""
    statement = place.statement
    line = -node.lineno if hasattr(statement, "decorator_list") else node.lineno
    return statement.lineno, line, node.col_offset
