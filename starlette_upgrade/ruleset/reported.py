"""rules/errors.toml: the errors that people report most, with cause and cure, and the rules behind each.

A file of its own, since only `explain` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.parts import CODE, NAME, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from packaging.version import Version

    from starlette_upgrade.ruleset.schema import Table


@dataclass(frozen=True, slots=True)
class Proof:
    """A program that ends with an error: with `says`, on the releases from `since` to `until`.

    None for either stands for the oldest and the newest known. `runs` is the first release on which the program
    runs at all. With a `server`, the program holds an `app` that uvicorn serves to a `client`.
    """

    says: str
    program: str
    since: Version | None = None
    until: Version | None = None
    runs: Version | None = None
    server: bool = False


@dataclass(frozen=True, slots=True)
class ReportedError:
    """An error by its name. `says` are its texts, in part, with `…` for what varies; or names of exceptions alone.

    `rules` are codes of the hazards and changes that it comes from, `sources` are threads about it. `unproven`
    says of which texts nobody has a program, and why.
    """

    name: str
    title: str
    says: tuple[str, ...]
    cause: str
    cure: str
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    unproven: str = ""


def load_errors(file: Path | None = None) -> tuple[ReportedError, ...]:
    """Every reported error, as they stand in the file. Raises RulesetError for the first mistake found."""
    top = table_of(file or rules_folder() / "errors.toml")
    errors = tuple(_error(table) for table in top.tables("error", "error"))
    top.close()
    seen: dict[str, str] = {}
    for error in errors:
        for key in (error.name, *error.says):
            if key in seen:
                raise RulesetError(f"{top.where}, error {error.name}: `{key}` is already taken by {seen[key]}")
            seen[key] = error.name
    return errors


def names_of(errors: Iterable[ReportedError]) -> Iterator[str]:
    """The words, in lower case, that stand for one error by themselves: its name, and those of exceptions."""
    for error in errors:
        yield error.name
        yield from (said.lower() for said in error.says if said.isidentifier())


def _error(table: Table) -> ReportedError:
    name = table.text("name")
    table.where = f"{table.where.split(',')[0]}, error {name}"
    if not NAME.fullmatch(name):
        raise RulesetError(f"{table.where}: `name` must be kebab-case")
    error = ReportedError(
        name=name,
        title=table.text("title"),
        says=table.texts("says"),
        cause=table.text("cause"),
        cure=table.text("cure"),
        rules=table.texts("rules", ()),
        sources=table.texts("sources", ()),
        unproven=table.text("unproven", ""),
        proofs=tuple(_proof(proof) for proof in table.tables("proof", "proof")),
    )
    if not error.says:
        raise RulesetError(f"{table.where}: `says` is empty")
    for code in error.rules:
        if not CODE.fullmatch(code):
            raise RulesetError(f"{table.where}: `rules` must hold codes, SU and three digits")
    for source in error.sources:
        if not source.startswith("https://"):
            raise RulesetError(f"{table.where}: `sources` must hold addresses")
    table.close()
    return error


def _proof(table: Table) -> Proof:
    proof = Proof(
        says=table.text("says"),
        program=table.text("program"),
        since=table.version("since"),
        until=table.version("until"),
        runs=table.version("runs"),
        server=table.flag("server"),
    )
    table.close()
    if proof.since and proof.until and proof.since > proof.until:
        raise RulesetError(f"{table.where}: `until` {proof.until} comes before `since` {proof.since}")
    return proof
