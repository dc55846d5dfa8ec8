"""The commands that tell the history, as whole processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

MOVE = ("--from", "0.44.0", "--to", "0.46.2")
BETWEEN = ["0.45.0", "0.45.1", "0.45.2", "0.45.3", "0.46.0", "0.46.1", "0.46.2"]


def test_the_whole_history_is_a_table(run: Run) -> None:
    done = run("releases")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = done.stdout.splitlines()
    assert head == "release       date        break  silent  warns  notes  fixes  new"
    assert len(rows[: rows.index("")]) == 121
    assert rows[0].startswith("0.12.0        2019-05-21")
    assert rows[120].startswith("1.10.0        2026-10-24")
    assert "121 releases, 0.12.0 to 1.10.0: " in done.stdout
    assert "Next: " not in done.stdout


def test_what_is_no_usual_release_is_marked(run: Run) -> None:
    rows = {row.split()[0]: row for row in run("releases", "-q").stdout.splitlines()}
    assert "  Yanked (Security). " in rows["0.20.2"]
    assert "  Yanked (python-multipart release was broken). " in rows["0.41.1"]
    assert "  Pre-release. " in rows["1.0.0rc1"]
    assert sum("Yanked" in row or "Pre-release" in row for row in rows.values()) == 3


def test_between_two_releases_the_first_is_left_out_and_the_last_is_not(run: Run) -> None:
    done = run("releases", *MOVE)
    assert done.returncode == 0
    heads = [row for row in done.stdout.splitlines() if row[:1].isdigit() and " of 20" in row]
    assert [head.split()[0] for head in heads] == BETWEEN
    rows = [" ".join(row.split()) for row in done.stdout.splitlines()]
    for start in (
        "SU120 multipart-max-file-size silent `MultiPartParser.max_file_size` is called",
        "SU122 call-next-exceptions silent In 0.46.0 and 0.46.1, ",
        "SU122 call-next-exceptions as before In 0.46.0 and 0.46.1, ",
        "note gzip-event-stream to know `GZipMiddleware` no longer",
    ):
        assert sum(row.startswith(start) for row in rows) == 1, start
    assert done.stdout.endswith("\n\nNext: starlette-upgrade check --from 0.44.0 --to 0.46.2\n")


def test_one_end_is_enough(run: Run) -> None:
    start = run("releases", "--to", "0.12.1", "-q").stdout
    assert [row[:6] for row in start.splitlines() if row[:1].isdigit()] == ["0.12.0", "0.12.1"]
    end = run("releases", "--from", "1.9.0").stdout
    assert end.startswith("1.10.0 of 2026-10-24\n")
    assert end.endswith("Next: starlette-upgrade check --from 1.9.0 --to 1.10.0\n")


def test_concise_is_a_row_for_each_release_between(run: Run) -> None:
    rows = run("releases", *MOVE, "--format", "concise", "-q").stdout.splitlines()
    assert [row.split()[0] for row in rows] == ["release", *BETWEEN]


def test_json_holds_all_that_lies_between(run: Run) -> None:
    done = run("releases", *MOVE, "--format=json")
    report = json.loads(done.stdout)
    assert (report["version"], report["from"], report["to"]) == (1, "0.44.0", "0.46.2")
    assert [release["release"] for release in report["releases"]] == BETWEEN
    rules = {rule["code"]: rule["effect"] for release in report["releases"] for rule in release["rules"]}
    assert (rules["SU119"], rules["SU120"], rules["SU123"]) == ("deprecated", "silent", "break")
    assert len(json.loads(run("releases", "--format", "json").stdout)["releases"]) == 121


def test_nothing_lies_between_a_release_and_itself(run: Run) -> None:
    done = run("releases", "--from", "1.0", "--to", "1.0.0")
    assert (done.returncode, done.stdout) == (0, "No release lies between 1.0.0 and 1.0.0.\n")
    assert json.loads(run("releases", "--from", "1.10", "--format", "json").stdout)["releases"] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("releases", "--from", "0.99"), "--from 0.99: no such Starlette release is known, the nearest is 0.52.1"),
        (
            ("releases", "--to", "1.11.0"),
            "--to 1.11.0: no such Starlette release is known, the nearest is 1.10.0; "
            "a newer starlette-upgrade may know it",
        ),
        (("releases", "--from", "1.0.0", "--to", "0.40"), "--from 1.0.0 is newer than --to 0.40"),
        (("releases", "--format", "jsn"), "--format: unknown value `jsn`; did you mean `json`?"),
        (("explain", "0.49.9"), "explain 0.49.9: no such Starlette release is known, the nearest is 0.49.3"),
        (("explain", "0.49.x"), "explain 0.49.x: not a version; write a Starlette release such as 1.10.0"),
    ],
)
def test_a_release_that_there_is_not_is_one_line_and_two(run: Run, arguments: tuple[str, ...], error: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {error}\n")


def test_explain_tells_what_a_release_means(run: Run) -> None:
    done = run("explain", "0.46.0", "--from", "0.40.0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "0.46.0\n"
        "`GZipMiddleware` leaves event streams alone; `max_file_size` of forms becomes `spool_max_size`.\n"
        "\n"
        "  Published   2025-02-22\n"
        "  Python      >=3.9\n"
        "  Brings      2 fixes, 1 feature\n"
        "  For you     on your way from 0.40.0 to 1.10.0\n"
        "\n"
    )
    order = (
        "\nRuns, but does something else\n",
        "\n  SU120 multipart-max-file-size  #2780\n",
        "\nDeprecates\n",
        "\n  SU119 testclient-timeout  #2840\n",
        "\nGood to know\n",
        "\n  gzip-event-stream  #2865  #2871\n",
    )
    places = [done.stdout.index(text) for text in order]
    assert places == sorted(places)


def test_a_release_may_be_written_short(run: Run) -> None:
    assert run("explain", "1.1").stdout == run("explain", "v1.1.0").stdout


def test_a_release_lies_before_on_or_behind_the_way(run: Run, project: Path) -> None:
    (project / "requirements.txt").write_text("starlette==0.46.1\n")
    for release, meaning in (
        ("0.46.1", "behind you: you start at 0.46.1 (pinned `starlette==0.46.1` in requirements.txt:1)\n"),
        ("0.46.2", "on your way from 0.46.1 (pinned"),
        ("1.1.0", "beyond 1.0.0, where you go\n"),
    ):
        assert f"  For you     {meaning}" in run("explain", release, "--to", "1.0.0").stdout


def test_where_nothing_says_what_the_project_runs_on_nothing_is_said_of_the_way(run: Run) -> None:
    assert "For you" not in run("explain", "0.46.0").stdout
