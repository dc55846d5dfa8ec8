"""Names that a star import used to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.symbol import star_imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Uses of the symbols that the rule's fixes replace, where a star import gave them."""
    symbols = frozenset(old for fix in active.rule.fixes for old, _ in fix.replaces)
    tails = frozenset(symbol.rpartition(".")[2] for symbol in symbols)
    return star_imported(active, symbols, tails, context)
