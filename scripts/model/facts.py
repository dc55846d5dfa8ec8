"""What one release says of its classes, functions and names, in the words of the model."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.model.annotations import Annotations, makes_class, telling
from scripts.model.classes import ClassReader
from scripts.model.source import Imported
from scripts.model.values import value_of

if TYPE_CHECKING:
    from scripts.model.classes import Value
    from scripts.model.source import Package


@dataclass
class Facts:
    """What one release says.

    classes: each with its facts; a key is a table and a member, such as ("attributes", "url") or ("bases", "").
    imported: what a name that a module merely imports stands for. functions, instances: their types.
    """

    classes: dict[str, dict[tuple[str, str], Value]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)


def facts_of(package: Package) -> Facts:
    """All that one release says."""
    annotations = Annotations(package)
    facts = Facts()
    for module in package.modules.values():
        for name, bound in module.names.items():
            dotted = f"{module.name}.{name}"
            if isinstance(bound, ast.ClassDef):
                facts.classes[dotted] = ClassReader(dotted, bound, module, annotations).read()
            elif isinstance(bound, Imported):
                if not bound.typing_only:
                    facts.imported[dotted] = package.find(dotted).name
            elif isinstance(bound, ast.expr):
                if makes_class(bound):
                    facts.classes[dotted] = {}
                elif given := annotations.given_by(bound, module):
                    facts.classes[dotted] = {("returns", "__call__"): given}
                elif text := telling(value_of(bound, module, annotations)):
                    facts.instances[dotted] = text
            elif text := telling(annotations.result(bound, module)):
                facts.functions[dotted] = text
    return facts
