"""What a rule's match says of the API, asked of the packages themselves on both sides of each boundary."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
    WarningMatch,
)
from tests.proofs import warned
from tests.proofs.lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import BehaviourMatch, Match, Rule

# Prints what is known of each name: is it there, and with which parameters.
_ASK = """
import importlib, inspect, json, re

# What the model calls the objects that a test client gives: they have no name in Starlette.
GIVEN = {
    "starlette.testclient.TestClientResponse": ("Response", "Response"),
    "starlette.testclient.TestClientRequest": ("PreparedRequest", "Request"),
    "starlette.testclient.TestClientCookies": ("cookies.RequestsCookieJar", "Cookies"),
}

def real(path):
    for given, names in GIVEN.items():
        if path == given or path.startswith(given + "."):
            base = thing("starlette.testclient.TestClient").__mro__[1]
            package = base.__module__.split(".")[0]
            return f"{package}.{names[package != 'requests']}" + path[len(given):]
    return path

def thing(path):
    parts = real(path).split(".")
    for number in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:number]))
        except ModuleNotFoundError:
            continue
        for name in parts[number:]:
            value = getattr(value, name)
        return value
    raise AttributeError(path)

def has(path):
    owner, _, name = path.rpartition(".")
    try:
        cls = thing(owner)
    except AttributeError:
        return False
    if hasattr(cls, name):
        return True
    for base in getattr(cls, "__mro__", ())[:-1]:
        if name in getattr(base, "__annotations__", {}):
            return True
        try:
            source = inspect.getsource(base)
        except (OSError, TypeError):
            continue
        if re.search(rf"\\bself\\.{re.escape(name)}\\b\\s*(?::[^=\\n]+)?=(?!=)", source):
            return True
    return False

def parameters(path):
    try:
        found = inspect.signature(thing(path)).parameters.values()
    except ValueError:  # an exception without a constructor of its own takes anything
        return [["args", "VAR_POSITIONAL", False]]
    except (AttributeError, TypeError):
        return None
    is_class = inspect.isclass(thing(path))
    found = list(found) if is_class else list(found)[1:]
    return [[p.name, p.kind.name, p.default is not p.empty] for p in found]

answers = {}
for question, path in QUESTIONS:
    answers[f"{question} {path}"] = has(path) if question == "has" else parameters(path)
print(json.dumps(answers))
"""
_NAMED = ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")


def failures(rule: Rule) -> list[str]:
    """What of a rule's matches is not so in its package; one line each."""
    return [failure for match in rule.matches for failure in _of(rule, match)]


def _of(rule: Rule, match: Match) -> Iterator[str]:
    if isinstance(match, SymbolMatch):
        yield from _there(rule, [(symbol,) for symbol in match.symbols])
    elif isinstance(match, AttributeMatch):
        yield from _there(rule, _groups(rule, match.classes, match.names))
    elif isinstance(match, OverrideMatch):
        yield from _there(rule, _groups(rule, match.classes, match.names), stays=True)
    elif isinstance(match, ArgumentMatch):
        for name in match.callables:
            if name.startswith(f"{rule.package}."):
                yield from _argument(rule, match, name)
    elif isinstance(match, WarningMatch):
        yield from warned.failures(rule, match)
    else:
        yield from _shown(rule, match)


