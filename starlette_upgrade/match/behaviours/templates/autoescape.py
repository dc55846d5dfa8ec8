"""Templates that Starlette 1.0 no longer escapes: all but .html, .htm and .xml, without an own `env`.

Each template goes by its own name, also one that another includes, extends or imports.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.folders import (
    folders_named,
    folders_of_loader,
    is_root,
    root_above,
)
from starlette_upgrade.match.behaviours.templates.template_loads import template_loads
from starlette_upgrade.match.behaviours.templates.template_response import TEMPLATES
from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.match.behaviours.templates.template_names import Name
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Module, Place
    from starlette_upgrade.source.template_files import Template

# What jinja2.select_autoescape() escapes, in any case of letters.
_ESCAPED = (".html", ".htm", ".xml")
# What only templates are called, and texts that may be some.
_TEMPLATES_ONLY = frozenset({".j2", ".jinja", ".jinja2", ".jj", ".jj2", ".template", ".tmpl", ".tpl"})
_TEXTS = frozenset({".eml", ".svg", ".txt", ".xhtml"})
_SHOWN = 3
# Escaping switched on, or another environment put in the place of Starlette's.
_ENVIRONMENT_CHANGED = re.compile(r"\.env\.autoescape|\.env\s*=(?!=)")
_MADE = re.compile(r"(?<!class )\bJinja2Templates\((?!\))")
_ARGUMENTS = re.compile(r"(?<!class )\bJinja2Templates\(((?:[^()]|\([^()]*\))+)\)")
_OPTIONS = re.compile(r"\b(?:env|loader|autoescape)\s*=|\*\*")
_SUBCLASS = re.compile(r"\bclass\s+\w+\([^)]*\bJinja2Templates\b")
_WORDS = ("TemplateResponse", "get_template", "Jinja2Templates")
_OTHER_ENVIRONMENT = re.compile(r"\b(?:Environment|NativeEnvironment)\(|\bjinja2?\.Template\(")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Folders with templates that were escaped and are not any more, and names of such that no folder tells."""
    if _changes_environment(context.module.document.text):
        return
    for call, place in context.candidates.calls:
        sure, others = _told(call, place, context)
        if sure or others:
            shown, certain = _listed(sure or others), bool(sure)
            yield Usage(active, call, place, shown, TEMPLATES, None, call, certain, certain)
    for load in template_loads(context):
        if is_chosen(load.place):
            continue
        if load.made is None:
            raw = [str(name) for name in load.names if _loses(name, ())]
            if raw and _are_all_plain(context):
                call = load.call
                yield Usage(active, load.node, load.place, _listed(raw), TEMPLATES, call, call, False, False)
            continue
        if not _is_plain(*load.made, context):
            continue
        files = _templates(*load.made, context)
        is_looked_at = context.inference.project.is_of_run(load.made[1].scope.module)
        told = _told(*load.made, context)[0] if files and is_looked_at else []
        raw = [str(name) for name in load.names if _loses(name, files) and name.text not in told]
        if raw:
            yield Usage(active, load.node, load.place, _listed(raw), TEMPLATES, load.call, load.call)


def _told(made: ast.Call, place: Place, context: Context) -> tuple[list[str], list[str]]:
    """What a finding at a constructor names: templates that are loaded for sure, and texts that may be some."""
    if not _is_plain(made, place, context) or is_chosen(place):
        return [], []
    module = place.scope.module
    folders = _folders(made, place, context)
    files = [template for folder in folders for template in context.templates_in(folder)]
    concerned = [file.name for file in files if file.puts_in and is_raw(file.name)]
    if not concerned or _changed_elsewhere(module, context):
        return [], []
    return _sorted_out(concerned, files, module, context, is_wide=any(map(is_root, folders)))


def _is_plain(made: ast.Call, place: Place, context: Context) -> bool:
    """Whether a call makes a Jinja2Templates with the environment that Starlette makes for it."""
    if any(keyword.arg in ("env", "autoescape", "loader", None) for keyword in made.keywords):
        return False
    cls = class_named(made.func, place, context.inference, TEMPLATES)
    if cls is None or _changes_environment(place.scope.module.document.text):
        return False
    # A class that has a constructor may make an environment of its own.
    classes = context.inference.classes
    return not any(
        classes.defines(base, name) for base in classes.line(cls) for name in ("__init__", "_create_env")
    )


