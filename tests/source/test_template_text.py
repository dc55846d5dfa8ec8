"""What a template says: the value that it puts in, and what it loads."""

from __future__ import annotations

import pytest

from starlette_upgrade.source.template_text import read_template
from tests.source.template_texts import ESCAPED, HARMLESS, LOADING, NO_TEMPLATES, UNKNOWN


@pytest.mark.parametrize("text", ESCAPED)
def test_a_value_was_escaped(text: str) -> None:
    assert read_template(text).puts_in


@pytest.mark.parametrize("text", [*HARMLESS, *UNKNOWN])
def test_nothing_is_known_to_lose_its_escaping(text: str) -> None:
    assert not read_template(text).puts_in


@pytest.mark.parametrize("text", NO_TEMPLATES)
def test_what_jinja_does_not_read_is_no_template(text: str) -> None:
    assert not read_template(text + "{{ value }}").puts_in


@pytest.mark.parametrize(("text", "names"), LOADING)
def test_other_templates_are_loaded_by_name(text: str, names: tuple[str, ...]) -> None:
    assert read_template(text).loads == names


@pytest.mark.parametrize("text", ["{{ ' " * 9000, "{{ a " * 9000, "{% raw %}" * 9000, "{# " * 9000, "{{ (" * 9000])
def test_a_text_that_never_ends_takes_no_time(text: str) -> None:
    assert not read_template(text).puts_in
