"""What a file or an environment says about Starlette: pins (one version) and ranges (many versions)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

# FastAPI counts because its own metadata says which Starlette it runs on; python-multipart parses Starlette's
# forms, and has vulnerabilities of its own.
MULTIPART = "python-multipart"
SUBJECTS = frozenset({"starlette", "fastapi", MULTIPART})

_FLOORS = frozenset({">=", ">", "~=", "==", "==="})
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Pin:
    """One exact version of a package: locked, pinned or installed, as `reason` says."""

    package: str
    version: Version
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Range:
    """The versions of a package that a project declares to work with.

    A version is admitted when any of `alternatives` admits it: Poetry knows `^0.36 || ^0.38`.
    """

    package: str
    alternatives: tuple[SpecifierSet, ...]
    source: str
    written: str

    def admits(self, version: Version) -> bool:
        return any(one.contains(version, prereleases=True) for one in self.alternatives)

    def admitted(self, versions: Iterable[Version]) -> list[Version]:
        """The admitted ones of `versions` in order; pre-releases only where pip would take them."""
        known = list(versions)
        return sorted({version for one in self.alternatives for version in one.filter(known)})

    @property
    def floor(self) -> Version | None:
        """The oldest version that a bound of each alternative names."""
        floors = [
            min((Version(s.version.removesuffix(".*")) for s in one if s.operator in _FLOORS), default=None)
            for one in self.alternatives
        ]
        named = [floor for floor in floors if floor is not None]
        return min(named) if named and len(named) == len(floors) else None

    @property
    def has_floor(self) -> bool:
        """Whether there is an oldest version that the author thought of."""
        return all(any(s.operator in _FLOORS for s in one) for one in self.alternatives)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one source says.

    `notes` are problems to show in any case; `set_aside` explains statements that were ignored for a good
    reason, which is worth a word only if nothing else is found.
    """

    pins: tuple[Pin, ...] = ()
    ranges: tuple[Range, ...] = ()
    notes: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()

    def about(self, *, multipart: bool) -> Reading:
        """What it says of python-multipart, or of the others, with the notes."""
        pins = tuple(pin for pin in self.pins if (pin.package == MULTIPART) == multipart)
        ranges = tuple(span for span in self.ranges if (span.package == MULTIPART) == multipart)
        return Reading(pins, ranges) if multipart else Reading(pins, ranges, self.notes, self.set_aside)


NOTHING = Reading()


def joined(readings: Iterable[Reading]) -> Reading:
    """The readings as one, in the same order."""
    every = list(readings)
    return Reading(
        pins=tuple(pin for one in every for pin in one.pins),
        ranges=tuple(span for one in every for span in one.ranges),
        notes=tuple(note for one in every for note in one.notes),
        set_aside=tuple(note for one in every for note in one.set_aside),
    )


def versions_wanted(package: str, alternatives: Iterable[SpecifierSet], source: str, written: str) -> Reading:
    """What a requirement says: a pin for `==`, a range for bounds, nothing for a bare name or only `!=`.

    Raises `ValueError` for a version that can't be read, which packaging itself finds out only on use.
    """
    every = tuple(alternatives)
    for one in every:
        for specifier in one:
            Version(specifier.version.removesuffix(".*"))
    if len(every) == 1 and (exact := _exact(every[0])) is not None:
        if not every[0].contains(exact, prereleases=True):
            return Reading(notes=(f"{source}: {quoted(written)} contradicts itself",))
        return Reading(pins=(Pin(package, exact, source, f"pinned {quoted(written)}"),))
    if not every or any(all(s.operator == "!=" for s in one) for one in every):
        return NOTHING
    return Reading(ranges=(Range(package, every, source, written),))


def read_version(text: str) -> Version | None:
    """The version that a text says, if it is one."""
    try:
        return Version(text)
    except ValueError:
        return None


def printable(text: str) -> str:
    """Text on one line, without characters that a terminal would obey or can't encode."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def quoted(text: str) -> str:
    """Text from a file, to be shown in a message."""
    line = printable(text)
    return f"`{line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + '…'}`"


def _exact(specifiers: SpecifierSet) -> Version | None:
    for specifier in specifiers:
        if specifier.operator in ("==", "===") and not specifier.version.endswith(".*"):
            return Version(specifier.version)
    return None
