"""Wherever the rules' examples stand, and however they are written: `fix` keeps its promises."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from starlette_upgrade.ruleset.rule import SymbolMatch
from tests.rewrite.properties.budget import budget
from tests.rewrite.properties.surroundings import MOVE, dressed
from tests.rewrite.properties.untouched import comments_of, missing, rows_left_alone
from tests.rewrite.trial import checked, fixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.finding import Finding

# Rewrites that keep every comment; others take those with them that speak of what goes.
KEEPING = frozenset({
    "replace-symbol", "rename-attribute", "add-argument", "name-arguments", "place-argument", "decorator-to-call",
    "manual",
})  # fmt: skip
# Rewrites that change the statement with the finding and no other.
LOCAL = KEEPING | {"rename-argument", "remove-argument", "template-response", "jinja-environment"}


@budget(10)
@given(st.lists(dressed(), min_size=1, max_size=8))
def test_files_are_rewritten_with_care(programs: list[bytes]) -> None:
    """Several at once, each in a folder of its own, since a run costs more than a file."""
    old = {f"{number}/main.py": data for number, data in enumerate(programs)}
    found = checked(old, MOVE)
    assert not found.problems
    new, result = fixed(old, MOVE, triage=False)
    assert not result.problems
    again, second = fixed(new, MOVE, triage=False)
    for name, data in old.items():
        folder = name.partition("/")[0]
        findings, left, at_last = (
            [finding for finding in all_of_them if finding.path.parent.name == folder]
            for all_of_them in (found.findings, result.remaining, second.remaining)
        )
        assert again[name] == new[name]
        assert Counter(f.message for f in at_last) == Counter(f.message for f in left)
        assert Counter(f.rule.code for f in left) <= Counter(f.rule.code for f in findings)
        holds(data, new[name], findings)


def holds(old: bytes, new: bytes, findings: Sequence[Finding]) -> None:
    """Whether one file has become what it should."""
    before, after = (data.decode() for data in (old, new))
    compile(after, "main.py", "exec", dont_inherit=True)
    assert after.count("\r") == (after.count("\n") if "\r\n" in before else 0)
    before, after = (text.replace("\r\n", "\n") for text in (before, after))
    assert after.endswith("\n") == before.endswith("\n")

    kinds = {fix.kind for finding in findings for fix in finding.rule.fixes}
    taken = {f.span.line for f in findings if any(fix.kind not in KEEPING for fix in f.rule.fixes)}
    if "drop-receive" not in kinds:  # a function that goes takes its comments along
        assert comments_of(before) - comments_of(after) <= comments_of(before, around=taken)
    if kinds <= LOCAL:
        lines = {line for f in findings for line in range(f.span.line, f.span.end_line + 1)}
        assert missing(rows_left_alone(before, lines, words_of(findings)), after) == []


def words_of(findings: Iterable[Finding]) -> set[str]:
    """Names that are rewritten wherever they stand, not only where a finding is."""
    matches = [match for finding in findings for match in finding.rule.matches]
    symbols = [name for match in matches if isinstance(match, SymbolMatch) for name in match.symbols]
    return {name.rpartition(".")[2] for name in symbols}
