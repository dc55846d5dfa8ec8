"""The rule files, below rules/, to Rule objects: releases with a strict schema here, hazards in `hazards`.

A mistake is named with its file and rule.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from starlette_upgrade.ruleset.advisories import load_advisories
from starlette_upgrade.ruleset.compiled import kept
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.fixes import fix_of
from starlette_upgrade.ruleset.hazards import load_families, load_families_without_examples
from starlette_upgrade.ruleset.parts import code_and_name, example_of, match_of, table_of
from starlette_upgrade.ruleset.rule import Advisories, Family, Group, Note, Package, Release, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.ruleset.schema import Table


def rules_folder() -> Path:
    """Where the rules lie: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_rules"
    return shipped if shipped.is_dir() else package.parent / "rules"


def load_releases(folder: Path | None = None, *, examples: bool = True) -> tuple[Release, ...]:
    """Every release file, oldest first: Starlette's and then FastAPI's, which are remembered between runs.

    Those of a `folder` are taken for Starlette's. Without `examples`, the rules have none, and are there sooner.
    Raises RulesetError for the first mistake found.
    """
    if folder:
        return _load(folder)
    rules = rules_folder()
    read, form = (_load, "whole") if examples else (_load_without_examples, "rules")
    starlette = kept(rules / "releases", __file__, read, form)
    fastapi = kept(rules / "fastapi", __file__, partial(read, package="fastapi"), form)
    _check_unique((*starlette, *fastapi))
    return (*starlette, *fastapi)


def load_rules(*, examples: bool = True) -> tuple[Group, ...]:
    """All rules: those of the releases, the hazards, the published vulnerabilities.

    Raises RulesetError for the first mistake found.
    """
    read, form = (load_families, "whole") if examples else (load_families_without_examples, "rules")
    families: tuple[Family, ...] = kept(rules_folder() / "hazards", __file__, read, form)
    published: Advisories = kept(rules_folder(), __file__, load_advisories, "advisories")
    groups: tuple[Group, ...] = (*load_releases(examples=examples), *families, published)
    _check_unique(groups)
    return groups


def _load_without_examples(folder: Path, package: Package = "starlette") -> tuple[Release, ...]:
    releases = _load(folder, package)
    return tuple(
        replace(release, rules=tuple(replace(rule, examples=()) for rule in release.rules)) for release in releases
    )


def _load(folder: Path, package: Package = "starlette") -> tuple[Release, ...]:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise RulesetError(f"{folder}: no rule files (*.toml) here")
    releases = sorted((load_release(file, package) for file in files), key=lambda release: release.version)
    _check_unique(releases)
    return tuple(releases)


def load_release(file: Path, package: Package = "starlette") -> Release:
    """One release file. Raises RulesetError."""
    top = table_of(file)
    version = _required(top, "release")
    try:
        matches = Version(file.name.removesuffix(".toml")) == version
    except InvalidVersion:
        matches = False
    if not matches:
        raise RulesetError(f"{file.name}: `release` is {version}, which is not the file's name")
    date = str(top.raw("date"))
    rules = tuple(_rule(table, version, package) for table in top.tables("rule", "rule"))
    notes = tuple(_note(table) for table in top.tables("note", "note"))
    top.close()
    return Release(version, date, rules, notes, package)


def _required(table: Table, key: str) -> Version:
    version = table.version(key, required=True)
    assert version is not None
    return version


def _rule(table: Table, release: Version, package: Package) -> Rule:
    code, name = code_and_name(table)
    summary = table.text("summary")
    message = table.text("message", summary)
    advice = table.text("advice")
    deprecated, removed = table.version("deprecated"), table.version("removed")
    changed, reverted = table.version("changed"), table.version("reverted")
    reused = table.version("reused")
    check_life(table.where, deprecated, removed, changed, reverted, reused)
    errors, warnings = table.texts("error", ()), table.texts("warning", ())
    unproven = table.text("unproven", "")
    pulls = table.numbers("pull")
    tags = table.texts("tags", ())
    matches = tuple(match_of(match) for match in table.tables("match", "match"))
    fixes = tuple(fix_of(fix) for fix in table.tables("fix", "fix"))
    examples = tuple(example_of(example) for example in table.tables("example", "example"))
    if not matches:
        raise RulesetError(f"{table.where}: no [rule.match]")
    if not fixes:
        raise RulesetError(f'{table.where}: no [[rule.fix]] (use kind = "manual" where nothing can be rewritten)')
    if not examples:
        raise RulesetError(f"{table.where}: no [[rule.example]] with `before` and `after`")
    table.close()
    return Rule(
        code=code,
        name=name,
        release=release,
        summary=summary,
        message=message,
        advice=advice,
        deprecated=deprecated,
        removed=removed,
        changed=changed,
        reverted=reverted,
        pulls=pulls,
        tags=tags,
        matches=matches,
        fixes=fixes,
        examples=examples,
        reused=reused,
        errors=errors,
        warnings=warnings,
        unproven=unproven,
        package=package,
    )


def check_life(
    where: str,
    deprecated: Version | None,
    removed: Version | None,
    changed: Version | None,
    reverted: Version | None,
    reused: Version | None,
) -> None:
    """Raises RulesetError, beginning with `where`, for versions that make no life."""
    if not (deprecated or removed or changed):
        raise RulesetError(f"{where}: one of `deprecated`, `removed`, `changed` is needed")
    if changed and (deprecated or removed):
        raise RulesetError(f"{where}: `changed` can't stand beside `deprecated` or `removed`")
    if deprecated and removed and deprecated > removed:
        raise RulesetError(f"{where}: `deprecated` {deprecated} comes after `removed` {removed}")
    begun = changed or removed
    for key, value in (("reverted", reverted), ("reused", reused)):
        if value and not (begun and begun < value):
            raise RulesetError(f"{where}: `{key}` needs an earlier `changed` or `removed`")


def _note(table: Table) -> Note:
    note = Note(table.text("name"), table.text("text"), table.numbers("pull"))
    table.close()
    return note


def _check_unique(groups: Iterable[Group]) -> None:
    seen: dict[str, str] = {}
    for group in groups:
        file = f"{_file(group)}.toml"
        for rule in group.rules:
            for key in (rule.code, rule.name):
                if key in seen:
                    raise RulesetError(f"{file}, rule {rule.title}: `{key}` is already taken by {seen[key]}")
                seen[key] = f"{file}, rule {rule.title}"


def _file(group: Group) -> str:
    if isinstance(group, Release):
        return str(group.version)
    return group.name if isinstance(group, Family) else "advisories"
