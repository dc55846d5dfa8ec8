"""A pytest plugin that writes down every warning that Starlette raises, and the place of the code that caused it.

It runs in the environment of a package, so it imports nothing but the standard library and pytest. It stands in
front of `warnings.warn`: what filters, `pytest.warns` or "once per location" do with a warning comes after that.
ORACLE_TREE is the folder of the package's files, ORACLE_OWN the parts of it that count, ORACLE_OUT the file to
write, one JSON object a line.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import sys
import sysconfig
import warnings
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import pytest

TREE = Path(os.environ["ORACLE_TREE"]).resolve()
OWN = tuple(str(TREE / part) for part in os.environ["ORACLE_OWN"].split(os.pathsep))
LIBRARIES = tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
# Written at once and in one piece: workers that the tests fork write here, too
OUT = os.open(os.environ["ORACLE_OUT"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
CHAIN = 12

plain_warn = warnings.warn
seen: set[str] = set()


@functools.wraps(plain_warn)
def warn(message: Any, category: Any = None, stacklevel: int = 1, *args: Any, **kwargs: Any) -> None:
    record(sys._getframe(1), message, category)
    plain_warn(message, category, stacklevel + 1, *args, **kwargs)


def record(frame: FrameType, message: Any, category: Any) -> None:
    frames = list(walk(frame))
    origin = owner(frames[0])
    if origin in ("typing_extensions", "warnings"):  # their `deprecated` speaks for what it wraps
        origin = getattr(frames[0].f_locals.get("arg"), "__module__", origin).partition(".")[0]
    through = [owner(frame) for frame in frames]
    if origin != "starlette" and not (origin == "httpx" and "starlette" in through):
        return
    own = [index for index, frame in enumerate(frames) if is_own(frame)]
    kind = type(message) if isinstance(message, Warning) else category or UserWarning
    line = json.dumps(
        {
            "origin": origin,
            "api": f"{frames[0].f_globals.get('__name__')}.{frames[0].f_code.co_name}",
            "message": str(message),
            "category": kind.__name__,
            "place": place(frames[own[0]]) if own else None,
            "via": between(through[: own[0]] if own else through),
            "chain": [place(frames[index]) for index in own[1:CHAIN]],
        }
    )
    if line not in seen:
        seen.add(line)
        os.write(OUT, f"{line}\n".encode())


def walk(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def is_own(frame: FrameType) -> bool:
    """A frame of the package's files; an environment may lie inside of the tree, so libraries are told apart."""
    filename = frame.f_code.co_filename
    if filename.startswith("<"):  # frozen modules, code in strings
        return False
    path = located(filename)
    return path.startswith(OWN) and not path.startswith(LIBRARIES)


@functools.cache
def located(filename: str) -> str:
    return str(Path(filename).resolve())


def owner(frame: FrameType) -> str:
    """The top-level package that a frame runs in."""
    return str(frame.f_globals.get("__name__") or "").partition(".")[0]


def between(owners: list[str]) -> list[str]:
    """Through whose hands the call went, from Starlette outwards, the standard library left out."""
    names = [name for name in owners if name not in sys.stdlib_module_names]
    direct = names[-1:] == ["starlette"]  # a request to the TestClient goes through httpx and back
    return [name for name in dict.fromkeys(names) if name != "starlette" and not (direct and name == "httpx")]


def place(frame: FrameType) -> dict[str, Any]:
    line = end = frame.f_lineno
    columns: tuple[int | None, int | None] = (None, None)
    if hasattr(frame.f_code, "co_positions"):  # Python 3.11
        at = frame.f_lasti // 2
        first, last, *columns_of = next(islice(frame.f_code.co_positions(), at, at + 1))
        line, end, columns = first or line, last or end, (columns_of[0], columns_of[1])
    return {
        "path": Path(located(frame.f_code.co_filename)).relative_to(TREE).as_posix(),
        "line": line,
        "end_line": end,
        "column": columns[0],
        "end_column": columns[1],
        "scope": frame.f_code.co_name,
    }


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    del config
    counts = {kind: len(some) for kind, some in terminalreporter.stats.items() if kind and kind != "warnings"}
    starlette = getattr(sys.modules.get("starlette"), "__version__", None)
    end = {"outcome": counts, "exit": int(exitstatus), "starlette": starlette}
    os.write(OUT, f"{json.dumps(end)}\n".encode())


warnings.warn = warn
atexit.register(os.close, OUT)
