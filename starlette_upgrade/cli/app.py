"""The whole command line, with help and mistakes, read by typer. The result is a Request, nothing is run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from starlette_upgrade.cli import options as o
from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.request import Request, split

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="starlette-upgrade",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 clean, 1 findings, 2 the run itself failed.",
)


def parse(arguments: Sequence[str]) -> Request | int:
    """The request, or an exit code if all is said and done. Raises CommandError for a mistake."""
    try:
        outcome = app(args=list(arguments), prog_name="starlette-upgrade", standalone_mode=False)
    except Exception as error:
        # typer brings its own copy of click in some releases and uses the real one in others.
        explain = getattr(error, "format_message", None)
        if explain is None:
            raise
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "starlette-upgrade"
        message = str(explain()).strip()
        if not message:  # no command: the help was shown
            return int(getattr(error, "exit_code", 2))
        raise CommandError(f"{message[:1].lower()}{message[1:].rstrip('.')}; see `{command} --help`") from None
    return outcome if isinstance(outcome, (Request, int)) else 0


def _version(wanted: bool) -> None:
    if wanted:
        from starlette_upgrade import __version__

        sys.stdout.write(f"starlette-upgrade {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Says exactly what breaks in your code between two Starlette releases, and rewrites it."""


@app.command()
def check(
    paths: o.Paths = None,
    old: o.From = "",
    new: o.To = "",
    fastapi: o.Fastapi = "",
    python: o.Python = "",
    select: o.Select = [],  # noqa: B006
    ignore: o.Ignore = [],  # noqa: B006
    include_possible: o.IncludePossible = False,
    stdin_filename: o.StdinFilename = "",
    no_triage: o.NoTriage = False,
    fail_on: o.FailOn = ["break"],  # noqa: B006
    exit_zero: o.ExitZero = False,
    format: o.Format = "full",  # noqa: A002
    color: o.Color = "auto",
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> Request:
    """Report what breaks, changes or is deprecated on the way from one Starlette to the other."""
    return Request(
        command="check",
        paths=tuple(paths or ["."]),
        old=old,
        new=new,
        fastapi=fastapi,
        python=python,
        select=split(select),
        ignore=split(ignore),
        stdin_filename=stdin_filename,
        triage=not no_triage,
        include_possible=include_possible,
        format=format,
        color=color,
        fail_on=split(fail_on),
        exit_zero=exit_zero,
        quiet=quiet,
        verbose=verbose,
    )


@app.command()
def fix(
    paths: o.Paths = None,
    diff: o.Diff = False,
    unsafe: o.Unsafe = False,
    interactive: o.Interactive = False,
    style: o.Style = "call",
    ahead: o.Ahead = False,
    allow_dirty: o.AllowDirty = False,
    old: o.From = "",
    new: o.To = "",
    fastapi: o.Fastapi = "",
    python: o.Python = "",
    select: o.Select = [],  # noqa: B006
    ignore: o.Ignore = [],  # noqa: B006
    include_possible: o.IncludePossible = False,
    stdin_filename: o.StdinFilename = "",
    no_triage: o.NoTriage = False,
    fail_on: o.FailOn = ["break"],  # noqa: B006
    exit_zero: o.ExitZero = False,
    format: o.Format = "full",  # noqa: A002
    color: o.Color = "auto",
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> Request:
    """Rewrite what can be rewritten, and report what remains."""
    return Request(
        command="fix",
        paths=tuple(paths or ["."]),
        diff=diff,
        unsafe=unsafe,
        interactive=interactive,
        style=style,
        ahead=ahead,
        allow_dirty=allow_dirty,
        old=old,
        new=new,
        fastapi=fastapi,
        python=python,
        select=split(select),
        ignore=split(ignore),
        stdin_filename=stdin_filename,
        triage=not no_triage,
        include_possible=include_possible,
        format=format,
        color=color,
        fail_on=split(fail_on),
        exit_zero=exit_zero,
        quiet=quiet,
        verbose=verbose,
    )


@app.command()
def explain(
    rule: o.Subject,
    where: o.Where = None,
    old: o.From = "",
    new: o.To = "",
    fastapi: o.Fastapi = "",
    python: o.Python = "",
    color: o.Color = "auto",
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> Request:
    """Tell all about one rule (since when, what to do, before and after), about one release, or about an error."""
    return Request(
        command="explain",
        rule=rule,
        where=tuple(where or ()),
        old=old,
        new=new,
        fastapi=fastapi,
        python=python,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )


@app.command()
def rules(
    old: o.From = "",
    new: o.To = "",
    fastapi: o.Fastapi = "",
    python: o.Python = "",
    select: o.Select = [],  # noqa: B006
    ignore: o.Ignore = [],  # noqa: B006
    color: o.Color = "auto",
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> Request:
    """List the rules with what each means for your upgrade."""
    return Request(
        command="rules",
        old=old,
        new=new,
        fastapi=fastapi,
        python=python,
        select=split(select),
        ignore=split(ignore),
        color=color,
        quiet=quiet,
        verbose=verbose,
    )


@app.command()
def releases(
    old: o.After = "",
    new: o.UpTo = "",
    format: o.HistoryFormat = "full",  # noqa: A002
    color: o.Color = "auto",
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> Request:
    """Tell the history of Starlette's releases: what each breaks, changes and brings."""
    return Request(
        command="releases",
        old=old,
        new=new,
        format=format,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )
