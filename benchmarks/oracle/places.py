"""The places where Starlette raised a warning, from the records of a run, and the rules that speak of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.oracle.suites import STARLETTE, SuiteError

if TYPE_CHECKING:
    from benchmarks.oracle.suites import Suite

# How a warning of Starlette 0.52.1 begins, and the rules one of which has to find what caused it
RULES = (
    ("The `on_event` decorator", ("SU101",)),
    ("The on_startup and on_shutdown parameters", ("SU103",)),
    ("The `route` decorator", ("SU104",)),
    ("The `websocket_route` decorator", ("SU105",)),
    ("The `exception_handler` decorator", ("SU107",)),
    ("The `middleware` decorator", ("SU108",)),
    ("The `name` is not the first parameter", ("SU109",)),
    ("The `TemplateResponse` now requires", ("SU109",)),
    ("Extra environment options", ("SU110",)),
    ("iscoroutinefunction_or_partial", ("SU113",)),
    ("The 'method' parameter is not used", ("SU116", "SU117")),
    ("'HTTP_4", ("SU118",)),
    ("You should not use the 'timeout'", ("SU119",)),
    ("generator function lifespans", ("SU150",)),
    ("async generator function lifespans", ("SU150",)),
    ("starlette.middleware.wsgi is deprecated", ("SU164",)),
    ("The `lifespan` parameter cannot", ("SU103", "SU258")),
)


class Place(NamedTuple):
    """Lines of a package's file, and what was said there."""

    path: str
    line: int
    end_line: int
    column: int  # from 0; -1 before Python 3.11, which does not tell
    message: str
    category: str
    origin: str
    via: tuple[str, ...]  # packages between Starlette and the place
    callers: tuple[str, ...]  # the package's own lines that led there, nearest first

    @property
    def rules(self) -> tuple[str, ...]:
        return next((rules for start, rules in RULES if self.message.startswith(start)), ())

    @property
    def name(self) -> str:
        """The name that a rule about many names has to tell, else nothing."""
        told = re.match(r"'(HTTP_4\w+)' is deprecated", self.message)
        return told[1] if told else ""

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}" + (f"-{self.end_line}" if self.end_line != self.line else "")


class Run(NamedTuple):
    outcome: dict[str, int]
    places: list[Place]
    elsewhere: list[str]  # what was said with no file of the package on the stack


def read_run(suite: Suite) -> Run:
    if not suite.records.exists():
        raise SuiteError("its suite has not run yet")
    outcome: dict[str, int] = {}
    places: dict[tuple[object, ...], Place] = {}
    elsewhere: dict[str, None] = {}
    for text in suite.records.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if "outcome" in line:
            if line["starlette"] != STARLETTE:
                raise SuiteError(f"it ran on Starlette {line['starlette']}")
            outcome = line["outcome"]
        elif line["place"] is None:
            through = ", ".join(line["via"]) or "nothing else"
            elsewhere[f"{line['message'].splitlines()[0]} (through {through})"] = None
        else:
            place = _place(line)
            key = (place.path, place.line, place.end_line, place.column, place.message)
            if key not in places or (places[key].via and not place.via):
                places[key] = place
    if not outcome:
        raise SuiteError("pytest did not come to its end")
    return Run(outcome, sorted(places.values()), list(elsewhere))


def _place(line: dict[str, Any]) -> Place:
    at = line["place"]
    return Place(
        path=at["path"],
        line=at["line"],
        end_line=at["end_line"],
        column=-1 if at["column"] is None else at["column"],
        message=line["message"],
        category=line["category"],
        origin=line["origin"],
        via=tuple(line["via"]),
        callers=tuple(f"{one['path']}:{one['line']}" for one in line["chain"]),
    )
