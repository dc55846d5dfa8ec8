"""What a rule is made of, from TOML: its code and name, its matches, its examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    Example,
    OverrideMatch,
    SymbolMatch,
    WarningMatch,
)
from starlette_upgrade.ruleset.schema import Table

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from starlette_upgrade.ruleset.rule import Match

CODE = re.compile(r"SU\d{3}")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def table_of(file: Path) -> Table:
    """What a TOML file holds. Raises RulesetError."""
    import tomli

    try:
        return Table(file.name, tomli.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesetError(f"{file.name}: {error}") from None


def code_and_name(table: Table) -> tuple[str, str]:
    """The code and name of a rule, by which its table is called from then on. Raises RulesetError."""
    code, name = table.text("code"), table.text("name")
    table.where = f"{table.where.split(',')[0]}, rule {code} {name}"
    if not CODE.fullmatch(code):
        raise RulesetError(f"{table.where}: `code` must be SU and three digits")
    if not NAME.fullmatch(name):
        raise RulesetError(f"{table.where}: `name` must be kebab-case")
    return code, name


def match_of(table: Table) -> Match:
    """One `[rule.match]`. Raises RulesetError."""
    kinds = ("symbol", "attribute", "argument", "override", "behaviour", "warning")
    kind = table.choice("kind", kinds)
    match: Match
    if kind == "symbol":
        match = SymbolMatch(table.texts("symbol"))
    elif kind == "attribute":
        usage = cast("Literal['any', 'call', 'read']", table.choice("usage", ("any", "call", "read"), "any"))
        match = AttributeMatch(table.texts("class"), table.texts("attribute"), usage, _patterns(table))
    elif kind == "argument":
        match = ArgumentMatch(
            callables=table.texts("callable"),
            keywords=table.texts("keyword", ()),
            position=table.number("position"),
            known=table.texts("known", ()),
            missing=table.flag("missing"),
            unless=table.texts("unless", ()),
        )
        if not match.keywords and match.position is None and not match.known:
            raise RulesetError(f"{table.where}: one of `keyword`, `position`, `known` is needed")
    elif kind == "override":
        form = cast("Literal['any', 'def', 'async def']", table.choice("form", ("any", "def", "async def"), "any"))
        match = OverrideMatch(
            table.texts("class"),
            table.texts("attribute"),
            form,
            table.texts("unless", ()),
            table.flag("unless_called"),
        )
    elif kind == "warning":
        match = WarningMatch(table.text("category"), table.texts("text"), table.texts("module", ()))
    else:
        match = BehaviourMatch(
            function=table.text("function"),
            names=table.texts("names", ()),
            classes=table.texts("class", ()),
            attributes=table.texts("attributes", ()),
            keywords=table.texts("keywords", ()),
            members=table.texts("members", ()),
            words=table.texts("words", ()),
            patterns=_patterns(table),
        )
        if not (match.names or match.attributes or match.keywords or match.members or match.words):
            needed = "`names`, `attributes`, `keywords`, `members`, `words`"
            raise RulesetError(f"{table.where}: one of {needed} is needed")
    table.close()
    return match


def _patterns(table: Table) -> tuple[str, ...]:
    patterns = table.texts("pattern", ())
    try:
        for pattern in patterns:
            re.compile(pattern)
    except re.error as error:
        raise RulesetError(f"{table.where}: `pattern` holds no regular expression: {error}") from None
    return patterns


def example_of(table: Table) -> Example:
    """One `[[rule.example]]`. Raises RulesetError."""
    example = Example(
        before=table.text("before"),
        after=table.text("after"),
        probe=table.text("probe", ""),
        runs=table.version("runs"),
        errors=table.texts("error", ()),
        warnings=table.texts("warning", ()),
        keeps=table.flag("keeps", True),
        by_hand=table.flag("by_hand", False),
    )
    table.close()
    return example
