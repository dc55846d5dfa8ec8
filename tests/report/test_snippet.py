from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from starlette_upgrade.finding import Span
from starlette_upgrade.report.snippet import Row, cells, snippet


def one(text: str, start: int, end: int, width: int = 80) -> Row:
    [row] = snippet((text,), Span(1, start, 1, end), width)
    return row


def test_marks_the_range() -> None:
    assert one("app.route('/')\n", 5, 10) == Row(1, "app.route('/')", "    ^^^^^")


def test_tabs_become_spaces_in_both_lines() -> None:
    assert one("\tif x:\tapp.route\r\n", 8, 17) == Row(1, "    if x:   app.route", "            ^^^^^^^^^")


def test_wide_and_combining_characters_count_as_they_look() -> None:
    assert one("x = '日本', app.route", 11, 20).mark == " " * 12 + "^" * 9
    assert one("e\u0301 = app", 6, 9).mark == "    ^^^"
    assert one("日本", 1, 3).mark == "^^^^"


def test_an_empty_range_still_has_a_mark() -> None:
    assert one("x", 2, 2) == Row(1, "x", " ^")


def test_a_range_beyond_the_line_is_put_at_its_end() -> None:
    assert one("ab", 7, 9) == Row(1, "ab", "  ^")


def test_a_long_line_is_cut_behind_the_range() -> None:
    assert one("app.route(" + "x" * 100, 1, 10, 20) == Row(1, "app.route(xxxxxxxxx…", "^^^^^^^^^")


def test_a_long_line_is_cut_on_both_sides_of_the_range() -> None:
    row = one("a" * 100 + "RANGE" + "b" * 100, 101, 106, 25)
    assert row == Row(1, "…aaaaaaaaaRANGEbbbbbbbbb…", "          ^^^^^")


def test_a_range_at_the_end_of_a_long_line_keeps_what_is_before_it() -> None:
    assert one("a" * 100 + "RANGE", 101, 106, 20) == Row(1, "…aaaaaaaaaaaaaaRANGE", " " * 15 + "^^^^^")


def test_a_range_wider_than_the_screen_is_cut_itself() -> None:
    row = one("x = " + "R" * 100, 5, 105, 20)
    assert row.text == "x = RRRRRRRRRRRRRR…"
    assert row.mark == "    ^^^^^^^^^^^^^^^"


def test_two_lines_have_nothing_between_them() -> None:
    rows = snippet(("f(\n", "  a)\n"), Span(5, 1, 6, 5), 80)
    assert rows == [Row(5, "f(", "^^"), Row(6, "  a)", "  ^^")]


def test_a_range_that_ends_at_the_start_of_a_line_does_not_show_that_line() -> None:
    rows = snippet(("f(1)\n", "    g\n"), Span(5, 1, 6, 5), 80)
    assert rows == [Row(5, "f(1)", "^^^^")]


def test_form_feeds_and_escape_codes_are_shown_as_replaced() -> None:
    assert one("\x0cx\x1b[1m", 2, 3) == Row(1, "�x�[1m", " ^")


@given(
    st.text(st.characters(exclude_characters="\r\n")),
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(20, 60),
)
def test_no_row_is_wider_than_asked_and_no_mark_leaves_its_text(
    text: str, start: int, length: int, width: int
) -> None:
    row = one(text, start, start + length, width)
    assert cells(row.text) <= width
    assert set(row.mark.strip()) == {"^"}
    assert len(row.mark) <= cells(row.text) + 1
    assert row.text.isprintable() or all(c.isprintable() or not c.isascii() for c in row.text)
