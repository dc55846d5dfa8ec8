"""Writing a file: all of it or nothing, and never over somebody else's change."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from starlette_upgrade.finding import FileChange
from starlette_upgrade.rewrite.disk import ChangedOnDisk, write

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX")


def change(path: Path, before: bytes = b"old = 1\n", after: bytes = b"new = 1\r\n\xff") -> FileChange:
    return FileChange(path, before, after, "utf-8", ())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "module.py"
    path.write_bytes(b"old = 1\n")
    return path


def test_the_bytes_are_written_as_they_are(file: Path) -> None:
    write(change(file))
    assert file.read_bytes() == b"new = 1\r\n\xff"
    assert [path.name for path in file.parent.iterdir()] == ["module.py"]


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664, 0o640])
def test_the_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    write(change(file))
    assert stat.S_IMODE(file.stat().st_mode) == mode


@POSIX
def test_a_link_stays_a_link_and_its_target_is_rewritten(file: Path) -> None:
    folder = file.parent / "links"
    folder.mkdir()
    link = folder / "link.py"
    link.symlink_to(Path("..") / "module.py")
    write(change(link))
    assert link.is_symlink()
    assert link.readlink() == Path("..") / "module.py"
    assert file.read_bytes() == b"new = 1\r\n\xff"
    assert list(folder.iterdir()) == [link]


def test_a_file_that_changed_meanwhile_is_left_alone(file: Path) -> None:
    file.write_bytes(b"theirs = 1\n")
    with pytest.raises(ChangedOnDisk, match="changed on disk meanwhile"):
        write(change(file))
    assert file.read_bytes() == b"theirs = 1\n"
    assert [path.name for path in file.parent.iterdir()] == ["module.py"]


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    file.unlink()
    with pytest.raises(FileNotFoundError):
        write(change(file))
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "chown", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(1)])
def test_an_interruption_at_any_step_leaves_the_original(
    file: Path, step: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)):
        write(change(file))
    monkeypatch.undo()
    assert file.read_bytes() == b"old = 1\n"
    assert [path.name for path in file.parent.iterdir()] == ["module.py"]


def test_a_process_that_is_killed_leaves_the_original(file: Path) -> None:
    program = """\
import os, sys
from pathlib import Path
from starlette_upgrade.finding import FileChange
from starlette_upgrade.rewrite.disk import write

os.replace = lambda *_: os._exit(9)
write(FileChange(Path(sys.argv[1]), b"old = 1\\n", b"new = 1\\n", "utf-8", ()))
"""
    killed = subprocess.run([sys.executable, "-c", program, str(file)], check=False)
    assert killed.returncode == 9
    assert file.read_bytes() == b"old = 1\n"
    assert [path.name for path in file.parent.glob("*.py")] == ["module.py"]
    write(change(file))
    assert file.read_bytes() == b"new = 1\r\n\xff"


@POSIX
@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_gives_an_error(file: Path) -> None:
    file.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            write(change(file))
        assert file.read_bytes() == b"old = 1\n"
    finally:
        file.parent.chmod(0o700)


@POSIX
def test_a_file_that_is_read_only_is_left_alone(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(PermissionError, match=r"module\.py: read-only; left alone"):
        write(change(file))
    assert file.read_bytes() == b"old = 1\n"
    assert [path.name for path in file.parent.iterdir()] == ["module.py"]


@POSIX
@pytest.mark.skipif(not AS_ROOT, reason="only root may give files away")
def test_the_owner_stays(file: Path) -> None:
    os.chown(file, 12345, 23456)
    write(change(file))
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)
