from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.journey import Journey, plan
from starlette_upgrade.cli.request import Request
from starlette_upgrade.ruleset.loader import load_releases

RELEASES = load_releases()


def journey(project: Path, old: str = "", new: str = "", pin: str = "") -> Journey:
    if pin:
        (project / "requirements.txt").write_text(f"starlette=={pin}\n")
    return plan(Request("check", paths=(str(project),), old=old, new=new), RELEASES)


def ends(found: Journey) -> tuple[str, str]:
    return str(found.move.old), str(found.move.new)


def test_what_the_person_names_is_taken_without_a_word(project: Path) -> None:
    found = journey(project, "0.40", "v1.0.0rc1", pin="0.46.0")
    assert ends(found) == ("0.40", "1.0.0rc1")
    assert (found.origin, found.notes) == ("", ())


def test_what_the_project_pins_is_taken_and_said(project: Path) -> None:
    found = journey(project, pin="0.46.0")
    assert ends(found) == ("0.46.0", "1.10.0")
    assert found.origin == "pinned `starlette==0.46.0` in requirements.txt:1"
    assert found.notes == (f"from Starlette 0.46.0, {found.origin}",)


def test_where_nothing_says_so_all_rules_apply_and_it_is_said(project: Path) -> None:
    found = journey(project)
    oldest = min(release.version for release in RELEASES)
    assert found.move.old < oldest
    assert found.origin == "assumed"
    assert "pass --from" in found.notes[-1]
    assert ends(journey(project, new="0.12.0")) == ("0.12.0", "0.12.0")


def test_a_project_ahead_of_the_rules_is_no_failure(project: Path) -> None:
    found = journey(project, pin="99.0")
    assert ends(found) == ("1.10.0", "1.10.0")
    assert "newer than 1.10.0" in found.notes[-1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.40.0", "9.9", "--to 9.9: no such Starlette release is known, the nearest is 1.10.0; a newer"),
        ("0.46.7", "", "--from 0.46.7: no such Starlette release is known, the nearest is 0.46.2"),
        ("0.1", "", "--from 0.1: no such Starlette release is known, the nearest is 0.12.0"),
        ("banana", "", "--from banana: not a version; write a Starlette release such as 1.10.0"),
        ("1.0.0", "0.40.0", "--from 1.0.0 is newer than --to 0.40.0"),
    ],
)
def test_a_wrong_version_is_named_with_the_nearest_one(project: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        journey(project, old, new)
    assert str(caught.value).startswith(message)


def test_an_upgrade_that_goes_down_names_where_the_project_is(project: Path) -> None:
    with pytest.raises(CommandError, match=r"--to 0\.40\.0 is older than Starlette 0\.46\.0.*pass --from"):
        journey(project, new="0.40.0", pin="0.46.0")


def test_every_kind_of_evidence_reads_as_english(project: Path) -> None:
    installed = project / ".venv" / "lib" / "python3.11" / "site-packages" / "starlette-0.45.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: starlette\nVersion: 0.45.0\n")
    (project / ".venv" / "pyvenv.cfg").write_text("")
    assert journey(project).origin == "installed in .venv"
    (project / "pyproject.toml").write_text(
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["starlette>=0.37"]\n'
    )
    assert journey(project).origin.startswith("lowest that `starlette>=0.37` admits, in pyproject.toml")
    (project / "uv.lock").write_text('version = 1\n[[package]]\nname = "starlette"\nversion = "0.41.0"\n')
    assert journey(project).origin == "locked in uv.lock"


def test_an_environment_that_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(CommandError, match="--python nowhere: no such interpreter or environment"):
        plan(Request("check", paths=(str(project),), python="nowhere"), RELEASES)


def test_a_folder_of_the_project_is_asked_about_like_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "requirements.txt").write_text("starlette==0.46.0\n")
    (project / "src" / "app").mkdir(parents=True)
    monkeypatch.chdir(project)
    assert ends(plan(Request("check", paths=("src/app",)), RELEASES)) == ("0.46.0", "1.10.0")
    monkeypatch.chdir(project / "src")
    assert plan(Request("check", paths=("app",)), RELEASES).origin == "assumed"
