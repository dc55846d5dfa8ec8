"""What a person types. `main` is all that the outside needs.

Nothing heavy is imported here: a clean `check` must not pay for typer, rich or libcst.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["console", "main"]

FAILED = 2
INTERRUPTED = 130
NOBODY_READS = 141


def console() -> None:
    """The console script: `main` in a process of its own, which ends with its exit code."""
    # Collecting the syntax trees, now and then and again on the way out, costs a third of a run.
    gc.disable()
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 clean, 1 findings, 2 the run itself failed."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")  # a terminal without `…` is no reason to fail
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more on its way out: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except Exception as error:
        return _failed(error, arguments)
    return code


def _run(arguments: Sequence[str]) -> int:
    from starlette_upgrade.cli.quick import parse

    request = parse(arguments)
    if request is None:
        from starlette_upgrade.cli.app import parse as parse_with_typer

        outcome = parse_with_typer(arguments)
        if isinstance(outcome, int):
            return outcome
        request = outcome
    if request.command == "check":
        from starlette_upgrade.cli.check import run
    elif request.command == "fix":
        from starlette_upgrade.cli.fix import run
    elif request.command == "explain":
        from starlette_upgrade.cli.explain import run
    elif request.command == "rules":
        from starlette_upgrade.cli.rules import run
    else:
        from starlette_upgrade.cli.releases import run
    return run(request)


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    from starlette_upgrade import __version__
    from starlette_upgrade.cli.failure import CommandError
    from starlette_upgrade.report.styled import one_line
    from starlette_upgrade.ruleset.errors import RulesetError

    if isinstance(error, (CommandError, RulesetError)):
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        return FAILED
    if {"-v", "--verbose"} & set(arguments):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, OSError):
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        return FAILED
    print(
        f"error: starlette-upgrade {__version__} crashed: {one_line(f'{type(error).__name__}: {error}')}; "
        "this is a bug in it, please report it with what --verbose prints",
        file=sys.stderr,
    )
    return FAILED
