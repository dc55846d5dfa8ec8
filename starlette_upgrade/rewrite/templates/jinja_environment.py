"""`Jinja2Templates(directory, **options)` becomes `Jinja2Templates(env=jinja2.Environment(…))`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_loads import templates_of
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.templates.environment_call import OWN, built
from starlette_upgrade.rewrite.templates.jinja_names import environment_and_loader
from starlette_upgrade.rewrite.text.fitting import f_string_around, indentation_of, margin_of
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.types import ClassType, Instance, members, without_none

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

# What the old constructor filled in where an option did not say it.
_FILLED_IN = ("loader", "autoescape")
_MUTATING = frozenset({"update", "setdefault", "pop", "popitem", "clear"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What the old constructor built from its options, written out."""
    call = usage.call
    if call is None:
        return Refusal("the options are not written in the call")
    made = _made_class(call, usage.place, context)
    if made is not None and context.inference.classes.owner(made, "_create_env", (usage.receiver,)) is None:
        return Refusal("its class builds the environment itself, in `_create_env`")
    return with_environment(call, usage.place, context)


def _made_class(call: ast.Call, place: Place, context: Context) -> ClassType | None:
    """The class whose constructor is called; of `super().__init__(…)`, the one that it stands in."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
        around = place.scope.parent
        return class_of(around) if around is not None and around.is_class else None
    made = context.inference.type_of(call.func, place)
    return made if isinstance(made, ClassType) else None


def plan_escaping(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The environment that the old constructor built, which escapes all templates, where they are made."""
    made = _constructor(usage, context)
    if made is None:
        return Refusal("where the templates are made is not known")
    call, place = made
    path = place.scope.module.document.path
    if path != context.module.document.path:
        return Refusal(f"the templates are made in another file, {path.name}")
    return with_environment(call, place, context)


def _constructor(usage: Usage, context: Context) -> tuple[ast.Call, Place] | None:
    """The call that made the templates of a usage: itself, or where the object comes from."""
    call = usage.call
    if call is None or usage.parent is None:
        return None if call is None else (call, usage.place)
    owner, place = call.func.value if isinstance(call.func, ast.Attribute) else None, usage.place
    if owner is not None:
        owner, place = templates_of(owner, place, context.inference)
    found = context.inference.type_of(owner, place) if owner is not None else None
    origins = [one.origin for one in members(without_none(found)) if isinstance(one, Instance)] if found else []
    return origins[0] if len(origins) == 1 else None


def with_environment(call: ast.Call, place: Place, context: Context) -> Plan | Refusal:
    """The call of a constructor with `env=jinja2.Environment(…)` in place of its directory and options."""
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    if any(isinstance(given, ast.Starred) for given in call.args):
        return Refusal("some arguments are unpacked from a variable")
    for keyword in call.keywords:
        unpacked = _keys_of(keyword.value, place) if keyword.arg is None else ()
        if unpacked is None:
            return Refusal("some arguments are unpacked from a variable")
        if not (OWN | {"directory"}).isdisjoint(unpacked):
            return Refusal("the options are in a dict with other arguments")
        names.update(unpacked)
    if "env" in names:
        return Refusal("env= is given already")
    if len(call.args) > 1 or (not call.args and "directory" not in names and "loader" not in names):
        return Refusal("the template directory is not where it is expected")
    is_of_base = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
    names_of_jinja = environment_and_loader(None if is_of_base else call.func, place, context)
    if isinstance(names_of_jinja, Refusal):
        return names_of_jinja
    environment, loader = names_of_jinja
    document = context.module.document
    change = partial(
        built,
        environment=environment.expression,
        loader=loader.expression,
        said=frozenset(names.intersection(_FILLED_IN)),
        column=document.column(call.lineno, call.col_offset),
        indentation=indentation_of(document.lines[call.lineno - 1]),
        margin=partial(margin_of, document, place.statement.lineno),
        one_line=f_string_around(call, place.statement) is not None,
    )
    imports = tuple(dict.fromkeys((*environment.imports, *loader.imports)))
    return Plan((Edit(place.statement, document.span(call), "Call", change),), imports)


def _keys_of(value: ast.expr, place: Place) -> frozenset[str] | None:
    """All keys of a dict that is unpacked, if it is written out; None if it may have others."""
    if isinstance(value, ast.Name):
        return _keys_of_variable(value.id, place)
    if isinstance(value, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
    elif (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "dict"
        and not value.args
    ):
        keys = [keyword.arg for keyword in value.keywords]
    else:
        return None
    texts = frozenset(key for key in keys if isinstance(key, str))
    return texts if len(texts) == len(keys) else None


def _keys_of_variable(name: str, place: Place) -> frozenset[str] | None:
    """The keys of a dict that has one name, is written out once and is nowhere changed in its module."""
    for scope in (place.scope, place.scope.module.scope):
        bindings = scope.names.get(name, [])
        if bindings:
            break
    if len(bindings) != 1 or bindings[0].kind not in ("value", "annotated"):
        return None
    if any(_may_change(node, name) for node in ast.walk(place.scope.module.document.tree)):
        return None
    written = bindings[0].node
    return _keys_of(written, place) if isinstance(written, ast.Dict | ast.Call) else None


def _may_change(node: ast.AST, name: str) -> bool:
    """Whether a node puts something into the dict `name`, or takes it out."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return False
    if not isinstance(node.value, ast.Name) or node.value.id != name:
        return False
    return getattr(node, "attr", "") in _MUTATING or not isinstance(node.ctx, ast.Load)
