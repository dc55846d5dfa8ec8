"""What people paste leads to what knows it: every text of every error and rule, however it came to be pasted."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.recognition.pasted import frames, tiers
from starlette_upgrade.recognition.recognise import best_first, recognise
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.reported import ReportedError, load_errors
from starlette_upgrade.ruleset.selection import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.recognition.recognise import Fit
    from starlette_upgrade.ruleset.rule import Rule

ERRORS = load_errors()
RULES = all_rules(load_rules())
TRACEBACKS = sorted(Path(__file__).with_name("tracebacks").glob("*.txt"))

SAID = [(error, said) for error in ERRORS for said in error.says]
RAISED = [
    (rule, text)
    for rule in RULES
    for text in dict.fromkeys(
        [
            *rule.errors,
            *rule.warnings,
            *(text for example in rule.examples for text in (*example.errors, *example.warnings)),
        ]
    )
    if not hasattr(builtins, text)  # any program can end with an AssertionError
]

# What becomes of a line on its way into a message to somebody who may help.
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in lower case": str.lower,
    "coloured": lambda text: "\x1b[1;31m" + text.replace(": ", "\x1b[0m: \x1b[1m", 1) + "\x1b[0m",
    "by pytest": lambda text: f"E       {text}",
    "inside a group": lambda text: f"    | {text}\n    +------------------------------------",
    "by a container": lambda text: f"web-1  | {text}",
    "with curly quotes": lambda text: text.replace("'", "\u2019").replace('"', "\u201d"),
    "in a box": lambda text: f"\u2502 {text} \u2502",
    "with white space": lambda text: f"  {text.replace(' ', '   ')}  \r\n",
    "below a traceback": lambda text: (
        'Traceback (most recent call last):\n  File "/app/main.py", line 3, in home\n    await later()\n' + text
    ),
}


def names(fits: list[Fit]) -> list[str]:
    return [fit.subject.name if isinstance(fit.subject, ReportedError) else fit.subject.code for fit in fits]


def found(text: str) -> list[str]:
    return names(recognise(text, ERRORS, RULES))


def leads_to(rule: Rule, fits: list[Fit]) -> bool:
    return any(
        rule.code in fit.subject.rules if isinstance(fit.subject, ReportedError) else fit.subject is rule
        for fit in fits
    )


@pytest.mark.parametrize("way", WAYS)
def test_each_text_of_an_error_leads_to_it_first(way: str) -> None:
    wrong = [
        (error.name, said, names(fits))
        for error, said in SAID
        for fits in [recognise(WAYS[way](said.replace("\N{HORIZONTAL ELLIPSIS}", "something")), ERRORS, RULES)]
        if not fits or fits[0].subject is not error
    ]
    assert wrong == []


@pytest.mark.parametrize("way", WAYS)
def test_each_text_of_a_rule_leads_to_it(way: str) -> None:
    wrong = [
        (rule.code, text, names(fits))
        for rule, text in RAISED
        for fits in [recognise(WAYS[way](text), ERRORS, RULES)]
        if not leads_to(rule, fits)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", TRACEBACKS, ids=[file.stem for file in TRACEBACKS])
def test_a_real_traceback_leads_to_its_error(file: Path) -> None:
    """The files are what uvicorn, asyncio and pytest wrote, the paths shortened; each is called after its error."""
    assert found(file.read_text(encoding="utf-8"))[0] == file.name.partition(".")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stream consumed", "body-received-twice"),
        ("BrokenResourceError", "broken-resource"),
        ("anyio.BrokenResourceError", "broken-resource"),
        ("RuntimeError('Stream consumed')", "body-received-twice"),
        ("2026-02-01 12:00:00,123 ERROR app: RuntimeError: Stream consumed", "body-received-twice"),
        ("(APIServer pid=388) RuntimeError: No response returned.", "no-response"),
        ("starlette.websockets.WebSocketDisconnect: (1001, '')", "websocket-disconnect"),
        ("RuntimeError: File at path /tmp/tmp1/a b.pdf does not exist.", "file-gone"),
        (
            '{"exc": "Traceback\\n  File \\"/a.py\\", line 1\\nRuntimeError: No response returned.\\n"}',
            "no-response",
        ),
        ("AttributeError: 'Shop' object has no attribute 'on_event'. Did you mean: 'on_error'?", "SU101"),
        ("TypeError: __init__() got an unexpected keyword argument 'on_startup'", "SU103"),
        ("TypeError: cannot use 'tuple' as a dict key (unhashable type: 'dict')", "SU109"),
        (
            "ImportError: cannot import name 'iscoroutinefunction_or_partial' from 'starlette.routing' (/a/b.py)",
            "SU113",
        ),
        ("/app/main.py:12: DeprecationWarning: The `on_event` decorator is deprecated, and will", "SU101"),
        ("Expected ASGI message \u2026", "websocket-not-accepted"),
        ("Unexpected ASGI message", "websocket-left"),
    ],
)
def test_what_people_paste(text: str, expected: str) -> None:
    assert found(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "hello world",
        "RuntimeError",
        "AssertionError",
        "KeyError: 'x'",
        "AttributeError: 'NoneType' object has no attribute 'body'",
        "AttributeError: 'Shop' object has no attribute 'name'",
        "ImportError: cannot import name 'foo' from 'bar' (/app/bar.py)",
        "ValueError: invalid literal for int() with base 10: 'a'",
    ],
)
def test_what_is_nothing_of_starlettes_is_not_guessed_at(text: str) -> None:
    assert found(text) == []


def test_the_last_of_a_chain_comes_first_and_what_led_to_it_is_listed() -> None:
    chain = (
        "starlette.websockets.WebSocketDisconnect: (1000, '')\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "RuntimeError: Unexpected ASGI message 'websocket.close', after sending 'websocket.close'.\n"
    )
    assert found(chain)[:2] == ["websocket-left", "websocket-disconnect"]


def test_the_exception_in_a_group_comes_before_the_group() -> None:
    group = (
        "  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | starlette.requests.ClientDisconnect\n"
        "    +------------------------------------\n"
    )
    assert found(group)[0] == "client-gone"
    assert "exception-group" in found(group)
    assert found(group.splitlines()[0]) == ["exception-group"]


def test_source_lines_of_a_traceback_are_not_what_was_raised() -> None:
    shown = '  File "/a.py", line 1, in a\n    raise RuntimeError("Stream consumed")\nOSError: broken\n'
    assert [told.cls for told in next(tiers(shown))] == ["OSError"]


def test_a_frame_may_have_no_source() -> None:
    shown = '  File "uvloop/handles/stream.pyx", line 680, in write\nRuntimeError: Stream consumed\n'
    assert found(shown) == ["body-received-twice"]


def test_what_a_traceback_only_passes_by_is_not_what_happened() -> None:
    shown = (
        'Traceback (most recent call last):\n  File "/a.py", line 1, in a\n    return await stream(ReadError)\n'
        '  File "/b.py", line 2, in b\n    except anyio.BrokenResourceError as error:\n'
        "RuntimeError: Cannot call write() after write_eof()\nINFO:     connection closed\n"
    )
    assert found(shown) == []


def test_the_places_of_a_traceback_are_known_on_any_system() -> None:
    shown = 'File "/app/shop/main.py", line 3, in a\n File "C:\\shop\\views.py", line 4, in b\n'
    assert frames(shown) == {("main.py", 3), ("views.py", 4)}


def test_an_assertion_without_words_is_known_by_its_line() -> None:
    shown = '  File "/a.py", line 1, in __init__\n    assert scope["type"] == "http"\nAssertionError\n'
    assert found(shown)[0] == "websocket-as-request"


def test_of_rules_that_fit_alike_the_one_that_the_code_has_comes_first() -> None:
    fits = recognise("TypeError: Router.__init__() got an unexpected keyword argument 'on_startup'", ERRORS, RULES)
    assert names(fits)[:2] == ["SU103", "SU258"]
    assert names(best_first(fits, {"SU258"}))[:2] == ["SU258", "SU103"]
