"""A subclass of `Jinja2Templates` that makes its environment in a method passes it to the constructor itself.

`super().__init__(env=self._create_env(directory))` stands in its `__init__`, or in one that is added. What the
method asked of its base is written out.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.templates.jinja_names import environment_and_loader
from starlette_upgrade.rewrite.text.fitting import code_of, fitted, indentation_of, margin_of
from starlette_upgrade.rewrite.text.listing import argument, keyword_of
from starlette_upgrade.semantics.classes import class_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

# What the constructor of the templates sets, before or after it has the environment.
_SET_BY_BASE = frozenset({"env", "context_processors"})
_STAYS = frozenset({"context_processors"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The class calls its own method, where up to then the base did."""
    method, scope = usage.node, usage.place.scope
    if not isinstance(method, ast.FunctionDef) or method.decorator_list:
        return Refusal("it is not a plain method")
    reason = _unfit(method, usage, context)
    if reason:
        return Refusal(reason)
    initialisers = scope.names.get("__init__", [])
    own = initialisers[0].node if len(initialisers) == 1 else None
    if initialisers and not isinstance(own, ast.FunctionDef):
        return Refusal("its `__init__` is not a plain method")
    edit = _passed_on(own, method, context) if isinstance(own, ast.FunctionDef) else _added(method, context)
    if isinstance(edit, Refusal):
        return edit
    written_out = _written_out(method, usage.place, context)
    if isinstance(written_out, Refusal):
        return written_out
    edits, imports = written_out
    return Plan((*edits, edit), imports)


def _unfit(method: ast.FunctionDef, usage: Usage, context: Context) -> str:
    """Why the method can't be called from the constructor as it is; "" if it can."""
    args = method.args
    if len(args.posonlyargs + args.args) != 2 or args.vararg or args.kwonlyargs or args.defaults:
        return "its parameters are other ones than those of Starlette's"
    line = context.inference.classes.line(class_of(usage.place.scope))
    if len(line) < 2 or line[1].scope is not None:
        return "its class has another one of the project's own above it"
    own = args.args[0].arg
    for node in ast.walk(method):
        owner = node.value if isinstance(node, ast.Attribute) and node.attr in _SET_BY_BASE else None
        if isinstance(owner, ast.Name) and owner.id == own:
            return f"it uses `{ast.unparse(node)}`, which the constructor sets"
        index = node.slice if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) else None
        if isinstance(index, ast.Constant) and index.value == "url_for":
            return "it asks the environment for `url_for`, which is put there later"
    return ""


def _written_out(
    method: ast.FunctionDef, place: Place, context: Context
) -> tuple[tuple[Edit, ...], tuple[NewImport, ...]] | Refusal:
    """`super()._create_env(directory)` as what it gave."""
    calls = [node for node in ast.walk(method) if _is_of_base(node, method.name)]
    if not calls:
        return (), ()
    names = environment_and_loader(None, place, context)
    if isinstance(names, Refusal):
        return names
    environment, loader = names
    document = context.module.document
    edits = []
    for call in calls:
        assert isinstance(call, ast.Call)
        if len(call.args) + sum(keyword.arg == "directory" for keyword in call.keywords) != 1:
            return Refusal(f"what `super().{method.name}` is given is not written out")
        statement = _statement_of(call, method)
        made = partial(
            _made,
            environment=environment.expression,
            loader=loader.expression,
            column=document.column(call.lineno, call.col_offset),
            indentation=indentation_of(document.lines[call.lineno - 1]),
            margin=partial(margin_of, document, statement.lineno),
        )
        edits.append(Edit(statement, document.span(call), "Call", made))
    return tuple(edits), tuple(dict.fromkeys((*environment.imports, *loader.imports)))


def _is_of_base(node: ast.AST, name: str) -> bool:
    """Whether a node is a call of `super().name(…)`."""
    function = node.func if isinstance(node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) and function.attr == name else None
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"


def _made(
    call: cst.Call, *, environment: str, loader: str, column: int, indentation: str, margin: Callable[[], Margin]
) -> cst.Call:
    """What Starlette's own method made: its loader and escaping, unless the options said something else."""
    import libcst as cst

    _refuse_comments(call)
    given = [one for one in call.args if one.star or keyword_of(one) not in (None, "directory")]
    directory = next(one for one in call.args if one not in given)
    load = code_of(cst.Call(cst.parse_expression(loader), [cst.Arg(directory.value)]))
    unpacked = [code_of(one.value) for one in given if one.star]
    options = {keyword_of(one): code_of(one.value) for one in given if not one.star}
    filled_in = {"loader": load, "autoescape": "True"}
    if unpacked:  # which may say the two, as well
        entries = [f'"{name}": {value}' for name, value in (filled_in | options).items()]
        text = f"{environment}(**{{{', '.join([*entries, *(f'**{one}' for one in unpacked)])}}})"
    else:
        text = f"{environment}({', '.join(f'{name}={value}' for name, value in (filled_in | options).items())})"
    changed = cst.parse_expression(text)
    assert isinstance(changed, cst.Call)
    room = margin()
    return fitted(changed, column, indentation.removeprefix(room.block), room)


