"""From which FastAPI to which: as the person says, as the project says, or as the Starlette admits."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.journey import Journey, plan, untold
from starlette_upgrade.cli.request import Request
from starlette_upgrade.finding import CheckResult
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases

RELEASES = load_releases()


def journey(project: Path, pins: str = "", old: str = "", new: str = "", fastapi: str = "") -> Journey:
    (project / "requirements.txt").write_text(pins)
    return plan(Request("check", paths=(str(project),), old=old, new=new, fastapi=fastapi), RELEASES)


def ends(found: Journey) -> tuple[str, str] | None:
    beside = found.move.fastapi
    return None if beside is None else (str(beside.old), str(beside.new))


def test_where_nothing_speaks_of_fastapi_nothing_is_said(project: Path) -> None:
    found = journey(project, "starlette==0.46.2\n")
    assert ends(found) is None
    assert "FastAPI" not in " ".join(found.notes)


def test_what_the_project_pins_goes_to_the_newest_that_admits_the_starlette(project: Path) -> None:
    pins = "fastapi==0.115.14\nstarlette==0.46.2\n"
    found = journey(project, pins)
    assert ends(found) == ("0.115.14", "0.165.0")
    assert found.notes[-1] == (
        "FastAPI from 0.115.14, pinned `fastapi==0.115.14` in requirements.txt:1, to 0.165.0, "
        "the newest that admits Starlette 1.10.0"
    )
    assert ends(journey(project, pins, new="0.52.1")) == ("0.115.14", "0.163.2")
    assert ends(journey(project, pins, new="0.47.0")) == ("0.115.14", "0.163.2")


def test_a_range_starts_at_the_oldest_that_it_admits(project: Path) -> None:
    assert ends(journey(project, "fastapi>=0.120.1\n")) == ("0.120.1", "0.165.0")


def test_what_the_person_names_is_where_it_goes(project: Path) -> None:
    found = journey(project, "fastapi==0.115.14\nstarlette==0.46.2\n", fastapi="0.136.3")
    assert ends(found) == ("0.115.14", "0.136.3")
    assert found.notes[-1].endswith("requirements.txt:1, to 0.136.3")


def test_beside_from_the_project_is_asked_for_its_fastapi_only(project: Path) -> None:
    pins = "fastapi==0.128.0\nstarlette==0.50.0\n"
    assert ends(journey(project, pins, old="0.50.0", fastapi="0.165.0")) == ("0.128.0", "0.165.0")
    assert ends(journey(project, pins, old="0.50.0")) is None


def test_a_fastapi_that_does_not_admit_the_older_starlette_is_not_where_it_starts(project: Path) -> None:
    found = journey(project, "fastapi==0.165.0\nstarlette==1.10.0\n", old="0.46.2", fastapi="0.165.0")
    assert ends(found) == ("0.115.10", "0.165.0")
    assert "from 0.115.10, the oldest that admits Starlette 0.46.2," in found.notes[-1]


def test_nothing_but_the_name_of_the_person(project: Path) -> None:
    assert ends(journey(project, old="0.46.2", fastapi="0.137.0")) == ("0.115.10", "0.137.0")
    assert ends(journey(project, old="0.12.0", new="0.13.0", fastapi="0.60.0")) == ("0.60.0", "0.60.0")


@pytest.mark.parametrize(
    ("new", "fastapi", "words"),
    [
        (
            "0.52.1",
            "0.120.0",
            "FastAPI 0.120.0 needs Starlette >=0.40.0,<0.49.0, which does not admit 0.52.1; "
            "of FastAPI, 0.128.3 to 0.163.2 admit it",
        ),
        (
            "1.0.0",
            "0.128.2",
            "FastAPI 0.128.2 needs Starlette >=0.40.0,<0.51.0, which does not admit 1.0.0, and every FastAPI() "
            "and APIRouter() call raises a TypeError with it; of FastAPI, 0.133.0 to 0.163.2 admit it",
        ),
        (
            "1.0.0",
            "0.132.1",
            "FastAPI 0.132.1 needs Starlette >=0.40.0,<1.0.0, which does not admit 1.0.0; "
            "of FastAPI, 0.133.0 to 0.163.2 admit it",
        ),
        (
            "1.5.0",
            "0.165.0",
            "FastAPI 0.165.0 needs Starlette >=1.6.0, which does not admit 1.5.0; "
            "of FastAPI, 0.133.0 to 0.163.2 admit it",
        ),
    ],
)
def test_a_pair_that_can_not_be_is_said_in_one_line(project: Path, new: str, fastapi: str, words: str) -> None:
    found = journey(project, old="0.46.2", new=new, fastapi=fastapi)
    assert found.notes[-1] == words


def test_a_starlette_that_no_fastapi_admits_leaves_fastapi_where_it_is(project: Path) -> None:
    found = journey(project, "fastapi==0.108.0\n", new="0.34.0")
    assert ends(found) == ("0.108.0", "0.108.0")
    assert "since none admits Starlette 0.34.0" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("fastapi", "message"),
    [
        ("banana", "--fastapi banana: not a version; write a FastAPI release such as 0.165.0"),
        ("0.115.99", "--fastapi 0.115.99: no such FastAPI release is known, the nearest is 0.115.14"),
        (
            "9.0",
            "--fastapi 9.0: no such FastAPI release is known, the nearest is 0.165.0; a newer starlette-upgrade",
        ),
        ("0.59.0", "--fastapi 0.59.0: no such FastAPI release is known, the nearest is 0.60.0"),
    ],
)
def test_a_version_that_makes_no_sense_is_one_clear_line(project: Path, fastapi: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        journey(project, fastapi=fastapi)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("names_fastapi", "fastapi", "notes"), [(True, None, 1), (False, None, 0), (True, "0.165.0", 0)]
)
def test_whose_code_names_fastapi_is_told_what_was_not_looked_for(
    names_fastapi: bool, fastapi: str | None, notes: int
) -> None:
    beside = Move(Version(fastapi), Version(fastapi)) if fastapi else None
    move = Move(Version("0.46.2"), Version("1.10.0"), beside)
    found = list(untold(CheckResult(move, (), (), 1, names_fastapi)))
    assert len(found) == notes
    assert all("--fastapi" in note for note in found)
