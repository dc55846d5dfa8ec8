"""What was read once is remembered, and never when anything that it was made from has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.ruleset import compiled
from starlette_upgrade.ruleset.compiled import kept

if TYPE_CHECKING:
    from pathlib import Path


class Reader:
    """Reads a folder's text files, and counts how often it had to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> str:
        self.times += 1
        return "".join(file.read_text() for file in sorted(folder.glob("*.toml")))


@pytest.fixture(autouse=True)
def writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.toml").write_text("one")
    return tmp_path


def test_is_read_once(folder: Path) -> None:
    reader = Reader()
    assert [kept(folder, __file__, reader) for _ in range(3)] == ["one"] * 3
    assert reader.times == 1


@pytest.mark.parametrize("name", ["a.toml", "b.toml"])
def test_is_read_again_when_a_file_changes_or_comes(name: str, folder: Path) -> None:
    reader = Reader()
    kept(folder, __file__, reader)
    (folder / name).write_text("longer")
    assert "longer" in kept(folder, __file__, reader)


def test_is_read_again_when_a_file_goes(folder: Path) -> None:
    (folder / "b.toml").write_text("two")
    reader = Reader()
    assert kept(folder, __file__, reader) == "onetwo"
    (folder / "b.toml").unlink()
    assert kept(folder, __file__, reader) == "one"


def test_is_read_again_by_another_version_of_the_tool(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    kept(folder, __file__, reader)
    monkeypatch.setattr(compiled, "__version__", "99")
    kept(folder, __file__, reader)
    assert reader.times == 2


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x80\x05N."])
def test_what_is_broken_is_written_anew(data: bytes, folder: Path) -> None:
    reader = Reader()
    kept(folder, __file__, reader)
    (file,) = (folder / "__pycache__").iterdir()
    file.write_bytes(data)
    assert kept(folder, __file__, reader) == kept(folder, __file__, reader) == "one"
    assert reader.times == 2


def test_nothing_is_written_where_python_writes_no_modules(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert kept(folder, __file__, Reader()) == "one"
    assert [file.name for file in folder.iterdir()] == ["a.toml"]


def test_a_folder_that_can_not_be_written_is_read_each_time(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder would be")
    reader = Reader()
    assert [kept(folder, __file__, reader) for _ in range(2)] == ["one"] * 2
    assert reader.times == 2
