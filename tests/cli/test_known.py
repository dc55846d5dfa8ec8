from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.known import load_known


def test_the_releases_that_there_are() -> None:
    known = load_known()
    assert len(known.releases) == 121
    assert known.newest == Version("1.10.0")
    assert {str(version) for version in known.yanked} == {"0.20.2", "0.41.1"}


def test_neighbours_are_final_releases() -> None:
    known = load_known()
    assert known.before(Version("1.0.0")) == Version("0.52.1")
    assert known.before(Version("0.41.2")) == Version("0.41.0")
    assert known.before(Version("0.1")) == Version("0.12.0")
    assert known.nearest(Version("0.46.9")) == Version("0.46.2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('releases = ["1.0", "0.9"]', "must be in order"),
        ('releases = ["1.0", "1.0"]', "must be in order"),
        ('releases = ["1.0"]\nyanked = ["2.0"]', "names a release that is not"),
        ('releases = ["1.0rc1"]', "holds no final release"),
        ('releases = ["x"]', "Invalid version"),
        ("releases = [", "known.toml: "),
        ('releases = ["1.0"]\nreleased = []', "unknown key `released`"),
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text)
    with pytest.raises(RulesetError, match=message):
        load_known(file)
