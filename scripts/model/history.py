"""What all releases say, as one model: each value with the releases in which it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from scripts.model.classes import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scripts.model.classes import Value
    from scripts.model.facts import Facts

Key = tuple[str, str]
"""A table of a class and a member, such as ("attributes", "url"); ("", "") is the class itself."""

Course = list["Value | None"]
"""A value for each release, oldest first; None where it does not hold."""

_ITSELF: Key = ("", "")
_BASES: Key = ("bases", "")
_ORDER = ("", "bases", "attributes", "returns", "parameters")
_STARLETTES = re.compile(r"starlette(\.\w+)+")


class Span(NamedTuple):
    """A value, and the numbers of the first and the last release in which it holds."""

    value: Value
    first: int
    last: int


@dataclass
class Known:
    """A class: the first and the last release that has it, and what is known of its members."""

    first: int
    last: int
    members: dict[Key, list[Span]] = field(default_factory=dict)


@dataclass
class Model:
    """What is written down: classes, and what the names of modules stand for."""

    classes: dict[str, Known]
    symbols: dict[str, list[Span]]
    functions: dict[str, list[Span]]
    instances: dict[str, list[Span]]


def model_of(releases: Sequence[Facts], by_hand: Mapping[str, Mapping[str, object]]) -> Model:
    """The union of what these releases say, oldest first. `by_hand`: what is known of classes without them."""
    moved = _moved(releases)
    courses = _courses(releases, moved)
    wanted = _wanted(courses)
    courses = {name: courses[name] for name in sorted(wanted)}
    lines = _Lines({**{name: _constant(entry, len(releases)) for name, entry in by_hand.items()}, **courses})
    classes = {name: _known(name, course, lines, wanted) for name, course in courses.items()}
    imported = [_renamed_all(facts.imported, moved) for facts in releases]
    functions = _names_over_time([_renamed_all(facts.functions, moved) for facts in releases])
    instances = _names_over_time([_renamed_all(facts.instances, moved) for facts in releases])
    return Model(
        classes=classes,
        symbols=dict(_symbols(imported, wanted)),
        functions={name: spans for name, spans in functions if _speaks_only_of(spans, wanted)},
        instances={name: spans for name, spans in instances if _speaks_only_of(spans, wanted)},
    )


def _moved(releases: Sequence[Facts]) -> dict[str, str]:
    """Old names of classes that live on in another module: one class has one name, the newest."""
    newest = releases[-1]
    homes = {name.rpartition(".")[2]: name for name in newest.classes}
    gone = {name for facts in releases for name in facts.classes} - set(newest.classes)
    found = {name: newest.imported.get(name) or homes.get(name.rpartition(".")[2], "") for name in gone}
    return {old: new for old, new in found.items() if new in newest.classes}


def _courses(releases: Sequence[Facts], moved: Mapping[str, str]) -> dict[str, dict[Key, Course]]:
    """Each class's members over time."""
    courses: dict[str, dict[Key, Course]] = {}
    for number, facts in enumerate(releases):
        for name, members in facts.classes.items():
            course = courses.setdefault(moved.get(name, name), {})
            for key, value in {_ITSELF: "here", **members}.items():
                course.setdefault(key, [None] * len(releases))[number] = _renamed(value, moved)
    for course in courses.values():
        for values in course.values():
            _close(values)
    return courses


def _close(values: Course) -> None:
    """Where a release has a member and says nothing of it, what the next one says holds, or else the last one."""
    backwards, forwards = range(len(values) - 2, -1, -1), range(1, len(values))
    for numbers, step in ((backwards, 1), (forwards, -1)):
        for number in numbers:
            if values[number] == OPEN:
                values[number] = values[number + step] or OPEN
    values[:] = [None if value == OPEN else value for value in values]


