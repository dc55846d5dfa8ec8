"""The options of the command line: each in one place, whichever commands take it."""

from __future__ import annotations

from typing import Annotated

import typer

_WHAT = "What to look for"
_HOW = "What to do about it"
_OUTPUT = "Output"

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Files and folders, or `-` for stdin.", show_default="the current folder", metavar="PATHS"),
]
From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="VERSION",
        help="The Starlette that the code runs on now. Default: what the project locks, pins, requires or "
        "has installed; where nothing says so, a release before all that the rules know.",
        rich_help_panel=_WHAT,
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="VERSION",
        help="The Starlette that it is to run on. Default: the newest that the rules know.",
        rich_help_panel=_WHAT,
    ),
]
Fastapi = Annotated[
    str,
    typer.Option(
        "--fastapi",
        metavar="VERSION",
        help="The FastAPI that it is to run on, for code that uses FastAPI. Default: where the project says which "
        "one it has, the newest that admits the Starlette.",
        rich_help_panel=_WHAT,
    ),
]
Python = Annotated[
    str,
    typer.Option(
        "--python",
        metavar="PATH",
        help="The interpreter or environment in which to look for the installed Starlette.",
        rich_help_panel=_WHAT,
    ),
]
Select = Annotated[
    list[str],
    typer.Option(
        "--select",
        metavar="RULES",
        help="Only these rules: codes, names or tags such as `release:1.0.0rc1`, separated by commas.",
        rich_help_panel=_WHAT,
    ),
]
Ignore = Annotated[
    list[str],
    typer.Option("--ignore", metavar="RULES", help="Not these rules.", rich_help_panel=_WHAT),
]
IncludePossible = Annotated[
    bool,
    typer.Option(
        "--include-possible",
        help="Let usages whose receiver's type is not known count for the exit code.",
        rich_help_panel=_WHAT,
    ),
]
StdinFilename = Annotated[
    str,
    typer.Option(
        "--stdin-filename",
        metavar="PATH",
        help="What the code from stdin (PATHS is `-`) is called, so that the project around it is known.",
        rich_help_panel=_WHAT,
    ),
]
NoTriage = Annotated[
    bool,
    typer.Option("--no-triage", help="Parse every file, however unlikely.", rich_help_panel=_WHAT, hidden=True),
]
FailOn = Annotated[
    list[str],
    typer.Option(
        "--fail-on",
        metavar="IMPACTS",
        help="Exit with 1 for findings of these impacts: break, silent, deprecated, hazard, vulnerable, "
        "separated by commas, or never.",
        show_default="break",
        rich_help_panel=_HOW,
    ),
]
ExitZero = Annotated[
    bool,
    typer.Option("--exit-zero", help="Exit with 0 whatever is found (2 if the run fails).", rich_help_panel=_HOW),
]
Diff = Annotated[
    bool,
    typer.Option("--diff", help="Show the rewrites as a unified diff, write nothing.", rich_help_panel=_HOW),
]
Unsafe = Annotated[
    bool,
    typer.Option(
        "--unsafe",
        help="Also rewrite where order or timing can matter (`explain` says what).",
        rich_help_panel=_HOW,
    ),
]
Style = Annotated[
    str,
    typer.Option(
        "--style",
        metavar="call|table",
        help="How to write what decorators registered: as calls below the functions, or, with --unsafe, as tables "
        "of the app: `Starlette(routes=[...])`.",
        rich_help_panel=_HOW,
    ),
]
Ahead = Annotated[
    bool,
    typer.Option(
        "--ahead",
        help="Only rewrites after which the code still runs on --from, and on all releases up to --to.",
        rich_help_panel=_HOW,
    ),
]
AllowDirty = Annotated[
    bool,
    typer.Option(
        "--allow-dirty",
        help="Write although the git work tree holds uncommitted changes.",
        rich_help_panel=_HOW,
    ),
]
Interactive = Annotated[
    bool,
    typer.Option(
        "--interactive",
        "-i",
        help="Show each rewrite and ask before it is made.",
        rich_help_panel=_HOW,
    ),
]
Format = Annotated[
    str,
    typer.Option("--format", metavar="full|concise|json", help="Of the findings.", rich_help_panel=_OUTPUT),
]
Color = Annotated[
    str,
    typer.Option(
        "--color",
        metavar="auto|always|never",
        help="Default: on a terminal; NO_COLOR and FORCE_COLOR are honoured.",
        rich_help_panel=_OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Findings and errors, nothing else.", rich_help_panel=_OUTPUT),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Reasons and more notes; a traceback if it crashes.",
        rich_help_panel=_OUTPUT,
    ),
]
Subject = Annotated[
    str,
    typer.Argument(
        metavar="RULE|RELEASE|ERROR",
        help="A code, a name or a release: SU101, on-event-removed or 0.49.1. Or an error: its name, a line or a "
        "whole traceback, in quotes; `-` reads it from stdin.",
        show_default=False,
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATHS",
        help="Where to look for what is behind it.",
        show_default="for an error, the current folder",
    ),
]
After = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="VERSION",
        help="Only the releases after this one, with their rules and notes.",
        rich_help_panel=_WHAT,
    ),
]
UpTo = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="VERSION",
        help="Only the releases up to this one, with their rules and notes.",
        rich_help_panel=_WHAT,
    ),
]
HistoryFormat = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="full|concise|json",
        help="concise: one row for each release, whatever --from and --to say.",
        rich_help_panel=_OUTPUT,
    ),
]