def _groups(rule: Rule, classes: tuple[str, ...], names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each class has one of the names, and each name belongs to one of the classes."""
    by_class = [tuple(f"{cls}.{name}" for name in names) for cls in classes]
    by_name = [tuple(f"{cls}.{name}" for cls in classes) for name in names]
    return [group for group in (*by_class, *by_name) if all(path.startswith(f"{rule.package}.") for path in group)]


def _there(rule: Rule, groups: list[tuple[str, ...]], *, stays: bool = False) -> Iterator[str]:
    """Of each group, one is there before the rule's end, and none from then on."""
    end = rule.removed or rule.changed
    previous = line_of(rule).before(end) if end else line_of(rule).known.newest
    for group in groups:
        if previous is not None and not any(_has(rule, path, previous) for path in group):
            yield f"{_any(group)} should be there on {previous}"
        if rule.removed and not stays:
            for path in group:
                if _has(rule, path, rule.removed):
                    yield f"{path} should be gone on {rule.removed}"


def _shown(rule: Rule, match: BehaviourMatch) -> Iterator[str]:
    """What a behaviour looks for stands in an example, or is there in one of its classes before the rule's end.

    An advisory has no examples: its classes are there.
    """
    if rule.nature == "advisory":
        yield from _there(rule, [(cls,) for cls in match.classes if cls.startswith(f"{rule.package}.")])
        return
    end = rule.removed or rule.changed or rule.deprecated
    previous = line_of(rule).before(end) if end else line_of(rule).known.newest
    for name in (*match.names, *match.attributes, *match.keywords):
        if any(re.search(rf"\b{re.escape(name)}\b", example.before) for example in rule.examples):
            continue
        if previous is None or not any(_has(rule, f"{cls}.{name}", previous) for cls in match.classes):
            yield f"`{name}` stands in no example, and is no attribute of {' or '.join(match.classes) or 'a class'}"


def _any(group: tuple[str, ...]) -> str:
    return " or ".join(group)


def _argument(rule: Rule, match: ArgumentMatch, name: str) -> Iterator[str]:
    end = rule.removed or rule.changed
    previous = line_of(rule).before(end) if end else line_of(rule).known.newest
    if previous is None:
        return
    was = _parameters(rule, name, previous)
    now = _parameters(rule, name, end) if end else None
    if was is None:
        yield f"{name} should be callable on {previous}"
        return
    if match.missing:
        yield from _newly_required(rule, match, name, was, now)
        return
    for keyword in match.keywords:
        if not _takes(was, keyword):
            yield f"{name} should take `{keyword}` on {previous}"
        if rule.removed and now is not None and any(p[0] == keyword and p[1] in _NAMED for p in now):
            yield f"{name} should not take `{keyword}` on {rule.removed}"
    if match.known:
        newest = _parameters(rule, name, line_of(rule).known.newest) or []
        unknown = [p[0] for p in (*was, *newest) if p[1] in _NAMED and p[0] not in match.known]
        yield from (f"{name} takes `{keyword}`, which should be known" for keyword in unknown)
    if match.position is not None:
        yield from _placed(rule, match, name, was, now)


def _placed(rule: Rule, match: ArgumentMatch, name: str, was: list[Any], now: list[Any] | None) -> Iterator[str]:
    """What stands at the position stands there no longer."""
    position = match.position
    assert position is not None
    by_position = [p[0] for p in was if p[1] in ("POSITIONAL_OR_KEYWORD", "POSITIONAL_ONLY")]
    varied = any(p[1] == "VAR_POSITIONAL" for p in was)
    if position >= len(by_position) and not varied:
        yield f"{name} has no position {position} before {rule.release}"
        return
    there = by_position[position] if position < len(by_position) else ""
    if match.keywords and there and there not in match.keywords:
        yield f"position {position} of {name} is `{there}`, not `{match.keywords[0]}`"
    if now is None:
        return
    if position < len(now) and now[position][:2] == [there, was[position][1]]:
        yield f"position {position} of {name} is still `{there}` on {rule.release}"
    differing = (at for at, (old, new) in enumerate(zip(was, now, strict=False)) if old[:2] != new[:2])
    first = next(differing, len(now))
    if not match.keywords and first < min(position, len(by_position)):
        yield f"{name} differs from position {first} on, not from {position}"


def _newly_required(
    rule: Rule, match: ArgumentMatch, name: str, was: list[Any], now: list[Any] | None
) -> Iterator[str]:
    for keyword in match.keywords:
        if any(p[0] == keyword and not p[2] for p in was):
            yield f"{name} required `{keyword}` before {rule.release}"
        if rule.removed and now is not None and not any(p[0] == keyword and not p[2] for p in now):
            yield f"{name} should require `{keyword}` on {rule.removed}"
        if match.position is not None and now is not None and rule.removed:
            there = now[match.position][0] if match.position < len(now) else "nothing"
            if there != keyword:
                yield f"position {match.position} of {name} is `{there}`, not `{keyword}`"


def _takes(parameters: list[Any], keyword: str) -> bool:
    return any((p[0] == keyword and p[1] in _NAMED) or p[1] == "VAR_KEYWORD" for p in parameters)


def _has(rule: Rule, path: str, release: Version) -> bool:
    return bool(_ask(rule, "has", path, release))


def _parameters(rule: Rule, name: str, release: Version) -> list[Any] | None:
    found: list[Any] | None = _ask(rule, "parameters", name, release)
    return found


def _ask(rule: Rule, question: str, path: str, release: Version) -> Any:
    program = f"QUESTIONS = {[(question, path)]!r}\n{_ASK}"
    outcome = line_of(rule).run(program, release)
    assert not outcome.error, f"{path} on {release}: {outcome.error}"
    return json.loads(outcome.output)[f"{question} {path}"]
