"""Requirement files: the syntax of lines, the files that include each other, and their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.requirements.markers import marker_environment
from starlette_upgrade.requirements.requirement_files import parse_requirement_file, read_requirement_files

PYTHON_312 = marker_environment("3.12.1")


@pytest.mark.parametrize(
    ("line", "version", "reason"),
    [
        ("starlette==0.37.2", "0.37.2", "pinned `starlette==0.37.2`"),
        ("  starlette == 0.37.2  ", "0.37.2", "pinned `starlette == 0.37.2`"),
        ("Starlette==0.37.2", "0.37.2", "pinned `Starlette==0.37.2`"),
        ("starlette===0.37.2", "0.37.2", "pinned `starlette===0.37.2`"),
        ("starlette[full]==0.37.2", "0.37.2", "pinned `starlette[full]==0.37.2`"),
        ("starlette>=0.36,==0.37.2", "0.37.2", "pinned `starlette>=0.36,==0.37.2`"),
        ("starlette==0.37.2  # the last that works", "0.37.2", "pinned `starlette==0.37.2`"),
        ("starlette==0.37.2 --hash=sha256:abc --hash=sha256:def", "0.37.2", "pinned `starlette==0.37.2`"),
        ("starlette==0.37.2 ; python_version >= '3.8'", "0.37.2", "pinned `starlette==0.37.2`"),
        ("starlette==0.37.2; extra == 'web'", "0.37.2", "pinned `starlette==0.37.2`"),
        ("starlette==1.0.0rc1", "1.0.0rc1", "pinned `starlette==1.0.0rc1`"),
    ],
)
def test_reads_the_pin(line: str, version: str, reason: str) -> None:
    (pin,) = parse_requirement_file(line, "requirements.txt", PYTHON_312).pins
    assert (str(pin.version), pin.source, pin.reason) == (version, "requirements.txt:1", reason)


@pytest.mark.parametrize(
    ("line", "floor"),
    [
        ("starlette>=0.37,<0.40", True),
        ("starlette>0.37", True),
        ("starlette~=0.37.1", True),
        ("starlette==0.37.*", True),
        ("starlette<0.40", False),
        ("starlette<=0.40,!=0.38.0", False),
    ],
)
def test_reads_the_range(line: str, floor: bool) -> None:
    reading = parse_requirement_file(line, "requirements.txt", PYTHON_312)
    assert [(one.written, one.has_floor) for one in reading.ranges] == [(line, floor)]
    assert reading.pins == ()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# starlette==0.37.2",
        "starlette",
        "starlette[full]",
        "starlette!=0.38.0",
        "starlette-admin==0.14.1",
        "starlette_context==0.3.6",
        "sse-starlette==2.1.0",
        "fastapi-users==13.0.0",
        "-e .",
        "-e ./libs/fastapi-users",
        "./starlette",
        "--index-url https://example.org/starlette/simple",
        "--no-binary starlette",
        "-i https://example.org",
        "git+https://example.org/starlette-admin.git",
    ],
)
def test_says_nothing_for(line: str) -> None:
    reading = parse_requirement_file(line, "requirements.txt", PYTHON_312)
    assert (reading.pins, reading.ranges, reading.notes) == ((), (), ())


@pytest.mark.parametrize(
    "line",
    [
        "starlette @ git+https://github.com/encode/starlette@0.37.2",
        "starlette@https://example.org/starlette-0.37.2-py3-none-any.whl",
        "git+https://github.com/encode/starlette.git@master",
        "git+ssh://git@example.org/encode/starlette.git@abc#egg=starlette",
        "-e git+https://example.org/fork.git#egg=starlette",
        "--editable ../starlette",
        "https://example.org/starlette-0.37.2-py3-none-any.whl",
    ],
)
def test_notes_a_package_from_elsewhere(line: str) -> None:
    reading = parse_requirement_file(line, "requirements.txt", PYTHON_312)
    assert reading.pins == ()
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith("requirements.txt:1: ")
    assert reading.notes[0].endswith("is not from a package index, its version is unknown")


@pytest.mark.parametrize(
    "line",
    ["starlette=0.37.2", "starlette==", "starlette==0.37.2 ; python == '3'", "starlette==" + "9" * 5000],
)
def test_notes_a_requirement_that_is_not_valid(line: str) -> None:
    reading = parse_requirement_file(line, "requirements.txt", PYTHON_312)
    assert reading.pins == ()
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith("requirements.txt:1: can't read the requirement `starlette=")
    assert len(reading.notes[0]) < 160


def test_notes_a_requirement_that_contradicts_itself() -> None:
    reading = parse_requirement_file("starlette==0.37.2,<0.30", "requirements.txt", PYTHON_312)
    assert reading.notes == ("requirements.txt:1: `starlette==0.37.2,<0.30` contradicts itself",)


def test_sets_aside_a_requirement_for_another_python() -> None:
    reading = parse_requirement_file("starlette==0.44.0; python_version < '3.10'", "r.txt", PYTHON_312)
    assert (reading.pins, len(reading.set_aside)) == ((), 1)


def test_takes_a_requirement_whose_marker_depends_on_a_choice() -> None:
    line = "starlette==0.44.0; extra == 'web'"
    assert len(parse_requirement_file(line, "r.txt", PYTHON_312).pins) == 1


def test_counts_a_continued_line_from_where_it_starts() -> None:
    text = "idna==3.20 \\\n    --hash=sha256:abc\nstarlette \\\n  ==0.37.2 \\\n    --hash=sha256:def\n"
    (pin,) = parse_requirement_file(text, "requirements.txt", PYTHON_312).pins
    assert (str(pin.version), pin.source) == ("0.37.2", "requirements.txt:3")


def test_a_comment_does_not_continue() -> None:
    (pin,) = parse_requirement_file("# old \\\nstarlette==0.37.2", "requirements.txt", PYTHON_312).pins
    assert pin.source == "requirements.txt:2"


def test_reads_a_line_that_continues_at_the_end_of_the_file() -> None:
    assert len(parse_requirement_file("starlette==0.37.2 \\", "requirements.txt", PYTHON_312).pins) == 1


def test_reads_what_uv_exports(locks: Path) -> None:
    text = (locks / "requirements.txt").read_text()
    (pin,) = parse_requirement_file(text, "requirements.txt", PYTHON_312).pins
    assert (str(pin.version), pin.source) == ("0.37.2", "requirements.txt:13")


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    "option", ["-r base.pip", "-rbase.pip", "--requirement base.pip", "--requirement=base.pip", "-c base.pip"]
)
def test_follows(option: str, tmp_path: Path) -> None:
    _write(tmp_path, requirements_dot_txt=f"{option}  # shared\nidna\n", base_dot_pip="\nstarlette==0.37.2")
    reading = read_requirement_files(tmp_path, tmp_path, PYTHON_312)
    assert [(str(pin.version), pin.source) for pin in reading.pins] == [("0.37.2", "base.pip:2")]
    assert reading.notes == ()


def test_follows_paths_from_the_including_file(tmp_path: Path) -> None:
    _write(
        tmp_path,
        requirements_dot_txt="-r deps/web.pip",
        deps__web_dot_pip="-r ../shared.pip",
        shared_dot_pip="starlette==0.37.2",
    )
    (pin,) = read_requirement_files(tmp_path, tmp_path, PYTHON_312).pins
    assert pin.source == "shared.pip:1"


def test_survives_files_that_include_each_other(tmp_path: Path) -> None:
    _write(
        tmp_path,
        requirements_dot_txt="-r other.pip\n-r requirements.txt\nstarlette==0.37.2",
        other_dot_pip="-r requirements.txt\n-c other.pip\nstarlette==0.38.0",
    )
    reading = read_requirement_files(tmp_path, tmp_path, PYTHON_312)
    assert [str(pin.version) for pin in reading.pins] == ["0.37.2", "0.38.0"]


@pytest.mark.parametrize("target", ["gone.txt", "https://example.org/requirements.txt", ".", "$HOME/r.txt", "a\0b"])
def test_notes_an_included_file_that_is_not_there(target: str, tmp_path: Path) -> None:
    _write(tmp_path, requirements_dot_txt=f"idna\n-r {target}\nstarlette==0.37.2")
    reading = read_requirement_files(tmp_path, tmp_path, PYTHON_312)
    assert len(reading.pins) == 1
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith("requirements.txt:2: ")
    assert reading.notes[0].endswith("is not a file that can be included")


def test_asks_files_from_what_runs_to_what_it_was_made_from(tmp_path: Path) -> None:
    names = [
        "requirements.in",
        "constraints.txt",
        "requirements-dev.txt",
        "requirements/base.txt",
        "prod-requirements.txt",
        "requirements.txt",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("starlette==0.37.2")
    (tmp_path / "requirements-notes.md").write_text("starlette==0.1")
    pins = read_requirement_files(tmp_path, tmp_path, PYTHON_312).pins
    assert [pin.source.removesuffix(":1") for pin in pins] == [
        "requirements.txt",
        "prod-requirements.txt",
        "requirements/base.txt",
        "requirements-dev.txt",
        "constraints.txt",
        "requirements.in",
    ]


def test_reads_utf16_as_powershell_writes_it(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("starlette==0.37.2\r\n".encode("utf-16"))
    assert len(read_requirement_files(tmp_path, tmp_path, PYTHON_312).pins) == 1


def test_notes_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"# caf\xe9\nstarlette==0.37.2\n")
    reading = read_requirement_files(tmp_path, tmp_path, PYTHON_312)
    assert reading.notes == ("requirements.txt: can't be read (not UTF-8)",)


def test_takes_a_folder_with_the_name_of_a_file_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").mkdir()
    reading = read_requirement_files(tmp_path, tmp_path, PYTHON_312)
    assert (reading.pins, reading.notes) == ((), ())
