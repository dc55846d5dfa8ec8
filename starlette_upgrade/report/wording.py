"""The words for impacts and fixes, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from packaging.version import Version

    from starlette_upgrade.finding import Finding
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Package, Rule

STYLES = {
    Impact.BREAK: "red",
    Impact.SILENT: "magenta",
    Impact.DEPRECATED: "yellow",
    Impact.HAZARD: "red",
    Impact.VULNERABLE: "red",
}


def effect(rule: Rule, impact: Impact, move: Move, *, already: bool) -> str:
    """What a usage does on the target, in a few words. `already`: on the older release, too."""
    ends = move.of(rule.package) or move
    old, new = (release(rule.package, version) for version in (ends.old, ends.new))
    if impact is Impact.BREAK:
        return f"already broken on {old}" if already else f"breaks on {new}"
    if impact is Impact.SILENT:
        return f"runs, but does something else on {new}"
    if impact is Impact.DEPRECATED:
        return f"deprecated on {old} already" if already else f"deprecated on {new}"
    if impact is Impact.HAZARD:
        return _danger(rule, ends, already=already)
    return f"open on {old}" + (f", {closing(rule, move)}" if rule.advisory is not None else "")


def closing(rule: Rule, move: Move) -> str:
    """Whether the upgrade closes a vulnerability, or what does."""
    published = rule.advisory
    assert published is not None
    if published.dependency:
        has = f"python-multipart {move.multipart} has it, " if move.multipart is not None else ""
        asks = "" if has else f", which `starlette[full]` asks for since {rule.cured}"
        return f"{has}fixed in {published.dependency} {published.safe}{asks}"
    if rule.cured is not None and rule.cured <= move.new:
        return f"fixed in {rule.cured}: the upgrade closes it"
    return f"still open on {move.new}, fixed in {rule.cured}"


def is_security(finding: Finding) -> bool:
    """Whether a report has to say of a finding that it has a security side; of a vulnerability it goes without."""
    return "security" in finding.rule.tags and finding.impact is not Impact.VULNERABLE


def _danger(rule: Rule, ends: Move, *, already: bool) -> str:
    """Where a hazard is not on both ends, which one it is on."""
    if rule.cured is not None and rule.cured <= ends.new:
        return f"fails while it runs on {release(rule.package, ends.old)}, no longer on {ends.new}"
    return "fails while it runs" if already else f"fails while it runs on {release(rule.package, ends.new)}"


def release(package: Package, version: Version) -> str:
    """`1.0.0` is Starlette's, where nothing else is said; `FastAPI 0.137.0`."""
    return f"FastAPI {version}" if package == "fastapi" else str(version)


def remedy(finding: Finding) -> str:
    """Who fixes it and when, in a few words."""
    published = finding.rule.advisory
    if published is not None:
        return (
            f"fixed in {f'{published.dependency} {published.safe}' if published.dependency else finding.rule.cured}"
        )
    if finding.fix == "none":
        return f"no automatic fix here: {finding.why_not}" if finding.why_not else "no automatic fix here"
    if finding.fix == "manual" or finding.when == "hand":
        return "by hand"
    words = "fixable now" if finding.when == "now" else "fixable with the bump"
    if finding.fix == "unsafe":
        words += " with --unsafe" if finding.when == "now" else " and --unsafe"
    package = required(finding)
    return f"{words}; needs {package}" if package else words


def required(finding: Finding) -> str:
    """The package that the rewritten code needs, where that is a new one."""
    if not is_fixable(finding):
        return ""
    return next((fix.requires for fix in finding.rule.fixes if fix.requires), "")


def why_unsafe(finding: Finding) -> str:
    """What can go wrong when an unsafe fix of this finding is applied."""
    if finding.fix != "unsafe":
        return ""
    if finding.unsafe_because:
        return finding.unsafe_because
    return next((fix.unsafe_because for fix in finding.rule.fixes if fix.safety == "unsafe"), "")


def is_fixable(finding: Finding) -> bool:
    """Whether a rewrite is planned for it."""
    return finding.fix in ("safe", "unsafe")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
