"""What a run finds beside what was judged: nothing that somebody said of code gets lost."""

from __future__ import annotations

import pytest

from benchmarks.hazards.judged import (
    Judged,
    JudgedError,
    Spot,
    broken,
    compare,
    parse,
    per_cent_right,
    render,
    table,
)

RIGHT = Judged(Spot("a-1", "a.py", 3, "SU400"), "certain", "right", "read twice")
LITTLE = "of the certain findings are right, 90 % have to be"
WRONG = Judged(Spot("a-1", "b.py", 5, "SU400"), "certain", "wrong", "another request")


class TestComparing:
    def test_what_is_found_as_before_keeps_its_verdict(self) -> None:
        comparison = compare([RIGHT, WRONG], [(RIGHT.spot, "certain"), (WRONG.spot, "certain")])
        assert comparison == ((RIGHT, WRONG), (), (), ())

    def test_what_is_new_waits_for_a_reader(self) -> None:
        comparison = compare([RIGHT], [(RIGHT.spot, "certain"), (WRONG.spot, "possible")])
        assert comparison.new == (Judged(WRONG.spot, "possible", "unjudged", ""),)
        assert comparison.rows == (RIGHT, *comparison.new)

    def test_what_is_gone_is_told_and_keeps_its_verdict(self) -> None:
        comparison = compare([RIGHT, WRONG], [(RIGHT.spot, "certain")])
        assert comparison.gone == (WRONG,)
        assert comparison.rows == (RIGHT, WRONG._replace(said="nothing"))

    def test_what_was_gone_before_is_not_told_again(self) -> None:
        assert compare([WRONG._replace(said="nothing")], []).gone == ()

    def test_another_confidence_is_told(self) -> None:
        comparison = compare([RIGHT], [(RIGHT.spot, "possible")])
        assert comparison.otherwise == (RIGHT._replace(said="possible"),)

    def test_what_comes_back_is_told(self) -> None:
        comparison = compare([RIGHT._replace(said="nothing")], [(RIGHT.spot, "certain")])
        assert (comparison.otherwise, comparison.new) == ((RIGHT,), ())

    @pytest.mark.parametrize("twice", [("certain", "possible"), ("possible", "certain")])
    def test_of_two_findings_on_a_line_the_certain_one_counts(self, twice: tuple[str, str]) -> None:
        comparison = compare([], [(RIGHT.spot, said) for said in twice])
        assert [row.said for row in comparison.rows] == ["certain"]

    def test_a_line_that_moved_is_gone_and_new(self) -> None:
        comparison = compare([RIGHT], [(RIGHT.spot._replace(line=4), "certain")])
        assert (len(comparison.gone), len(comparison.new)) == (1, 1)


class TestCounting:
    def test_only_what_was_judged_counts(self) -> None:
        unread = Judged(Spot("a-1", "c.py", 1, "SU400"), "certain", "unjudged", "")
        assert per_cent_right([RIGHT, WRONG, unread], "certain") == 50

    def test_nothing_judged_is_no_share(self) -> None:
        assert per_cent_right([RIGHT], "possible") is None

    def test_a_certain_pattern_must_seldom_be_wrong(self) -> None:
        rows = [RIGHT._replace(spot=RIGHT.spot._replace(line=line)) for line in range(9)]
        assert list(broken([*rows, WRONG])) == []
        assert list(broken([*rows[1:], WRONG])) == [
            "SU400: 89 % of the certain findings are right, 90 % have to be"
        ]

    def test_a_possible_one_may_be(self) -> None:
        assert list(broken([WRONG._replace(said="possible")])) == []

    def test_one_pattern_does_not_make_up_for_another(self) -> None:
        good = [RIGHT._replace(spot=RIGHT.spot._replace(code="SU401", line=line)) for line in range(99)]
        assert len(list(broken([*good, WRONG]))) == 1

    def test_every_finding_has_to_be_read(self) -> None:
        unread = Judged(RIGHT.spot, "possible", "unjudged", "")
        assert list(broken([unread])) == ["a-1/a.py:3 SU400 (possible): nobody has read it"]
        assert list(broken([unread._replace(said="nothing")])) == []

    def test_the_table_has_a_line_for_each_pattern_and_one_for_all(self) -> None:
        _, _, *lines = table([RIGHT, WRONG], {"SU400": "stream-consumed"})
        assert lines == [
            "| SU400 stream-consumed | 1 | 1 | 0 | 50 | 0 | 0 | 0 | 0 | 0 |",
            "| all | 1 | 1 | 0 | 50 | 0 | 0 | 0 | 0 | 0 |",
        ]

    def test_right_and_not_found_is_missed(self) -> None:
        rows = [RIGHT._replace(said="nothing"), WRONG._replace(said="nothing")]
        assert list(table(rows, {}))[-1] == "| all | 0 | 0 | 0 |  | 0 | 0 | 0 | 1 | 1 |"


class TestWriting:
    def test_what_is_written_is_read_again(self) -> None:
        quoted = Judged(Spot("b-2", "c.py", 7, "SU420"), "possible", "unjudged", 'says "\\n"')
        assert parse(render([quoted, WRONG, RIGHT], "# head\n")) == [RIGHT, WRONG, quoted]

    def test_an_empty_table_has_no_rows(self) -> None:
        assert parse(render([], "# head\n")) == []

    @pytest.mark.parametrize(
        ("row", "mistake"),
        [
            (RIGHT._replace(verdict="rite"), "`rite`"),
            (RIGHT._replace(said="sure"), "`sure`"),
            (RIGHT._replace(reason=""), "right without a reason"),
        ],
    )
    def test_a_mistake_is_named_with_its_place(self, row: Judged, mistake: str) -> None:
        with pytest.raises(JudgedError, match=f"a-1/a.py:3 SU400.*{mistake}"):
            parse(render([row], ""))

    def test_a_place_stands_there_once(self) -> None:
        with pytest.raises(JudgedError, match="twice"):
            parse(render([RIGHT, RIGHT._replace(verdict="wrong")], ""))
