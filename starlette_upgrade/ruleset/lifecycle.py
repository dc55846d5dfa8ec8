"""What a rule means for a person who moves from one release to another: derived, never written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Fix, Package, Rule

When = Literal["now", "bump", "hand"]


class Impact(str, Enum):
    """What a finding does to the program on the target release."""

    BREAK = "break"
    SILENT = "silent"
    DEPRECATED = "deprecated"
    HAZARD = "hazard"
    VULNERABLE = "vulnerable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's meaning between two releases. `already`: it was so on the older end too.

    `cured`: it is so on the older end only.
    """

    impact: Impact
    already: bool = False
    cured: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The Starlette releases that a person moves between, and those of FastAPI beside them where they are known.

    `assumed`: nobody knows the older one, it only stands before all that the rules know.
    `multipart`: the python-multipart that the project has, where that is known.
    """

    old: Version
    new: Version
    fastapi: Move | None = None
    assumed: bool = False
    multipart: Version | None = None

    def of(self, package: Package) -> Move | None:
        """The move in the releases of a package; None where nobody knows it."""
        return self.fastapi if package == "fastapi" else self


def judge(rule: Rule, move: Move) -> Verdict | None:
    """The verdict of `rule` for `move`; None where it means nothing to this person, or nobody can know."""
    ends = move.of(rule.package)
    if ends is None or (rule.reused and rule.reused <= ends.old):
        return None
    published = rule.advisory
    if published is not None and published.dependency and published.safe is not None and move.multipart is not None:
        # What is installed beside Starlette has it or not, whatever Starlette asks for.
        return Verdict(Impact.VULNERABLE, already=True) if move.multipart < published.safe else None
    if rule.nature != "change":
        return _danger(rule, ends, assumed=move.assumed and rule.package == "starlette")
    if rule.removed and _holds(rule.removed, rule.reverted, ends.new):
        return Verdict(Impact.BREAK, already=_holds(rule.removed, rule.reverted, ends.old))
    if rule.changed:
        there = _holds(rule.changed, rule.reverted, ends.new)
        return Verdict(Impact.SILENT) if there and not _holds(rule.changed, rule.reverted, ends.old) else None
    if rule.reverted and rule.reverted <= ends.new:
        return None
    if rule.deprecated and rule.deprecated <= ends.new:
        return Verdict(Impact.DEPRECATED, already=rule.deprecated <= ends.old)
    return None


def _danger(rule: Rule, ends: Move, *, assumed: bool) -> Verdict | None:
    """A hazard counts at both ends, a vulnerability where one comes from: the way is what closes it.

    Nobody is told what a release had that is only assumed.
    """
    was, there = (_holds(rule.since, rule.cured, end) for end in (ends.old, ends.new))
    was = was and (there or not assumed)
    if rule.nature == "advisory":
        return Verdict(Impact.VULNERABLE, already=True, cured=not there) if was and not assumed else None
    return Verdict(Impact.HAZARD, already=was, cured=not there) if was or there else None


def _holds(since: Version | None, reverted: Version | None, at: Version) -> bool:
    return (since is None or since <= at) and not (reverted and reverted <= at)


def when(fix: Fix | None, ends: Move | None) -> When:
    """When a finding can be fixed: today on the old release, only together with the bump, or by hand.

    `ends` is the move in the releases of the rule's package.
    """
    if fix is None or fix.safety == "manual":
        return "hand"
    if fix.replacement_since is None or (ends is not None and fix.replacement_since <= ends.old):
        return "now"
    return "bump"
