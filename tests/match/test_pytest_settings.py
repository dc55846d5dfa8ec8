"""Findings in files that are no code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = load_releases()
FILTER = "ignore:'HTTP_422_UNPROCESSABLE_ENTITY' is deprecated:DeprecationWarning"


def options(folder: Path, *, new: str = "1.10.0", select: tuple[str, ...] = ()) -> Options:
    return Options((folder,), Move(Version("1.0.0"), Version(new)), select)


def write(folder: Path, *filters: str, code: str = "import starlette\n") -> None:
    (folder / "app.py").write_text(code)
    (folder / "pytest.ini").write_text("\n    ".join(("[pytest]\nfilterwarnings =", *filters)) + "\n")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((FILTER,), [(3, "certain")]),
        (("error", "ignore:(async )?generator function lifespans:DeprecationWarning"), [(4, "certain")]),
        (("ignore::DeprecationWarning:starlette.routing",), [(3, "possible")]),
        (("error", "ignore::DeprecationWarning"), [(4, "possible")]),
        (("ignore::DeprecationWarning",), []),
        (("error::DeprecationWarning",), []),
        (("ignore:.*:DeprecationWarning",), []),
        (("ignore:pkg_resources is deprecated:DeprecationWarning",), []),
        (("ignore::DeprecationWarning:starlette.testclient",), []),
        (("ignore:'HTTP_422_UNPROCESSABLE_ENTITY' is deprecated",), []),
        (("ignore:'HTTP_422:starlette.exceptions.StarletteDeprecationWarning",), []),
        (("ignore:(:DeprecationWarning",), []),
    ],
)
def test_a_filter_counts_that_was_made_for_starlettes_warnings(
    tmp_path: Path, filters: tuple[str, ...], expected: list[tuple[int, str]]
) -> None:
    write(tmp_path, *filters)
    findings = pipeline.check(options(tmp_path), RELEASES).findings
    assert [(finding.span.line, finding.confidence) for finding in findings] == expected
    assert {finding.rule.name for finding in findings} <= {"starlette-deprecation-warning"}


def test_a_filter_for_all_is_none_of_ours_where_nobody_uses_starlette(tmp_path: Path) -> None:
    write(tmp_path, "error", "ignore::DeprecationWarning", code="import flask\n")
    assert pipeline.check(options(tmp_path), RELEASES).findings == ()


def test_fix_leaves_the_settings_alone_and_reports_them(tmp_path: Path) -> None:
    write(tmp_path, FILTER)
    result = pipeline.fix(options(tmp_path), RELEASES)
    assert result.changes == ()
    assert [finding.path.name for finding in result.remaining] == ["pytest.ini"]


def test_nothing_is_said_before_the_change_or_when_it_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, FILTER)
    assert pipeline.check(options(tmp_path, new="1.3.0"), RELEASES).findings == ()
    assert pipeline.check(options(tmp_path, select=("SU118",)), RELEASES).findings == ()


def test_the_finding_is_reported_in_json_and_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette_upgrade.cli import main

    write(tmp_path, FILTER)
    monkeypatch.chdir(tmp_path)
    command = ["check", "--from", "1.0.0", "--to", "1.10.0", "--fail-on", "silent"]
    assert main([*command, "--format", "json", "."]) == 1
    [found] = json.loads(capsys.readouterr().out)["findings"]
    assert found["path"] == "pytest.ini"
    assert found["rule"] == "starlette-deprecation-warning"
    assert main([*command, "."]) == 1
    assert f"3 |     {FILTER}" in capsys.readouterr().out
