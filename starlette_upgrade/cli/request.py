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
STYLES = ("call", "table")
NEVER = "never"
STDIN = "-"
# What code from stdin is called where nobody names it: a file of the current folder.
NAMELESS = "<stdin>"


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
    style: str = "call"
    ahead: bool = False
    allow_dirty: bool = False
    rule: str = ""
    where: tuple[str, ...] = ()
    interactive: bool = False
    stdin_filename: str = ""

    def check(self) -> None:
        """Raises CommandError for a value that no option takes."""
        _choose("--format", self.format, FORMATS)
        _choose("--color", self.color, COLOURS)
        self.gate()
        _choose("--style", self.style, STYLES)
        if self.style == "table" and not self.unsafe:
            raise CommandError("--style table moves apps below their handlers, which is unsafe: add --unsafe")
        if self.diff and self.format == "json":
            raise CommandError("--diff prints a diff, not JSON: leave out --format json")
        self._check_stdin()

    @property
    def reads_stdin(self) -> bool:
        """Whether the code comes from stdin."""
        return STDIN in self.paths

    @property
    def files(self) -> tuple[str, ...]:
        """The paths to look at; for code from stdin, the one that it is said to have."""
        return (self.stdin_filename or NAMELESS,) if self.reads_stdin else self.paths

    def _check_stdin(self) -> None:
        if not self.reads_stdin:
            if self.stdin_filename:
                raise CommandError("--stdin-filename names what comes from stdin: give `-` as the only path")
            return
        if len(self.paths) > 1:
            raise CommandError(
                "`-` stands for stdin and can't be given with other paths; a file called so is `./-`"
            )
        if self.interactive:
            raise CommandError("--interactive asks at the terminal, so that the code can't come from stdin")
        if self.command == "fix" and self.format == "json":
            raise CommandError("`fix -` prints the rewritten code, not JSON: leave out --format json")

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
