"""A rule's part of its release's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.ruleset.rule import Example, Fix, Package, Rule

PULLS: dict[Package, str] = {
    "starlette": "https://github.com/Kludex/starlette/pull/",
    "fastapi": "https://github.com/fastapi/fastapi/pull/",
}


def anchor(rule: Rule) -> str:
    return f"{rule.code.lower()}-{rule.name}"


def section(rule: Rule, verb: str) -> Iterator[str]:
    """Its life, what it says, what to do, and its examples; all but the first are folded.

    A hazard has no turns to tell of, but where it is, and why.
    """
    yield f"## {rule.title}"
    yield ""
    yield rule.summary
    yield ""
    yield f"* {verb.capitalize()}: {_life(rule)}"
    for said, texts in (("Raises", rule.errors), ("Warns", rule.warnings)):
        if texts:
            yield f"* {said}: {', or '.join(_quoted(text) for text in texts)}"
    yield from (f"* Fix: {text}" for text in dict.fromkeys(_fix(fix) for fix in rule.fixes))
    if "security" in rule.tags:
        yield "* Security: yes (tag `security`)"
    if rule.pulls:
        yield f"* Pull requests: {', '.join(f'[#{pull}]({PULLS[rule.package]}{pull})' for pull in rule.pulls)}"
    if rule.unseen:
        yield "* Findings: possible only, as none in real code has shown yet that it is right"
    if rule.unproven:
        yield f"* Not executed: {rule.unproven}"
    if rule.why:
        yield from ("", rule.why)
    yield ""
    yield rule.advice
    yield from ("", *_example(rule.examples[0]))
    if len(rule.examples) > 1:
        more = len(rule.examples) - 1
        yield from ("", f"<details><summary>{more} more example{'s' if more > 1 else ''}</summary>")
        for example in rule.examples[1:]:
            yield from ("", *_example(example))
        yield from ("", "</details>")


def advisory_section(rule: Rule) -> Iterator[str]:
    """What is published of a vulnerability, what happens and what to do."""
    published = rule.advisory
    assert published is not None
    yield f"## {rule.title}"
    yield ""
    yield f"{rule.summary}."
    yield ""
    if published.ids:
        yield f"* Known as: {', '.join(published.ids)}"
    yield f"* Severity: {rating(rule)}"
    yield f"* There: {stay(rule)}"
    if published.condition:
        yield f"* Condition: {published.condition}"
    yield f"* Sources: {', '.join(f'<{source}>' for source in published.sources)}"
    if rule.pulls:
        yield f"* Pull requests: {', '.join(f'[#{pull}]({PULLS[rule.package]}{pull})' for pull in rule.pulls)}"
    yield from ("", rule.why, "", rule.advice)


def rating(rule: Rule) -> str:
    """`high, 7.5 (CVSS 3.1)`"""
    published = rule.advisory
    assert published is not None
    return ", ".join(filter(None, (published.severity, published.score)))


def _life(rule: Rule) -> str:
    if rule.nature != "change":
        return stay(rule)
    turns = (
        ("deprecated in", rule.deprecated),
        ("gone in", rule.removed),
        ("different from", rule.changed),
        ("as before from", rule.reverted),
    )
    told = ", ".join(f"{words} {version}" for words, version in turns if version)
    return f"{told} (something else again from {rule.reused})" if rule.reused else told


def stay(rule: Rule) -> str:
    """On which releases a hazard is there."""
    if rule.since is None:
        return f"before {rule.cured}" if rule.cured is not None else "on every release"
    return f"from {rule.since}" + (f" until {rule.cured}" if rule.cured is not None else " on")


def _quoted(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _fix(fix: Fix) -> str:
    if fix.safety == "manual":
        words = "by hand"
    elif fix.safety == "safe":
        words = "`fix` (safe)"
    else:
        words = f"`fix --unsafe`. {fix.unsafe_because.rstrip('.')}"
    since = f", runs on {fix.replacement_since} and later" if fix.replacement_since else ""
    needs = f", needs `{fix.requires}`" if fix.requires else ""
    return f"{words}{since}{needs}" + (f", on a `{fix.receiver}`" if fix.receiver else "")


def _example(example: Example) -> Iterator[str]:
    yield from ("Before:", "", "```python", example.before.strip("\n"), "```", "")
    yield from ("After:", "", "```python", example.after.strip("\n"), "```")
