"""Which files a run looks at: those below the given paths that git would not ignore."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from starlette_upgrade.finding import Problem
from starlette_upgrade.source.discovery import discover

Found = Callable[..., list[str]]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory and no repository yet."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def found(tree: Path) -> Found:
    """Writes files and gives what is discovered below `paths` (all, if none is given), as named from the root."""

    def run(files: Mapping[str, str] | Iterable[str], *paths: str) -> list[str]:
        write(tree, files)
        discovered, problems = discover([tree / path for path in paths] or [tree])
        assert problems == []
        return [os.path.relpath(path, tree).replace(os.sep, "/") for path in discovered]

    return run


def write(folder: Path, files: Mapping[str, str] | Iterable[str]) -> None:
    for name, text in files.items() if isinstance(files, Mapping) else ((name, "") for name in files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_python_files_and_stubs_are_found_at_any_depth(found: Found) -> None:
    files = ["a.py", "b.pyi", "c/d.py", "c/e/f/g.py", "h.txt", "i.pyc", "j.PY.bak", "py", "k.ipynb"]
    assert found(files) == ["a.py", "b.pyi", "c/d.py", "c/e/f/g.py"]


def test_an_empty_folder_holds_nothing(found: Found) -> None:
    assert found([]) == []


class TestOrder:
    def test_files_of_a_folder_are_sorted(self, found: Found) -> None:
        assert found(["b.py", "a.py", "b/a.py", "a/b.py", "a-b.py"]) == [
            "a-b.py",
            "a.py",
            "a/b.py",
            "b.py",
            "b/a.py",
        ]

    def test_paths_keep_the_order_in_which_they_were_given(self, found: Found) -> None:
        assert found(["a/x.py", "b/x.py", "c.py"], "c.py", "b", "a") == ["c.py", "b/x.py", "a/x.py"]

    @pytest.mark.parametrize(
        "paths",
        [
            ("a", "a"),
            ("a", "a/x.py"),
            ("a/x.py", "a"),
            ("a", "a/b"),
            ("a/b", "a"),
            ("a/x.py", "a/x.py", "a/b/y.py"),
        ],
    )
    def test_a_file_that_several_paths_lead_to_is_looked_at_once(
        self, paths: tuple[str, ...], found: Found
    ) -> None:
        assert sorted(found(["a/x.py", "a/b/y.py"], *paths)) == ["a/b/y.py", "a/x.py"]

    @pytest.mark.parametrize(
        "paths",
        [
            pytest.param((".", "a"), id="dot-and-a-folder"),
            pytest.param((".", "./a/x.py"), id="dot-and-a-file"),
            pytest.param(("a", "a/../a"), id="there-and-back"),
        ],
    )
    def test_however_the_paths_are_written(self, paths: tuple[str, ...], tree: Path) -> None:
        write(tree, ["a/x.py"])
        files, _ = discover(map(Path, paths))
        assert len(files) == 1

    def test_files_are_named_as_their_path_was(self, tree: Path) -> None:
        write(tree, ["a/x.py"])
        assert discover([Path("a")]) == ([str(Path("a/x.py"))], [])
        assert discover([tree / "a"]) == ([str(tree / "a/x.py")], [])


class TestProblems:
    def test_a_path_that_is_not_there_is_told_and_the_rest_goes_on(self, tree: Path) -> None:
        write(tree, ["a.py"])
        assert discover([Path("gone"), Path("a.py")]) == (
            ["a.py"],
            [Problem(Path("gone"), "no such file or folder")],
        )

    def test_a_folder_that_cannot_be_read_is_told_and_the_rest_goes_on(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tree, ["a.py", "locked/b.py"])
        scandir = os.scandir

        def refuse(folder: str) -> Any:
            if Path(folder).name == "locked":
                raise PermissionError(13, "Permission denied", folder)
            return scandir(folder)

        monkeypatch.setattr(os, "scandir", refuse)
        files, problems = discover([tree])
        assert [Path(file).name for file in files] == ["a.py"]
        assert problems == [Problem(tree / "locked", "can't look into this folder: Permission denied")]


class TestSkipped:
    @pytest.mark.parametrize(
        "folder",
        [
            *(
                ".git",
                ".hg",
                ".svn",
                ".venv",
                "venv",
                "node_modules",
                "site-packages",
                "__pycache__",
                "__pypackages__",
            ),
            *(".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist", ".eggs", ".direnv"),
        ],
    )
    def test_caches_environments_and_builds_are_passed_by(self, folder: str, found: Found) -> None:
        assert found(["a.py", f"{folder}/b.py", f"c/{folder}/d/e.py"]) == ["a.py"]

    @pytest.mark.parametrize("name", ["env", "my-environment", "3.11"])
    def test_an_environment_of_any_name_is_known_by_its_settings(self, name: str, found: Found) -> None:
        assert found(["a.py", f"{name}/pyvenv.cfg", f"{name}/lib/b.py"]) == ["a.py"]

    @pytest.mark.parametrize("folder", ["env", "lib", "builds", "distance", ".hidden", "venv2"])
    def test_folders_that_only_sound_alike_are_not(self, folder: str, found: Found) -> None:
        assert found([f"{folder}/a.py"]) == [f"{folder}/a.py"]

    @pytest.mark.parametrize("name", ["build.py", "dist.py", "venv.py"])
    def test_files_of_such_a_name_are_not(self, name: str, found: Found) -> None:
        assert found([name]) == [name]

    @pytest.mark.parametrize("folder", ["build", "venv", "node_modules/pkg"])
    def test_a_folder_that_is_named_itself_is_looked_into(self, folder: str, found: Found) -> None:
        assert found([f"{folder}/a.py", "b.py"], folder) == [f"{folder}/a.py"]

    def test_an_environment_that_is_named_itself_is_looked_into(self, found: Found) -> None:
        assert found(["env/pyvenv.cfg", "env/a.py"], "env") == ["env/a.py"]

    @pytest.mark.parametrize("name", ["script", "conf.txt", "build/a.py", "x.py"])
    def test_a_file_that_is_named_itself_is_taken_whatever_it_is_called(self, name: str, found: Found) -> None:
        assert found([name], name) == [name]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
class TestLinks:
    def test_to_folders_are_not_followed_so_that_loops_end(self, tree: Path, found: Found) -> None:
        write(tree, ["a/x.py"])
        (tree / "a" / "loop").symlink_to("..", target_is_directory=True)
        (tree / "other").symlink_to("a", target_is_directory=True)
        assert found([]) == ["a/x.py"]

    def test_to_a_folder_that_is_named_itself_are_followed(self, tree: Path, found: Found) -> None:
        write(tree, ["a/x.py"])
        (tree / "other").symlink_to("a", target_is_directory=True)
        assert found([], "other") == ["other/x.py"]

    def test_to_files_count_as_files(self, tree: Path, found: Found) -> None:
        write(tree, ["a/x.txt"])
        (tree / "y.py").symlink_to("a/x.txt")
        assert found([]) == ["y.py"]

    def test_that_lead_nowhere_are_passed_by(self, tree: Path, found: Found) -> None:
        (tree / "y.py").symlink_to("gone.py")
        assert found(["a.py"]) == ["a.py"]


# The .gitignore files of a repository and the files that git would list.
IGNORED: list[Any] = [
    pytest.param({".gitignore": "gen.py"}, ["a.py", "gen.py", "sub/gen.py"], ["a.py"], id="name"),
    pytest.param({".gitignore": "*_pb2.py"}, ["a.py", "x_pb2.py", "s/y_pb2.py"], ["a.py"], id="glob"),
    pytest.param({".gitignore": "gen/"}, ["a.py", "gen/b.py", "s/gen/c.py"], ["a.py"], id="folder"),
    pytest.param({".gitignore": "gen.py/"}, ["gen.py"], ["gen.py"], id="folder-pattern-and-a-file"),
    pytest.param({".gitignore": "/gen.py"}, ["gen.py", "s/gen.py"], ["s/gen.py"], id="anchored"),
    pytest.param(
        {".gitignore": "s/gen.py"}, ["s/gen.py", "t/s/gen.py"], ["t/s/gen.py"], id="with-a-slash-anchored"
    ),
    pytest.param({".gitignore": "**/deep/x.py"}, ["deep/x.py", "s/t/deep/x.py"], [], id="any-depth"),
    pytest.param({".gitignore": "s/**/x.py"}, ["s/x.py", "s/t/u/x.py", "x.py"], ["x.py"], id="in-between"),
    pytest.param(
        {".gitignore": "*.py\n!keep.py"}, ["a.py", "keep.py", "s/keep.py"], ["keep.py", "s/keep.py"], id="but"
    ),
    pytest.param({".gitignore": "!a.py\n*.py"}, ["a.py"], [], id="the-last-pattern-decides"),
    pytest.param({".gitignore": "gen/\n!gen/keep.py"}, ["gen/keep.py"], [], id="nothing-comes-back-from-a-folder"),
    pytest.param(
        {".gitignore": "gen/*\n!gen/keep.py"}, ["gen/a.py", "gen/keep.py"], ["gen/keep.py"], id="unless-open"
    ),
    pytest.param({".gitignore": "# a.py\n\n\\#b.py\n"}, ["a.py", "#b.py"], ["a.py"], id="comments"),
    pytest.param({".gitignore": "a.py   \n"}, ["a.py"], [], id="spaces-at-the-end"),
    pytest.param({".gitignore": "a.py\r\nb.py\r\n"}, ["a.py", "b.py", "c.py"], ["c.py"], id="crlf"),
    pytest.param({"s/.gitignore": "a.py"}, ["a.py", "s/a.py", "s/t/a.py"], ["a.py"], id="nested"),
    pytest.param({"s/.gitignore": "/a.py"}, ["s/a.py", "s/t/a.py"], ["s/t/a.py"], id="nested-anchored"),
    pytest.param(
        {".gitignore": "*.py", "s/.gitignore": "!a.py"}, ["a.py", "s/a.py"], ["s/a.py"], id="nested-brings-back"
    ),
    pytest.param(
        {".gitignore": "!a.py", "s/.gitignore": "a.py"}, ["a.py", "s/a.py"], ["a.py"], id="nested-decides"
    ),
    pytest.param({".gitignore": "s/", "s/.gitignore": "!a.py"}, ["s/a.py"], [], id="nested-in-an-ignored-folder"),
    pytest.param({".git/info/exclude": "a.py"}, ["a.py", "s/a.py", "b.py"], ["b.py"], id="info-exclude"),
    pytest.param(
        {".git/info/exclude": "a.py", ".gitignore": "!a.py"}, ["a.py"], ["a.py"], id="gitignore-over-exclude"
    ),
    pytest.param({".gitignore": "é.py"}, ["é.py", "e.py"], ["e.py"], id="not-ascii"),
    pytest.param({".gitignore": ""}, ["a.py"], ["a.py"], id="empty"),
]


class TestGitignore:
    @pytest.mark.parametrize(("ignores", "files", "expected"), IGNORED)
    def test_says_what_is_not_looked_at(
        self, ignores: dict[str, str], files: list[str], expected: list[str], found: Found
    ) -> None:
        assert found({".git/HEAD": "", **ignores, **dict.fromkeys(files, "")}) == sorted(expected)

    @pytest.mark.skipif(not shutil.which("git"), reason="needs git")
    @pytest.mark.parametrize(("ignores", "files", "expected"), IGNORED)
    def test_means_what_git_means(
        self, ignores: dict[str, str], files: list[str], expected: list[str], tree: Path
    ) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["git", "init", "-q"], cwd=tree, env=environment, check=True)
        write(tree, {**ignores, **dict.fromkeys(files, "")})
        listing = ["git", "-c", "core.quotePath=no", "ls-files", "-co", "--exclude-standard", "*.py"]
        done = subprocess.run(listing, cwd=tree, env=environment, check=True, capture_output=True, encoding="utf-8")
        assert sorted(done.stdout.splitlines()) == sorted(expected)

    def test_above_the_path_counts_up_to_the_repositorys_root(self, found: Found) -> None:
        files = {
            ".git/HEAD": "",
            ".gitignore": "a.py",
            "s/.gitignore": "b.py",
            "s/t/a.py": "",
            "s/t/b.py": "",
            "s/t/c.py": "",
        }
        assert found(files, "s/t") == ["s/t/c.py"]

    def test_above_the_repositorys_root_does_not_count(self, found: Found) -> None:
        assert found({".gitignore": "a.py", "repo/.git/HEAD": "", "repo/s/a.py": ""}, "repo/s") == ["repo/s/a.py"]

    def test_above_the_path_does_not_count_outside_a_repository(self, found: Found) -> None:
        assert found({".gitignore": "a.py", "s/a.py": ""}, "s") == ["s/a.py"]

    def test_below_the_path_counts_outside_a_repository_too(self, found: Found) -> None:
        assert found({".gitignore": "a.py", "a.py": "", "b.py": ""}) == ["b.py"]

    def test_patterns_from_above_are_anchored_where_they_stand(self, found: Found) -> None:
        files = {".git/HEAD": "", ".gitignore": "/a.py\n/s/b.py", "s/a.py": "", "s/b.py": ""}
        assert found(files, "s") == ["s/a.py"]

    @pytest.mark.parametrize("path", ["gen", "gen/sub"])
    def test_a_folder_that_is_named_itself_is_looked_into_though_ignored(self, path: str, found: Found) -> None:
        assert found({".git/HEAD": "", ".gitignore": "gen/", "gen/sub/a.py": ""}, path) == ["gen/sub/a.py"]

    def test_a_file_that_is_named_itself_is_taken_though_ignored(self, found: Found) -> None:
        assert found({".git/HEAD": "", ".gitignore": "*.py", "a.py": "", "b.py": ""}, "a.py") == ["a.py"]

    def test_in_another_encoding_is_read_as_far_as_it_goes(self, tree: Path, found: Found) -> None:
        (tree / ".gitignore").write_bytes(b"a.py\n# caf\xe9\nb.py\n")
        assert found(["a.py", "b.py", "c.py"]) == ["c.py"]

    def test_that_is_a_folder_says_nothing(self, tree: Path, found: Found) -> None:
        (tree / ".gitignore").mkdir()
        assert found(["a.py"]) == ["a.py"]

    @pytest.mark.parametrize("line", ["[", "a/**b", "/", "!!x", "[a-", "\0"])
    def test_a_pattern_that_means_nothing_is_passed_over(self, line: str, found: Found) -> None:
        assert found({".gitignore": f"{line}\ngen.py\n", "a.py": "", "gen.py": ""}) == ["a.py"]

    @pytest.mark.parametrize("line", ["!", "a\\"])
    def test_so_is_a_pattern_that_pathspec_refuses(self, line: str, found: Found) -> None:
        assert found({".gitignore": f"{line}\ngen.py\n", "a.py": "", "gen.py": ""}) == ["a.py"]

    def test_info_exclude_counts_for_a_folder_inside_the_repository(self, found: Found) -> None:
        assert found({".git/info/exclude": "a.py", "s/a.py": "", "s/b.py": ""}, "s") == ["s/b.py"]
