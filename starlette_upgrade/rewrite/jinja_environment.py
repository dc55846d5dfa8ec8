"""`Jinja2Templates(directory, **options)` becomes `Jinja2Templates(env=jinja2.Environment(…))`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.names import reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.sequences import keyword_of, one_line_each
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_WIDTH = 99  # a longer line is broken, whatever the project's own limit
_OWN = frozenset({"directory", "context_processors", "env"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What the old constructor built from its options, written out."""
    call = usage.call
    if call is None or not isinstance(usage.node, ast.keyword):
        return Refusal("the options are passed in a dict, not written in the call")
    made = context.inference.type_of(call.func, usage.place)
    if (
        isinstance(made, ClassType)
        and context.inference.classes.owner(made, "_create_env", (usage.receiver,)) is None
    ):
        return Refusal("its class builds the environment itself, in `_create_env`")
    names = {keyword.arg for keyword in call.keywords}
    if None in names or any(isinstance(argument, ast.Starred) for argument in call.args):
        return Refusal("some arguments are unpacked from a variable")
    if "env" in names:
        return Refusal("env= is given already")
    if len(call.args) > 1 or (not call.args and "directory" not in names and "loader" not in names):
        return Refusal("the template directory is not where it is expected")
    environment = reach("jinja2.Environment", usage.place, context, module_style=True)
    loader = reach("jinja2.FileSystemLoader", usage.place, context, module_style=True)
    if isinstance(environment, Refusal):
        return environment
    if isinstance(loader, Refusal):
        return loader
    document = context.module.document
    line = document.lines[call.lineno - 1]
    block = document.lines[usage.place.statement.lineno - 1]
    change = partial(
        _rewrite,
        environment=environment.expression,
        loader=loader.expression,
        column=document.column(call.lineno, call.col_offset),
        extra=line[len(block) - len(block.lstrip()) : len(line) - len(line.lstrip())],
    )
    imports = tuple(dict.fromkeys((*environment.imports, *loader.imports)))
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),), imports)


def _rewrite(call: cst.Call, *, environment: str, loader: str, column: int, extra: str) -> cst.Call:
    import libcst as cst

    directory: cst.BaseExpression | None = None
    options: list[tuple[str, cst.BaseExpression]] = []
    kept: list[tuple[str, cst.BaseExpression]] = []
    for argument in call.args:
        name = keyword_of(argument)
        if name is None or name == "directory":
            directory = argument.value
        elif name in _OWN:
            kept.append((name, argument.value))
        else:
            options.append((name, argument.value))
    if not options:
        raise CannotApply("no option is left")
    given = dict(options)
    built: list[cst.Arg] = []
    if "loader" not in given:
        if directory is None:
            raise CannotApply("no template directory")
        loading = cst.Call(cst.parse_expression(loader), [cst.Arg(directory)])
        built.append(_keyword("loader", loading))
    else:
        built.append(_keyword("loader", given["loader"]))
    if "autoescape" not in given:
        built.append(_keyword("autoescape", cst.Name("True")))  # jinja2's own default is off, Starlette's was on
    built.extend(_keyword(name, value) for name, value in options if name != "loader")
    made = cst.Call(cst.parse_expression(environment), built)
    others = [_keyword(name, value) for name, value in kept]
    flat = call.with_changes(args=[*others, _keyword("env", made)], whitespace_before_args=cst.SimpleWhitespace(""))
    if column + len(cst.Module([]).code_for_node(flat)) <= _WIDTH:
        return flat
    inner = len(extra) + 8 + sum(len(cst.Module([]).code_for_node(argument)) + 2 for argument in built)
    made = one_line_each(made, f"{extra}    ", arguments_together=inner <= _WIDTH)
    broken = call.with_changes(args=[*others, _keyword("env", made)])
    return one_line_each(broken, extra, arguments_together=not others)


def _keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    import libcst as cst

    nothing = cst.SimpleWhitespace("")
    equal = cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
    return cst.Arg(value, keyword=cst.Name(name), equal=equal)