def _constant(entry: Mapping[str, object], count: int) -> dict[Key, Course]:
    """What was written by hand of a class's members, as if all releases said so."""
    tables = ((table, members) for table, members in entry.items() if isinstance(members, dict))
    rows = ((table, name, value) for table, members in tables for name, value in members.items())
    return {(table, name): [value] * count for table, name, value in rows if isinstance(value, str)}


def _wanted(courses: Mapping[str, Mapping[Key, Course]]) -> set[str]:
    """Public classes, and hidden ones that derive from them: these are what people get to see as results."""
    wanted = {name for name in courses if not _is_hidden(name)}
    for name, course in courses.items():
        bases = {base for value in course.get(_BASES, ()) for base in value or ()}
        if bases & wanted:
            wanted.add(name)
    return wanted


def _is_hidden(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


class _Lines:
    """Classes with their bases."""

    def __init__(self, courses: Mapping[str, Mapping[Key, Course]]) -> None:
        self._courses = courses

    def inherits(self, name: str, key: Key) -> bool:
        """Whether the bases say the same in every release in which the class says it."""
        course = self._courses[name][key]
        return all(value in (None, self._inherited(name, key, number)) for number, value in enumerate(course))

    def _inherited(self, name: str, key: Key, number: int) -> Value | None:
        for base in self._at(name, _BASES, number) or ():
            found = self._at(base, key, number) or self._inherited(base, key, number)
            if found:
                return found
        return None

    def _at(self, name: str, key: Key, number: int) -> Value | None:
        course = self._courses.get(name, {}).get(key)
        return course[number] if course else None


def _known(name: str, course: Mapping[Key, Course], lines: _Lines, wanted: set[str]) -> Known:
    here = [number for number, value in enumerate(course[_ITSELF]) if value]
    known = Known(here[0], here[-1])
    for key in sorted(set(course) - {_ITSELF}, key=lambda key: (_ORDER.index(key[0]), key)):
        spans = list(_spans(course[key]))
        if _speaks_only_of(spans, wanted) and (key == _BASES or not lines.inherits(name, key)):
            known.members[key] = spans
    return known


def _spans(course: Sequence[Value | None]) -> Iterator[Span]:
    first = 0
    for number, value in enumerate(course):
        if number + 1 == len(course) or course[number + 1] != value:
            if value:
                yield Span(value, first, number)
            first = number + 1


def _names_over_time(releases: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[Span]]]:
    for name in sorted({name for names in releases for name in names}):
        if not _is_hidden(name):
            yield name, list(_spans([names.get(name) for names in releases]))


def _symbols(releases: Sequence[Mapping[str, str]], wanted: set[str]) -> Iterator[tuple[str, list[Span]]]:
    """Names of the newest release that another module gave it; what a release took away is the rules' business."""
    for name, to in sorted(releases[-1].items()):
        if to in wanted and name != to and not _is_hidden(name):
            always_the_same = {names.get(name, to) for names in releases} == {to}
            spans = _spans([names.get(name) for names in releases])
            yield name, [Span(to, 0, len(releases) - 1)] if always_the_same else list(spans)


def _speaks_only_of(spans: Iterable[Span], wanted: set[str]) -> bool:
    """Whether there is a value, and all classes of Starlette's that it names are in the model."""
    values = [(span.value,) if isinstance(span.value, str) else span.value for span in spans]
    found = (match[0] for texts in values for text in texts for match in _STARLETTES.finditer(text))
    return bool(values) and all(name in wanted for name in found)


def _renamed(value: Value, moved: Mapping[str, str]) -> Value:
    if isinstance(value, tuple):
        return tuple(_renamed_text(text, moved) for text in value)
    return _renamed_text(value, moved)


def _renamed_text(text: str, moved: Mapping[str, str]) -> str:
    return _STARLETTES.sub(lambda match: moved.get(match[0], match[0]), text)


def _renamed_all(texts: Mapping[str, str], moved: Mapping[str, str]) -> dict[str, str]:
    return {name: _renamed_text(text, moved) for name, text in texts.items()}
