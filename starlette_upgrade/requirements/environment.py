"""What is installed: read from the folders of an environment; its interpreter runs only as a last resort."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from starlette_upgrade.requirements.evidence import (
    NOTHING,
    SUBJECTS,
    Pin,
    Reading,
    joined,
    quoted,
    read_version,
)
from starlette_upgrade.requirements.text_files import is_file, is_folder, label_of, names_in, read_text
from starlette_upgrade.source.environments import ENVIRONMENTS

_LIBRARY = re.compile(r"(?:python|pypy)(3\.\d+|3)t?")
_EXECUTABLE = re.compile(r"(?:python|pypy)(3\.\d+)t?(?:\.exe)?", re.IGNORECASE)
_DIST_INFO = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)\.dist-info", re.IGNORECASE)
_SECONDS_TO_ANSWER = 20


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the packages of a Python are, and which Python it is, as far as that is known."""

    source: str
    site_packages: tuple[Path, ...]
    python_version: str | None = None


def local_environment(folder: Path, root: Path) -> Environment | None:
    """The environment `.venv` or `venv` of a folder."""
    for name in ENVIRONMENTS:
        environment = _environment_at(folder / name, f"{label_of(folder / name, root)} (installed)")
        if environment is not None:
            return environment
    return None


def environment_of(python: Path) -> Environment | None:
    """The environment of an interpreter, of a command such as `python3.12`, or of an environment's folder.

    A virtual environment or a plain prefix tells by its layout where its packages are; only where it doesn't
    (system packages of a Linux distribution, pyenv's shims) the interpreter is asked.
    """
    source = f"--python {python.as_posix()} (installed)"
    if is_folder(python):
        return _environment_at(python, source)
    executable = python if is_file(python) else Path(shutil.which(str(python)) or "")
    if not is_file(executable):
        return None
    prefix = executable.absolute().parent.parent
    if is_file(prefix / "pyvenv.cfg"):
        return _environment_at(prefix, source)
    version = _EXECUTABLE.fullmatch(executable.resolve().name)
    if version is not None:
        folders = _site_packages(executable.resolve().parent.parent, version[1])
        environment = Environment(source, folders, version[1])
        if read_environment(environment).about(multipart=False).pins:
            return environment
    return Environment(source, _asked(executable), version and version[1])


def read_environment(environment: Environment) -> Reading:
    """The installed versions of Starlette and FastAPI: of several, the one that Python would import."""
    found = joined(
        _installed(folder, name, environment.source)
        for folder in environment.site_packages
        for name in names_in(folder)
    )
    first = {pin.package: pin for pin in reversed(found.pins)}
    return Reading(pins=tuple(first.values()), notes=found.notes)


def _environment_at(prefix: Path, source: str) -> Environment | None:
    settings = _settings(prefix / "pyvenv.cfg")
    version = settings.get("version") or settings.get("version_info")
    release = re.match(r"3\.\d+", version or "")
    folders = _site_packages(prefix, release[0] if release else None)
    if not folders:
        return None
    if settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        home = Path(settings["home"])  # the folder of the executable: on Windows the prefix itself
        for base in (home, home.parent):
            folders += _site_packages(base, release[0] if release else None)
    return Environment(source, folders, version)


def _settings(path: Path) -> dict[str, str]:
    """The `key = value` lines of a pyvenv.cfg."""
    try:
        lines = read_text(path).splitlines()
    except (OSError, ValueError):
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _site_packages(prefix: Path, version: str | None) -> tuple[Path, ...]:
    """Where packages are installed below a prefix: by the layout of Windows, or of everything else."""
    windows = prefix / "Lib" / "site-packages"
    folders = [windows] if is_folder(windows) else []
    for library in (prefix / "lib", prefix / "lib64", prefix / "local" / "lib"):
        for name in names_in(library):
            match = _LIBRARY.fullmatch(name)
            # An environment upgraded in place can keep the folder of an older Python.
            # Debian's packages are in `python3`.
            if match is None or (version is not None and match[1] not in (version, "3")):
                continue
            both = (library / name / "site-packages", library / name / "dist-packages")
            folders.extend(folder for folder in both if is_folder(folder))
    return tuple(folders)


def _asked(executable: Path) -> tuple[Path, ...]:
    """Where an interpreter says that it imports from."""
    command = [str(executable), "-I", "-c", "import sys; print(*sys.path, sep='\\n')"]
    try:
        answer = subprocess.run(  # noqa: S603  # the interpreter that the person named
            command, capture_output=True, text=True, timeout=_SECONDS_TO_ANSWER, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()
    return tuple(Path(line) for line in answer.stdout.splitlines() if is_folder(Path(line)))


def _installed(folder: Path, name: str, source: str) -> Reading:
    """What a folder in site-packages says, if it is the metadata of a package that counts."""
    if not name.lower().endswith(".dist-info"):
        return NOTHING
    match = _DIST_INFO.fullmatch(name)
    package = canonicalize_name(match["name"] if match else name[: -len(".dist-info")])
    if package not in SUBJECTS:
        return NOTHING
    version = read_version(match["version"] if match else "")
    version = version or read_version(_metadata_version(folder / name / "METADATA"))
    if version is None:
        return Reading(notes=(f"{source}: can't tell the version from {quoted(name)}",))
    return Reading(pins=(Pin(package, version, source, "installed"),))


def _metadata_version(path: Path) -> str:
    try:
        lines = read_text(path).splitlines()
    except (OSError, ValueError):
        return ""
    for line in lines:
        if not line:  # the headers end here, the description begins
            break
        key, _, value = line.partition(":")
        if key.lower() == "version":
            return value.strip()
    return ""
