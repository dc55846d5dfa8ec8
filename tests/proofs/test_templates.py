"""What is said of templates is what comes out of them: on the last release that escapes all, and on the newest."""

from __future__ import annotations

import json

import pytest
from packaging.version import Version

from starlette_upgrade.match.behaviours.templates.autoescape import is_raw
from tests.proofs.laboratory import KNOWN, run
from tests.proofs.stacks import SERIES, interpreter
from tests.source.template_texts import ESCAPED, HARMLESS, NO_TEMPLATES

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

ALL_ESCAPED = Version("0.52.1")
NAMES = (
    "a.html", "a.htm", "a.xml", "A.HTML", "a.j2.html", ".html", "a.txt", "a.j2", "a.html.j2", "a.xhtml", "a.svg",
    "noending", "html", "a.html/b",
)  # fmt: skip
LOADERS = {
    "include.html": "{% include 'part.jinja' %}",
    "extend.html": "{% extends 'part.jinja' %}",
    "import.html": "{% from 'macro.jinja' import show %}{{ show(value) }}",
    "part.jinja": "{{ value }}",
    "macro.jinja": "{% macro show(it) %}{{ it }}{% endmacro %}",
}
PROGRAM = """
import json
import jinja2
from starlette.templating import Jinja2Templates

templates = Jinja2Templates("templates")
sources = json.loads(SOURCES)
templates.env.loader = jinja2.DictLoader(sources)
context = {"value": "<b>", "data": {"value": "<b>"}}
told = {}
for name in sources:
    try:
        told[name] = templates.get_template(name).render(context)
    except jinja2.TemplateError as error:
        told[name] = None
print(json.dumps(told))
"""


def rendered(sources: dict[str, str], release: Version) -> dict[str, str | None]:
    outcome = run(f"SOURCES = {json.dumps(sources)!r}\n{PROGRAM}", release)
    told: dict[str, str | None] = json.loads(outcome.output)
    return told


def lost(sources: dict[str, str]) -> set[str]:
    """The names of the templates that come out otherwise."""
    before, after = (rendered(sources, release) for release in (ALL_ESCAPED, KNOWN.newest))
    assert set(before) == set(sources)
    return {name for name, text in before.items() if text != after[name]}


def test_the_name_decides() -> None:
    assert lost(dict.fromkeys(NAMES, "{{ value }}")) == {name for name in NAMES if is_raw(name)}


def test_a_template_that_another_loads_goes_by_its_own_name() -> None:
    assert lost(LOADERS) == {"include.html", "extend.html", "import.html", "part.jinja"}


def test_values_that_were_escaped_are_not_any_more() -> None:
    sources = {f"{number}.txt": text for number, text in enumerate(ESCAPED)}
    assert lost(sources) == set(sources)


def test_other_values_are_as_before() -> None:
    sources = {f"{number}.txt": text for number, text in enumerate(HARMLESS)}
    assert lost(sources) == set()
    assert None not in rendered(sources, KNOWN.newest).values()


def test_other_languages_are_none_of_jinjas() -> None:
    sources = {f"{number}.txt": text for number, text in enumerate(NO_TEMPLATES)}
    assert set(rendered(sources, KNOWN.newest).values()) == {None}
