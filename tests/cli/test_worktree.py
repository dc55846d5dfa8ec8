from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.worktree import require_clean

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "app").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "app" / "main.py").write_text("a = 1\n")
    (folder / "README").write_text("a\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "a")
    return folder


def obstacle(*files: Path) -> str:
    """Why the files may not be written; "" if they may."""
    try:
        require_clean(files)
    except CommandError as error:
        return str(error)
    return ""


def test_a_clean_work_tree_is_no_question(repository: Path) -> None:
    assert obstacle(repository / "app" / "main.py") == ""


def test_outside_of_a_repository_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    assert obstacle(tmp_path / "a.py") == ""


def test_without_git_nothing_is_asked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "README").write_text("b\n")
    assert obstacle(repository / "app" / "main.py") != ""
    monkeypatch.setenv("PATH", str(repository))
    assert obstacle(repository / "app" / "main.py") == ""


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("name", ["app/main.py", "README"])
def test_a_changed_file_anywhere_is_an_obstacle(repository: Path, name: str, staged: bool) -> None:
    (repository / name).write_text("b\n")
    if staged:
        git(repository, "add", name)
    with pytest.raises(CommandError) as caught:
        require_clean([repository / "app" / "main.py"])
    assert str(caught.value) == (
        f"nothing is written: {name} in the git work tree has uncommitted changes; "
        "commit or stash them, or pass --allow-dirty"
    )


def test_renamed_files_are_named_once(repository: Path) -> None:
    git(repository, "mv", "README", "MANUAL")
    (repository / "app" / "main.py").write_text("b\n")
    with pytest.raises(CommandError, match=r"MANUAL, app/main\.py in the git work tree have|app/main\.py, MANUAL"):
        require_clean([repository / "app" / "main.py"])


def test_untracked_files_matter_only_if_they_are_rewritten(repository: Path) -> None:
    for name in ("new.py", "other.py", "ignored.py"):
        (repository / name).write_text("")
    (repository / ".git" / "info" / "exclude").write_text("ignored.py\n")
    assert obstacle(repository / "app" / "main.py") == ""
    for name in ("new.py", "ignored.py"):
        with pytest.raises(CommandError, match=rf"{name} is not under version control"):
            require_clean([repository / name])


def test_many_files_are_summed_up(repository: Path) -> None:
    for name in "abcdef":
        (repository / name).write_text("1")
    git(repository, "add", ".")
    with pytest.raises(CommandError, match=r"a, b, c and 3 other files in the git work tree have"):
        require_clean([repository / "app" / "main.py"])


def test_the_variables_of_a_hook_do_not_mislead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / "elsewhere"))
    assert obstacle(repository / "app" / "main.py") == ""
    (repository / "app" / "main.py").write_text("b\n")
    assert "app/main.py in the git work tree has uncommitted changes" in obstacle(repository / "app" / "main.py")


def test_names_of_all_kinds(repository: Path) -> None:
    names = ["with space.py", "日本.py", 'quo"te.py', "new\nline.py"]
    for name in names:
        (repository / name).write_text("a")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "names")
    assert obstacle(*(repository / name for name in names)) == ""
    (repository / "日本.py").write_text("b")
    with pytest.raises(CommandError, match=r"written: 日本\.py in"):
        require_clean([repository / name for name in names])


def test_a_repository_that_git_can_not_read_is_an_obstacle(repository: Path) -> None:
    (repository / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(CommandError, match=r"git can't tell whether .* pass --allow-dirty"):
        require_clean([repository / "app" / "main.py"])


def test_a_link_is_asked_about_where_it_points(repository: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    link.symlink_to(repository / "app" / "main.py")
    (repository / "app" / "main.py").write_text("b\n")
    with pytest.raises(CommandError, match=r"app/main\.py"):
        require_clean([link])
