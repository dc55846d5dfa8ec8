"""The order of trust, the folders that are asked, and the notes about what disagrees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.requirements import Detected, Detection, detect

# What each kind of source looks like, from the most to the least trusted; every one says another version.
UV = {"uv.lock": '[[package]]\nname = "starlette"\nversion = "0.36.0"\n'}
POETRY = {"poetry.lock": '[[package]]\nname = "starlette"\nversion = "0.36.3"\n'}
PDM = {"pdm.lock": '[[package]]\nname = "starlette"\nversion = "0.37.0"\n'}
PIPENV = {"Pipfile.lock": '{"default": {"starlette": {"version": "==0.37.1"}}}'}
PYLOCK = {"pylock.toml": '[[packages]]\nname = "starlette"\nversion = "0.37.2"\n'}
REQUIREMENTS = {"requirements.txt": "starlette==0.38.0\n"}
PYPROJECT_PIN = {"pyproject.toml": '[project]\ndependencies = ["starlette==0.38.6"]\n'}
SETUP_PIN = {"setup.cfg": "[options]\ninstall_requires =\n  starlette==0.40.0\n"}
RANGE = {"setup.py": 'setup(install_requires=["starlette>=0.44"])\n'}
VENV = {".venv/lib/python3.11/site-packages/starlette-0.52.1.dist-info/METADATA": "Version: 0.52.1\n"}
FASTAPI_PIN = {"requirements-web.txt": "fastapi==0.110.0\n"}
FASTAPI_RANGE = {"requirements-lib.txt": "fastapi>=0.109\n"}
CEILING = {"constraints.txt": "starlette<1\n"}

ORDER = [
    (UV, "0.36.0", "uv.lock", "locked"),
    (POETRY, "0.36.3", "poetry.lock", "locked"),
    (PDM, "0.37.0", "pdm.lock", "locked"),
    (PIPENV, "0.37.1", "Pipfile.lock", "locked"),
    (PYLOCK, "0.37.2", "pylock.toml", "locked"),
    (REQUIREMENTS, "0.38.0", "requirements.txt:1", "pinned `starlette==0.38.0`"),
    (PYPROJECT_PIN, "0.38.6", "pyproject.toml (project.dependencies)", "pinned `starlette==0.38.6`"),
    (SETUP_PIN, "0.40.0", "setup.cfg (options.install_requires)", "pinned `starlette==0.40.0`"),
    (RANGE, "0.44.0", "setup.py (install_requires)", "lowest that `starlette>=0.44` admits"),
    (VENV, "0.52.1", ".venv (installed)", "installed"),
    (
        FASTAPI_PIN,
        "0.36.3",
        "requirements-web.txt:1",
        "implied by fastapi 0.110.0 (starlette >=0.36.3,<0.37.0)",
    ),
    (
        FASTAPI_RANGE,
        "0.35.0",
        "requirements-lib.txt:1",
        "implied by `fastapi>=0.109` (fastapi 0.109.0 needs starlette >=0.35.0,<0.36.0)",
    ),
    (CEILING, "0.13.0", "constraints.txt:1", "lowest that `starlette<1` admits"),
]

DetectIn = Callable[..., Detection]


def found_in(detection: Detection) -> tuple[str, str]:
    assert detection.found is not None
    return str(detection.found.version), detection.found.source


@pytest.mark.parametrize("first", range(len(ORDER)), ids=[source for _, _, source, _ in ORDER])
def test_the_most_trusted_statement_decides(first: int, detect_in: DetectIn) -> None:
    files = {name: text for more, *_ in ORDER[first:] for name, text in more.items()}
    _, version, source, reason = ORDER[first]
    assert detect_in(files).found == Detected(Version(version), source, reason)


def test_nothing_says_anything_in_an_empty_folder(detect_in: DetectIn) -> None:
    assert detect_in({}) == Detection(None, ())


@pytest.mark.parametrize("requirement", ["starlette", "starlette[full]", "starlette!=0.38.0"])
def test_an_unbounded_requirement_leaves_it_to_the_environment(requirement: str, detect_in: DetectIn) -> None:
    project = {"pyproject.toml": f'[project]\ndependencies = ["{requirement}"]\n'}
    assert detect_in(project) == Detection(None, ())
    assert found_in(detect_in({**project, **VENV})) == ("0.52.1", ".venv (installed)")


def test_an_upper_bound_leaves_it_to_fastapi(detect_in: DetectIn) -> None:
    assert found_in(detect_in({**CEILING, **FASTAPI_PIN}))[1] == "requirements-web.txt:1"


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("starlette>=0.37,<0.40", "0.37.0"),
        ("starlette>0.37", "0.37.1"),
        ("starlette~=0.37.1", "0.37.1"),
        ("starlette==0.37.*", "0.37.0"),
        ("starlette>=0.37,!=0.37.0", "0.37.1"),
        ("starlette>=0.36.1", "0.36.3"),
        ("starlette>=0.53", "1.0.0"),  # not the release candidate: pip would not take it
        ("starlette>=1.0.0rc1", "1.0.0rc1"),
    ],
)
def test_a_range_means_the_lowest_release_it_admits(requirement: str, version: str, detect_in: DetectIn) -> None:
    detection = detect_in({"pyproject.toml": f'[project]\ndependencies = ["{requirement}"]\n'})
    assert detection.found is not None
    assert str(detection.found.version) == version
    assert detection.found.reason == f"lowest that `{requirement}` admits"
    assert detection.notes == ()


def test_the_runtime_range_counts_before_those_of_extras_and_groups(detect_in: DetectIn) -> None:
    text = '[dependency-groups]\ndev = ["starlette>=0.36"]\n[project]\ndependencies = ["starlette>=0.37"]\n'
    assert found_in(detect_in({"pyproject.toml": text}))[0] == "0.37.0"


def test_a_range_that_admits_no_known_release_is_noted_and_passed_over(detect_in: DetectIn) -> None:
    detection = detect_in({"requirements.txt": "starlette>=7", **VENV})
    assert found_in(detection)[1] == ".venv (installed)"
    assert "requirements.txt:1: `starlette>=7` admits no known Starlette release" in detection.notes


def test_a_release_that_is_not_known_is_noted(detect_in: DetectIn) -> None:
    detection = detect_in({"requirements.txt": "starlette==7.0"})
    assert found_in(detection)[0] == "7.0"
    assert detection.notes == ("requirements.txt:1: Starlette 7.0 is not a release that this tool knows",)


def test_a_poetry_project_is_read_as_poetry_does(detect_in: DetectIn) -> None:
    detection = detect_in({"pyproject.toml": '[tool.poetry.dependencies]\nstarlette = "^0.37"\n'})
    assert detection.found == Detected(
        Version("0.37.0"), "pyproject.toml (tool.poetry.dependencies)", "lowest that `starlette ^0.37` admits"
    )


# --- Python and platform


@pytest.mark.parametrize(("python", "version"), [("3.9.18", "0.44.0"), ("3.12.1", "1.0.0")])
def test_the_python_of_the_environment_decides_between_forks(
    python: str, version: str, detect_in: DetectIn, locks: Path
) -> None:
    files = {
        "uv.lock": (locks / "uv-fork.lock").read_text(),
        ".venv/pyvenv.cfg": f"version = {python}\n",
        f".venv/lib/python{python.rpartition('.')[0]}/site-packages/idna.py": "",
    }
    assert found_in(detect_in(files)) == (version, "uv.lock")


def test_what_is_for_another_platform_is_mentioned_only_if_nothing_else_is_found(detect_in: DetectIn) -> None:
    elsewhere = {"requirements.txt": "starlette==0.37.2; sys_platform == 'nowhere'"}
    note = (
        "requirements.txt:1: `starlette==0.37.2; sys_platform == 'nowhere'` "
        "is not meant for this Python or platform"
    )
    assert detect_in(elsewhere) == Detection(None, (note,))
    assert detect_in({**elsewhere, **VENV}).notes == ()


# --- --python


def environment(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / "lib/python3.11/site-packages" / f"{name}.dist-info").mkdir(parents=True)
    return folder


def test_a_lock_counts_before_the_named_interpreter(
    detect_in: DetectIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = environment(tmp_path_factory.mktemp("env"), "starlette-0.40.0")
    detection = detect_in(UV, python=python)
    assert found_in(detection) == ("0.36.0", "uv.lock")
    assert detection.notes == (
        f"--python {python.as_posix()} (installed) says Starlette 0.40.0, but 0.36.0 (uv.lock) is trusted more",
    )


@pytest.mark.parametrize("other", [RANGE, VENV, FASTAPI_PIN], ids=["range", "venv", "fastapi"])
def test_the_named_interpreter_counts_before(
    other: dict[str, str], detect_in: DetectIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = environment(tmp_path_factory.mktemp("env"), "starlette-1.0.0")
    assert found_in(detect_in(other, python=python)) == ("1.0.0", f"--python {python.as_posix()} (installed)")


def test_the_local_environment_is_silent_where_an_interpreter_is_named(
    detect_in: DetectIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = environment(tmp_path_factory.mktemp("env"), "starlette-1.0.0")
    assert detect_in(VENV, python=python).notes == ()


def test_a_named_interpreter_without_starlette_is_noted(
    detect_in: DetectIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = environment(tmp_path_factory.mktemp("env"), "idna-3.20")
    detection = detect_in(VENV, python=python)
    assert found_in(detection)[1] == ".venv (installed)"
    assert detection.notes == (f"--python {python.as_posix()} (installed): neither Starlette nor FastAPI is there",)


def test_a_named_interpreter_that_does_not_exist_is_noted(detect_in: DetectIn) -> None:
    detection = detect_in(VENV, python=Path("gone/python"))
    assert found_in(detection)[1] == ".venv (installed)"
    assert detection.notes == ("--python gone/python: no such interpreter or environment",)


def test_a_named_interpreter_does_not_hide_the_lock_of_a_parent(
    detect_in: DetectIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = environment(tmp_path_factory.mktemp("env"), "starlette-1.0.0")
    detection = detect_in({".git/HEAD": "", **UV, "src/app.py": ""}, python=python, at="src")
    assert found_in(detection) == ("0.36.0", "../uv.lock")


# --- folders


def test_a_parent_in_the_repository_answers_for_a_folder_that_does_not(detect_in: DetectIn) -> None:
    files = {
        ".git/HEAD": "",
        **REQUIREMENTS,
        "a/b/pyproject.toml": '[project]\ndependencies = ["starlette"]\n',
    }
    assert found_in(detect_in(files, at="a/b")) == ("0.38.0", "../../requirements.txt:1")


def test_the_repository_may_be_a_worktree(detect_in: DetectIn) -> None:
    assert found_in(detect_in({".git": "gitdir: x", **UV, "a/b.py": ""}, at="a"))[1] == "../uv.lock"


def test_the_nearest_folder_that_answers_counts(detect_in: DetectIn) -> None:
    member = {"members/a/pyproject.toml": '[project]\ndependencies = ["starlette>=0.37"]\n'}
    detection = detect_in({".git/HEAD": "", **UV, **member}, at="members/a")
    assert found_in(detection)[1] == "pyproject.toml (project.dependencies)"


def test_folders_above_the_repository_are_not_asked(detect_in: DetectIn) -> None:
    assert detect_in({**UV, "repo/.git/HEAD": "", "repo/src/app.py": ""}, at="repo/src").found is None


def test_outside_of_a_repository_no_parent_is_asked(detect_in: DetectIn) -> None:
    assert detect_in({**UV, "src/app.py": ""}, at="src").found is None


def test_a_file_stands_for_its_folder(detect_in: DetectIn) -> None:
    assert found_in(detect_in({**UV, "app.py": ""}, at="app.py")) == ("0.36.0", "uv.lock")


def test_a_folder_that_does_not_exist_says_nothing(detect_in: DetectIn) -> None:
    assert detect_in({}, at="gone/too") == Detection(None, ())


def test_problems_of_a_folder_that_did_not_answer_are_told(detect_in: DetectIn) -> None:
    files = {".git/HEAD": "", **REQUIREMENTS, "a/uv.lock": "not toml [", "a/requirements.txt": "starlette>=7"}
    detection = detect_in(files, at="a")
    assert found_in(detection)[0] == "0.38.0"
    assert [note.split(" ")[0] for note in detection.notes] == ["uv.lock:", "requirements.txt:1:"]


# --- disagreement and bad input


@pytest.mark.parametrize(
    ("files", "notes"),
    [
        (
            {**UV, **REQUIREMENTS},
            ["requirements.txt:1 says Starlette 0.38.0, but 0.36.0 (uv.lock) is trusted more"],
        ),
        (
            {**REQUIREMENTS, **VENV},
            [".venv (installed) says Starlette 0.52.1, but 0.38.0 (requirements.txt:1) is trusted more"],
        ),
        (
            {**REQUIREMENTS, **RANGE},
            ["setup.py (install_requires): `starlette>=0.44` does not admit Starlette 0.38.0 (requirements.txt:1)"],
        ),
        (
            {**VENV, **FASTAPI_PIN},
            [
                "requirements-web.txt:1: FastAPI 0.110.0 needs Starlette "
                ">=0.36.3,<0.37.0, which does not admit 0.52.1 (.venv (installed))"
            ],
        ),
        (
            {"requirements.txt": "starlette>=0.37,<0.40", **VENV},
            [".venv (installed) says Starlette 0.52.1, but 0.37.0 (requirements.txt:1) is trusted more"],
        ),
    ],
    ids=["two pins", "stale environment", "pin outside of range", "fastapi", "environment outside of range"],
)
def test_notes_what_disagrees(files: dict[str, str], notes: list[str], detect_in: DetectIn) -> None:
    assert list(detect_in(files).notes) == notes


@pytest.mark.parametrize(
    "files",
    [
        {**REQUIREMENTS, "pyproject.toml": '[project]\ndependencies = ["starlette>=0.37"]'},
        {**REQUIREMENTS, "requirements.in": "starlette"},
        {**RANGE, **VENV},
        {"requirements.txt": "fastapi==0.110.0\nstarlette==0.36.3"},
        {"requirements.txt": "starlette==0.52.1", **VENV},
    ],
)
def test_says_nothing_where_all_agree(files: dict[str, str], detect_in: DetectIn) -> None:
    assert detect_in(files).notes == ()


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("uv.lock", "not toml [", "uv.lock: is not valid ("),
        ("poetry.lock", b"\xff\xfe\x00", "poetry.lock: can't be read (not UTF-8)"),
        ("Pipfile.lock", "{", "Pipfile.lock: is not valid ("),
        ("Pipfile.lock", "[" * 100_000, "Pipfile.lock: is not valid (nested too deeply)"),
        ("pylock.dev.toml", "=", "pylock.dev.toml: is not valid ("),
        ("pyproject.toml", "[", "pyproject.toml: is not valid ("),
        ("requirements.txt", b"\x80", "requirements.txt: can't be read (not UTF-8)"),
    ],
)
def test_a_bad_file_is_noted_and_the_search_goes_on(
    name: str, content: str | bytes, note: str, detect_in: DetectIn
) -> None:
    detection = detect_in({name: content, **VENV})
    assert found_in(detection) == ("0.52.1", ".venv (installed)")
    assert len(detection.notes) == 1
    assert detection.notes[0].startswith(note)


def test_nothing_from_a_file_can_command_a_terminal(detect_in: DetectIn) -> None:
    text = '[project.optional-dependencies]\n"a\\u001b[31m\\n\\ud7ff" = ["starlette>=0.37\\u001b[0m"]\n'
    detection = detect_in({"pyproject.toml": text})
    assert detection.notes
    assert all(note.isprintable() for note in detection.notes)


def test_a_missing_table_of_fastapi_is_noted(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("starlette==0.37.2")
    detection = detect(tmp_path, releases=[Version("0.37.2")], compat=tmp_path)
    assert found_in(detection)[0] == "0.37.2"
    assert detection.notes == ("model/fastapi-starlette.toml: the requirements of FastAPI can't be read",)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (FASTAPI_PIN, ("0.110.0", "requirements-web.txt:1", "pinned `fastapi==0.110.0`")),
        (FASTAPI_RANGE, ("0.109.0", "requirements-lib.txt:1", "lowest that `fastapi>=0.109` admits")),
        ({**FASTAPI_RANGE, **FASTAPI_PIN}, ("0.110.0", "requirements-web.txt:1", "pinned `fastapi==0.110.0`")),
        ({**UV, **FASTAPI_RANGE}, ("0.109.0", "requirements-lib.txt:1", "lowest that `fastapi>=0.109` admits")),
        (UV, None),
        ({"requirements.txt": "fastapi\n"}, None),
    ],
    ids=[
        "a-pin",
        "a-range",
        "a-pin-before-a-range",
        "beside-a-lock-of-starlette",
        "starlette-alone",
        "a-bare-name",
    ],
)
def test_the_fastapi_beside_it(
    files: dict[str, str], expected: tuple[str, str, str] | None, detect_in: DetectIn
) -> None:
    found = detect_in(files).fastapi
    assert (found and (str(found.version), found.source, found.reason)) == expected


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({**UV, **RANGE, **VENV}, "0.44.0"),
        ({**UV, **FASTAPI_RANGE}, "0.35.0"),
        ({**UV, **FASTAPI_RANGE, **RANGE}, "0.44.0"),
        ({**REQUIREMENTS, **CEILING}, "0.38.0"),
        (UV, "0.36.0"),
    ],
    ids=["over-a-lock", "of-fastapi", "starlette-first", "not-without-a-lower-bound", "none"],
)
def test_the_oldest_that_is_supported_is_that_of_a_range(
    files: dict[str, str], version: str, detect_in: DetectIn
) -> None:
    detection = detect_in(files, supported=True)
    assert found_in(detection)[0] == version
    assert not detection.notes


class TestThePythonMultipartBeside:
    STARLETTE = "starlette==0.40.0\n"
    INSTALLED = ".venv/lib/python3.11/site-packages/python_multipart-0.0.9.dist-info/METADATA"

    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            pytest.param({}, None, id="unknown"),
            pytest.param({"requirements-web.txt": "python-multipart==0.0.6\n"}, "0.0.6", id="pinned"),
            pytest.param(
                {"requirements-web.txt": "Python_Multipart>=0.0.7,<1\n"}, "0.0.7", id="the-lowest-admitted"
            ),
            pytest.param({"requirements-web.txt": "python-multipart<1\n"}, None, id="without-a-floor"),
            pytest.param({INSTALLED: "Version: 0.0.9\n"}, "0.0.9", id="installed"),
            pytest.param(
                {
                    "uv.lock": '[[package]]\nname = "python-multipart"\nversion = "0.0.18"\n',
                    "requirements-web.txt": "python-multipart==0.0.6\n",
                    INSTALLED: "Version: 0.0.9\n",
                },
                "0.0.18",
                id="locked-first",
            ),
            pytest.param({"requirements-web.txt": "multipart==1.0\n"}, None, id="another-package"),
        ],
    )
    def test_is_known_as_starlette_is(
        self, files: dict[str, str], expected: str | None, detect_in: DetectIn
    ) -> None:
        detection = detect_in({"requirements.txt": self.STARLETTE, **files})
        assert found_in(detection) == ("0.40.0", "requirements.txt:1")
        assert detection.multipart == (Version(expected) if expected else None)
        assert detection.notes == ()

    def test_says_nothing_of_starlette(self, detect_in: DetectIn) -> None:
        detection = detect_in({"requirements.txt": "python-multipart==0.0.6\n"})
        assert (detection.found, detection.multipart) == (None, Version("0.0.6"))
