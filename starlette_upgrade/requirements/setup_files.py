"""What setup.cfg and setup.py declare. setup.py is read, never run: only literals in it count."""

from __future__ import annotations

import ast
import configparser
import warnings
from collections.abc import Iterator, Mapping

from starlette_upgrade.requirements.evidence import Reading, joined
from starlette_upgrade.requirements.pep508 import read_requirement


def parse_setup_cfg(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What `install_requires` and the extras of a setup.cfg declare. Raises `ValueError`."""
    config = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        config.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    lists = [("options.install_requires", config.get("options", "install_requires", fallback=""))]
    if config.has_section("options.extras_require"):
        lists += [
            (f"options.extras_require.{name}", value) for name, value in config["options.extras_require"].items()
        ]
    return joined(
        read_requirement(line.split(" #")[0], f"{label} ({place})", environment)
        for place, lines in lists
        for line in lines.splitlines()
    )


def parse_setup_py(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What the literal arguments of `setup()` declare. Raises `ValueError` or `SyntaxError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a doubtful escape in someone's setup.py is not our business
        tree = ast.parse(text)
    constants = _module_constants(tree)
    return joined(
        read_requirement(requirement, f"{label} ({keyword.arg})", environment)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) == "setup"
        for keyword in call.keywords
        if keyword.arg in ("install_requires", "extras_require")
        for requirement in _literal_strings(keyword.value, constants)
    )


def _module_constants(tree: ast.Module) -> dict[str, ast.expr]:
    """`requires = [...]` at the top of the file, which is then passed by name."""
    return {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _literal_strings(node: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """The requirements written in a list, or in the lists of a dict; computed ones are left out."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id, node)
    values = node.values if isinstance(node, ast.Dict) else [node]
    for value in values:
        elements = value.elts if isinstance(value, (ast.List, ast.Tuple, ast.Set)) else [value]
        for element in elements:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                yield from element.value.splitlines()


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
