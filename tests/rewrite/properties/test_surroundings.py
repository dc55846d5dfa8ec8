"""Wherever the rules' examples stand, and however they are written: `fix` keeps its promises."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import assume, given

from starlette_upgrade.ruleset.rule import SymbolMatch
from tests.rewrite.properties.budget import budget
from tests.rewrite.properties.surroundings import Dressed, dressed
from tests.rewrite.properties.untouched import comments_of, missing, rows_left_alone
from tests.rewrite.trial import checked, fixed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.finding import Finding

# What takes something away takes the comments with it that speak of that.
TAKING = frozenset({"remove-argument", "rename-argument", "template-response"})


@budget(80)
@given(dressed())
def test_a_file_is_rewritten_with_care(program: Dressed) -> None:
    old = {"main.py": program.data}
    assume(not checked(old, program.move).problems)
    found = checked(old, program.move)
    new, result = fixed(old, program.move, triage=False)
    assert not result.problems

    again, second = fixed(new, program.move, triage=False)
    assert again == new
    assert Counter(f.message for f in second.remaining) == Counter(f.message for f in result.remaining)
    before, after = (Counter(f.rule.code for f in findings) for findings in (found.findings, result.remaining))
    assert after <= before

    old_text, text = (data["main.py"].decode() for data in (old, new))
    compile(text, "main.py", "exec", dont_inherit=True)
    crlf = "\r\n" in old_text
    assert text.count("\r") == (text.count("\n") if crlf else 0)
    old_text, text = old_text.replace("\r\n", "\n"), text.replace("\r\n", "\n")
    assert text.endswith("\n") == old_text.endswith("\n")
    lines = {line for f in found.findings for line in range(f.span.line, f.span.end_line + 1)}
    taken = {f.span.line for f in found.findings if any(fix.kind in TAKING for fix in f.rule.fixes)}
    assert comments_of(old_text) - comments_of(text) <= comments_of(old_text, around=taken)
    assert comments_of(text) <= comments_of(old_text)
    assert missing(rows_left_alone(old_text, lines, words_of(found.findings)), text) == []


def words_of(findings: Iterable[Finding]) -> set[str]:
    """Names that are rewritten wherever they stand, not only where a finding is."""
    matches = [match for finding in findings for match in finding.rule.matches]
    symbols = [name for match in matches if isinstance(match, SymbolMatch) for name in match.symbols]
    return {name.rpartition(".")[2] for name in symbols} | {"Starlette(", "Router("}
