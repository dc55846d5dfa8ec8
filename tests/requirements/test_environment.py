"""Environments are read from their folders: layouts of tools and platforms, `--python`, broken metadata."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from starlette_upgrade.requirements.environment import (
    Environment,
    environment_of,
    local_environment,
    read_environment,
)

POSIX = "lib/python3.11/site-packages"


def install(site_packages: Path, *names: str) -> None:
    site_packages.mkdir(parents=True, exist_ok=True)
    for name in names:
        (site_packages / name).mkdir()


def versions(environment: Environment | None) -> list[str]:
    assert environment is not None
    return [f"{pin.package} {pin.version}" for pin in read_environment(environment).pins]


@pytest.mark.parametrize("name", [".venv", "venv"])
@pytest.mark.parametrize(
    "layout", [POSIX, "Lib/site-packages", "lib/pypy3.10/site-packages", "lib/python3.13t/site-packages"]
)
def test_finds_what_is_installed_in(name: str, layout: str, tmp_path: Path) -> None:
    install(tmp_path / name / layout, "idna-3.20.dist-info", "starlette-0.37.2.dist-info", "starlette")
    environment = local_environment(tmp_path, tmp_path)
    assert versions(environment) == ["starlette 0.37.2"]
    assert environment is not None
    assert environment.source == f"{name} (installed)"


def test_prefers_dot_venv(tmp_path: Path) -> None:
    install(tmp_path / ".venv" / POSIX, "starlette-0.37.2.dist-info")
    install(tmp_path / "venv" / POSIX, "starlette-0.38.0.dist-info")
    assert versions(local_environment(tmp_path, tmp_path)) == ["starlette 0.37.2"]


@pytest.mark.parametrize(
    "config",
    [
        "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.7\n",  # venv
        "home = /usr/bin\nimplementation = CPython\nuv = 0.13.9\nversion_info = 3.11.7\n",  # uv
        "home = /usr/bin\nversion_info = 3.11.7.final.0\nvirtualenv = 20.25\n",  # virtualenv
    ],
)
def test_knows_the_python_of_an_environment(config: str, tmp_path: Path) -> None:
    install(tmp_path / ".venv" / POSIX, "starlette-0.37.2.dist-info")
    install(tmp_path / ".venv/lib/python3.9/site-packages", "starlette-0.20.4.dist-info")  # left over
    (tmp_path / ".venv/pyvenv.cfg").write_text(config)
    environment = local_environment(tmp_path, tmp_path)
    assert versions(environment) == ["starlette 0.37.2"]
    assert environment is not None
    assert (environment.python_version or "").startswith("3.11.7")


def test_includes_system_packages_where_the_environment_does(tmp_path: Path) -> None:
    install(tmp_path / "system" / POSIX, "starlette-0.37.2.dist-info")
    install(tmp_path / ".venv" / POSIX, "idna-3.20.dist-info")
    config = "home = {home}\ninclude-system-site-packages = {include}\nversion = 3.11.7\n"
    for include, expected in (("true", ["starlette 0.37.2"]), ("false", [])):
        text = config.format(home=tmp_path / "system/bin", include=include)
        (tmp_path / ".venv/pyvenv.cfg").write_text(text)
        assert versions(local_environment(tmp_path, tmp_path)) == expected


def test_packages_of_the_environment_hide_those_of_the_system(tmp_path: Path) -> None:
    install(tmp_path / "system" / POSIX, "starlette-0.37.2.dist-info")
    install(tmp_path / ".venv" / POSIX, "starlette-0.40.0.dist-info")
    text = f"home = {tmp_path / 'system/bin'}\ninclude-system-site-packages = true\nversion = 3.11.7\n"
    (tmp_path / ".venv/pyvenv.cfg").write_text(text)
    assert versions(local_environment(tmp_path, tmp_path)) == ["starlette 0.40.0"]


@pytest.mark.parametrize("folder", [None, ".venv", ".venv/lib", ".venv/lib/python3.11"])
def test_a_folder_without_packages_is_no_environment(folder: str | None, tmp_path: Path) -> None:
    if folder is not None:
        (tmp_path / folder).mkdir(parents=True)
    assert local_environment(tmp_path, tmp_path) is None


def test_a_file_named_venv_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / ".venv").write_text("/somewhere/else")
    assert local_environment(tmp_path, tmp_path) is None


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("Starlette-0.37.2.dist-info", None, ["starlette 0.37.2"]),
        (
            "starlette-main.dist-info",
            "Metadata-Version: 2.1\nVersion: 0.37.2\n\nVersion: 9\n",
            ["starlette 0.37.2"],
        ),
        ("starlette.dist-info", "Name: starlette\nVersion: 0.37.2\n", ["starlette 0.37.2"]),
        ("fastapi-0.110.0.dist-info", None, ["fastapi 0.110.0"]),
        ("starlette_admin-0.14.1.dist-info", None, []),
        ("fastapi_users-13.0.0.dist-info", None, []),
        ("~tarlette-0.37.2.dist-info", None, []),
        ("starlette-0.37.2", None, []),
    ],
)
def test_reads_metadata(name: str, metadata: str | None, expected: list[str], tmp_path: Path) -> None:
    install(tmp_path / ".venv" / POSIX, name)
    if metadata is not None:
        (tmp_path / ".venv" / POSIX / name / "METADATA").write_text(metadata)
    assert versions(local_environment(tmp_path, tmp_path)) == expected


@pytest.mark.parametrize("metadata", [None, b"\xff\xfe\xff", b"Name: starlette\n\nVersion: 0.37.2", b"Version: x"])
def test_notes_metadata_without_a_version(metadata: bytes | None, tmp_path: Path) -> None:
    install(tmp_path / ".venv" / POSIX, "starlette-main.dist-info")
    if metadata is not None:
        (tmp_path / ".venv" / POSIX / "starlette-main.dist-info/METADATA").write_bytes(metadata)
    environment = local_environment(tmp_path, tmp_path)
    assert environment is not None
    reading = read_environment(environment)
    assert reading.notes == (".venv (installed): can't tell the version from `starlette-main.dist-info`",)


def make_executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


FAILS = "#!/bin/sh\nexit 1\n"


def test_python_may_name_the_interpreter_of_an_environment(tmp_path: Path) -> None:
    install(tmp_path / "env" / POSIX, "starlette-0.37.2.dist-info")
    (tmp_path / "env/pyvenv.cfg").write_text("version = 3.11.7\n")
    python = make_executable(tmp_path / "env/bin/python", FAILS)  # it must not be run
    environment = environment_of(python)
    assert versions(environment) == ["starlette 0.37.2"]
    assert environment is not None
    assert environment.source == f"--python {python.as_posix()} (installed)"


def test_python_may_name_the_folder_of_an_environment(tmp_path: Path) -> None:
    install(tmp_path / "env" / POSIX, "starlette-0.37.2.dist-info")
    assert versions(environment_of(tmp_path / "env")) == ["starlette 0.37.2"]


def test_python_of_a_plain_prefix_is_read_for_its_own_version(tmp_path: Path) -> None:
    install(tmp_path / POSIX, "starlette-0.37.2.dist-info")
    install(tmp_path / "lib/python3.9/site-packages", "starlette-0.20.4.dist-info")
    make_executable(tmp_path / "bin/python3.11", FAILS)
    (tmp_path / "bin/python").symlink_to("python3.11")
    assert versions(environment_of(tmp_path / "bin/python")) == ["starlette 0.37.2"]


def test_debian_packages_are_found(tmp_path: Path) -> None:
    install(tmp_path / "lib/python3/dist-packages", "starlette-0.37.2.dist-info")
    assert versions(environment_of(make_executable(tmp_path / "bin/python3.11", FAILS))) == ["starlette 0.37.2"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_an_interpreter_that_no_layout_explains_is_asked(tmp_path: Path) -> None:
    install(tmp_path / "packages", "starlette-0.37.2.dist-info")
    shim = make_executable(tmp_path / "shims/python", f"#!/bin/sh\necho '{tmp_path}/packages'\necho nowhere\n")
    assert versions(environment_of(shim)) == ["starlette 0.37.2"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize("script", [FAILS, "not a program"])
def test_an_interpreter_that_fails_has_no_packages(script: str, tmp_path: Path) -> None:
    assert versions(environment_of(make_executable(tmp_path / "shims/python", script))) == []


def test_the_running_interpreter_can_be_named() -> None:
    environment = environment_of(Path(sys.executable))
    assert environment is not None
    assert environment.site_packages


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_python_may_be_a_command_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / POSIX, "starlette-0.37.2.dist-info")
    make_executable(tmp_path / "bin/python3.11", FAILS)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert versions(environment_of(Path("python3.11"))) == ["starlette 0.37.2"]


@pytest.mark.parametrize("name", ["gone", "gone/bin/python", "empty"])
def test_nothing_is_no_environment(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert environment_of(tmp_path / name) is None