def _passed_on(own: ast.FunctionDef, method: ast.FunctionDef, context: Context) -> Edit | Refusal:
    """The call of the base's constructor in `__init__`, with an environment instead of a directory."""
    calls = [node for node in ast.walk(own) if _is_of_base(node, "__init__")]
    call = calls[0] if len(calls) == 1 else None
    if not isinstance(call, ast.Call) or any(isinstance(given, ast.Starred) for given in call.args):
        return Refusal("its `__init__` does not simply call the one of its base")
    names = [keyword.arg for keyword in call.keywords]
    if None in names or "env" in names or len(call.args) + names.count("directory") != 1:
        return Refusal("what its `__init__` passes on is not written out")
    options = [name for name in names if name not in ("directory", *_STAYS)]
    if options and method.args.kwarg is None:
        return Refusal("its `__init__` passes options that the method does not take")
    statement = _statement_of(call, own)
    document = context.module.document
    change = partial(
        _with_environment,
        maker=f"{own.args.args[0].arg}.{method.name}",
        column=document.column(call.lineno, call.col_offset),
        margin=partial(margin_of, document, statement.lineno),
    )
    return Edit(statement, document.span(call), "Call", change)


def _statement_of(call: ast.Call, function: ast.FunctionDef) -> ast.stmt:
    """The innermost statement around a call."""
    found: ast.stmt = function
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and any(inner is call for inner in ast.walk(node)):
            found = node  # the walk goes from the outside in
    return found


def _with_environment(call: cst.Call, *, maker: str, column: int, margin: Callable[[], Margin]) -> cst.Call:
    import libcst as cst

    _refuse_comments(call)
    bare = [
        one.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
        for one in call.args
    ]
    stays = [one for one in bare if keyword_of(one) in _STAYS]
    goes = [
        argument(one.value) if keyword_of(one) == "directory" else one
        for one in bare
        if keyword_of(one) not in _STAYS
    ]
    goes.sort(key=lambda one: one.keyword is not None)
    made = argument(cst.Call(cst.parse_expression(maker), goes), "env")
    changed = call.with_changes(args=[*stays, made], whitespace_before_args=cst.SimpleWhitespace(""))
    return fitted(changed, column, "", margin())


def _refuse_comments(call: cst.Call) -> None:
    if "#" in code_of(call):
        raise CannotApply("a comment may stand between the arguments")


def _added(method: ast.FunctionDef, context: Context) -> Edit:
    """An `__init__` in front of the method (behind it, where a comment stands above that)."""
    document = context.module.document
    own, directory = method.args.args
    note = directory.annotation
    typed = f"directory: {document.segment(document.span(note))}" if note is not None else "directory"
    result = " -> None" if method.returns is not None else ""
    step = margin_of(document, method.lineno).step
    if method.args.kwarg is None:
        text = f"def __init__({own.arg}, {typed}, **options){result}:\n"
        text += f"{step}super().__init__(env={own.arg}.{method.name}(directory), **options)\n"
    else:
        options = method.args.kwarg.arg
        text = f"def __init__({own.arg}, {typed}, *, context_processors=None, **{options}){result}:\n"
        text += f"{step}env = {own.arg}.{method.name}(directory, **{options})\n"
        text += f"{step}super().__init__(context_processors=context_processors, env=env)\n"
    is_commented = document.lines[method.lineno - 2].lstrip().startswith("#")
    change = partial(_beside, text=text, behind=is_commented, step=step)
    return Edit(method, document.span(method), "FunctionDef", change)


def _beside(
    method: cst.FunctionDef, *, text: str, behind: bool, step: str
) -> cst.FlattenSentinel[cst.BaseStatement]:
    import libcst as cst

    added = cst.parse_statement(text, config=cst.PartialParserConfig(default_indent=step))
    if not isinstance(added, cst.FunctionDef):
        raise CannotApply("the constructor can't be written")
    gap = [cst.EmptyLine(indent=False)]
    if behind:
        return cst.FlattenSentinel([method, added.with_changes(leading_lines=gap)])
    return cst.FlattenSentinel([added, method.with_changes(leading_lines=gap)])
