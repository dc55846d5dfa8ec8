"""What a person typed, as one value: the same whether typer read it or the quick parser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from collections.abc import Iterable

Command = Literal["check", "fix", "explain", "rules", "releases"]

FORMATS = ("full", "concise", "json")
COLOURS = ("auto", "always", "never")
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Request:
    """A command and its options. Versions are still text: "" means that the default is to be found."""

    command: Command
    paths: tuple[str, ...] = (".",)
    old: str = ""
    new: str = ""
    fastapi: str = ""
    python: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    triage: bool = True
    include_possible: bool = False
    format: str = "full"
    color: str = "auto"
    fail_on: tuple[str, ...] = ("break",)
    exit_zero: bool = False
    quiet: bool = False
    verbose: bool = False
    diff: bool = False
    unsafe: bool = False
    ahead: bool = False
    allow_dirty: bool = False
    rule: str = ""

    def check(self) -> None:
        """Raises CommandError for a value that no option takes."""
        _choose("--format", self.format, FORMATS)
        _choose("--color", self.color, COLOURS)
        self.gate()
        if self.diff and self.format == "json":
            raise CommandError("--diff prints a diff, not JSON: leave out --format json")

    def gate(self) -> frozenset[Impact]:
        """The impacts that make the run fail. Raises CommandError for an unknown one."""
        impacts = tuple(impact.value for impact in Impact)
        for word in self.fail_on:
            _choose("--fail-on", word, (*impacts, NEVER))
        if not self.fail_on:
            raise CommandError(f"--fail-on needs a value: an impact, or `{NEVER}`")
        if NEVER in self.fail_on:
            if len(set(self.fail_on)) > 1:
                raise CommandError("--fail-on: `never` can't stand beside an impact")
            return frozenset()
        return frozenset(map(Impact, self.fail_on))


def split(values: Iterable[str]) -> tuple[str, ...]:
    """Lists as a person types them: separated by commas, the option repeated, or both."""
    return tuple(word for value in values for part in value.split(",") if (word := part.strip()))


def _choose(option: str, word: str, choices: tuple[str, ...]) -> None:
    if word not in choices:
        import difflib

        near = difflib.get_close_matches(word, choices, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"choose from {', '.join(choices)}"
        raise CommandError(f"{option}: unknown value `{word}`; {hint}")
