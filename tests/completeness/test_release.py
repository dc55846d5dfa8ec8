"""`make release`: a wrong version is named in one line, and a right one gets its place on the list."""

from __future__ import annotations

import pytest
import tomli
from packaging.version import Version

from scripts.release import LIST, ReleaseError, listed, main, new_version, told
from starlette_upgrade.ruleset.known import load_known

KNOWN = load_known().releases


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("latest", "'latest' is not a version"),
        ("1.11", "write all three numbers"),
        (str(KNOWN[-1]), f"Starlette {KNOWN[-1]} is in releases.toml already"),
        ("0.11.4", "older than all that is known"),
    ],
)
def test_a_wrong_version_is_named(text: str, told: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        new_version(text, KNOWN)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_version_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["release", "latest"])
    assert main() == 2
    assert capsys.readouterr().err == "error: 'latest' is not a version: write VERSION=1.11.0\n"


@pytest.mark.parametrize("text", ["99.0.0", "0.20.5", "1.0.0rc2", "0.37.2.post1"])
def test_a_new_release_gets_its_place_on_the_list(text: str) -> None:
    version = new_version(text, KNOWN)
    versions = sorted([*KNOWN, version])
    after = listed(LIST.read_text(encoding="utf-8"), versions, version)
    assert tomli.loads(after)["releases"] == [str(known) for known in versions]
    assert max(map(len, after.splitlines())) < 116


def test_a_new_release_gets_a_table_in_the_history() -> None:
    before = '[[release]]\nversion = "1.0.0"\ndate = 2026-03-22\nline = "Stable."\n'
    after = tomli.loads(told(before, Version("1.1.0"), frozenset({"python >=3.10", "starlette module"})))["release"]
    assert [row["line"] for row in after] == ["Stable.", ""]
    assert (after[1]["version"], after[1]["python"]) == ("1.1.0", ">=3.10")