def _are_all_plain(context: Context) -> bool:
    """Whether the project makes objects of the class, and each with the environment that Starlette makes for it."""
    root = root_above(context.module.document.path)
    holding = (module.document for module in context.inference.project.holding("Jinja2Templates"))
    texts = [document.text for document in holding if root in document.path.absolute().parents]
    made = [arguments for text in texts for arguments in _ARGUMENTS.findall(text)]
    odd = any(_changes_environment(text) or _SUBCLASS.search(text) for text in texts)
    return bool(made) and not odd and not any(map(_OPTIONS.search, made))


def _templates(made: ast.Call, place: Place, context: Context) -> list[Template]:
    return [template for folder in _folders(made, place, context) for template in context.templates_in(folder)]


def _folders(made: ast.Call, place: Place, context: Context) -> list[Path]:
    """The folders of a Jinja2Templates, as far as they are known."""
    if ".env.loader" in place.scope.module.document.text:
        return _folders_set_later(made, place, context)
    directory = argument_of(made, "directory", 0)
    return folders_named(directory, place, context.inference) if directory is not None else []


def _folders_set_later(made: ast.Call, place: Place, context: Context) -> list[Path]:
    """Those of `templates.env.loader = …`, which counts in place of the folder of the constructor."""
    module = place.scope.module
    surroundings = inside(module.scope)
    for node in module.document.tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Attribute):
            continue
        target = node.targets[0]
        if target.attr == "loader" and isinstance(target.value, ast.Attribute) and target.value.attr == "env":
            at = surroundings.place(node.value)
            found = members(without_none(context.inference.type_of(target.value.value, at)))
            if any(isinstance(one, Instance) and one.origin and one.origin[0] is made for one in found):
                return folders_of_loader(node.value, at, context.inference)
    return []


def _loses(name: Name, files: Sequence[Template]) -> bool:
    """Whether a template of this name is escaped no longer, and has something to escape as far as is known."""
    if not is_raw(name.text) or not (name.whole or "." in name.text):
        return False
    file = next((file for file in files if name.whole and file.name == name.text), None)
    return file is None or file.puts_in


def _sorted_out(
    concerned: Sequence[str], files: Sequence[Template], module: Module, context: Context, *, is_wide: bool
) -> tuple[list[str], list[str]]:
    """The concerned files that are surely loaded by what a module makes, and those that may be.

    `is_wide`: the folder is a whole project, which holds templates for other things, too.
    """
    project = context.inference.project
    near = {id(one): one for word in _WORDS for one in project.mentioning(word, module)}.values()
    # What makes an object of its own is taken to load its templates by that one.
    texts = [one.document.text for one in near if one is module or not _MADE.search(one.document.text)]
    root = root_above(module.document.path)
    holding = (one.document for one in project.holding("Jinja2Templates"))
    makers = sum(len(_MADE.findall(one.text)) for one in holding if root in one.path.absolute().parents)
    is_alone = not is_wide and makers <= 1 and not any(_OTHER_ENVIRONMENT.search(text) for text in texts)
    reached = _reached(files, texts)
    sure, possible = [], []
    for name in concerned:
        ending = PurePosixPath(name).suffix.lower()
        if name in reached or (is_alone and ending in _TEMPLATES_ONLY):
            sure.append(name)
        elif is_alone and ending in _TEXTS:
            possible.append(name)
    return sure, possible


def _reached(files: Sequence[Template], texts: Sequence[str]) -> set[str]:
    """The templates that code names, and those that these load."""
    loads = {file.name: file.loads for file in files}
    waiting = [name for name in loads if any(f'"{name}"' in text or f"'{name}'" in text for text in texts)]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(loads.get(name, ()))
    return reached


def _changed_elsewhere(home: Module, context: Context) -> bool:
    """Whether a module that can import this one sets up the environment."""
    others = context.inference.project.mentioning("env", home)
    return any(_changes_environment(module.document.text) for module in others)


def _listed(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are: "`a.j2`, `b.txt` and 3 more"."""
    shown, rest = [f"`{name}`" for name in names[:_SHOWN]], len(names) - _SHOWN
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


@lru_cache(maxsize=16)
def _changes_environment(text: str) -> bool:
    return _ENVIRONMENT_CHANGED.search(text) is not None


def is_raw(name: str) -> bool:
    """Whether a template of this name is not escaped by `jinja2.select_autoescape()`."""
    return not name.lower().endswith(_ESCAPED)
