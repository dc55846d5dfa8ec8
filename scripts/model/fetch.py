"""The sources of Starlette's releases, under .cache/releases/: metadata, and .py files of which no line is run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from benchmarks.fetch import Pin, unpack_sdist
from starlette_upgrade.ruleset.known import load_known

if TYPE_CHECKING:
    from collections.abc import Sequence

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "releases"
OLDEST = Version("0.13.0")
PACKAGE = "starlette"
# Releases without a wheel, with the sha256 of their sdist.
SDISTS = {
    "0.12.0": "d313433ef5cc38e0a276b59688ca2b11b8f031c78808c1afdf9d55cb86f34590",
    "0.12.1": "d12d22f22f859131f6e772f3a2a7a8c43fb3d27c72e06ecbbdbd48506ff835d4",
    "0.12.2": "4db50dd5c0da9659e3434f2cc469233fa1ae3c5f9a97d7c94f2a9bf3683c1847",
    "0.12.3": "07eb93e0b6575f6541cdd471cf812765a4e4f440b32a738200b68422bfd496a8",
    "0.12.4": "23f1de058ffcc053e9bddd87f49bb8bcda709ed2787d038819f6d8561e71f8d4",
    "0.12.5": "ed4b395d18ca755701aa7a607f69799cc2d6e00e44017d1f8a8e6043968b2247",
    "0.12.6": "c270f78af93c4ff4d7fbb9c10f9d9e15be1726284c39805f93ea48e3f45997d7",
    "0.12.7": "849553e6dc8dd4faac5d4383219bdf49b199f3f09d60ce374c2a00a42ab7c77d",
    "0.12.8": "f600bf9d0beeeeebcb143e6d0c4f8858c2b05067d5a4feb446ba7400ba5e5dc5",
    "0.12.9": "c2ac9a42e0e0328ad20fe444115ac5e3760c1ee2ac1ff8cdb5ec915c4a453411",
    "0.12.10": "e41ef52e711a82ef95c195674e5d8d41c75c6b1d6f5a275637eedd4cc2150a7f",
    "0.12.11": "1f43844dbf09a389c74f7a428e1c852b778e776c5a0d1d745313ce7324263c14",
    "0.12.12": "65f2a3697a6c0d7917fa7e5bd9bfbef04bc1207fbf0b9e575d8de46c96964c26",
    "0.12.13": "9597bc28e3c4659107c1c4a45ec32dc45e947d78fe56230222be673b2c36454a",
    "0.13.0": "6bd414152d40d000ccbf6aa40ed89718b40868366a0f69fb83034f416303acef",
}
_KEPT = (".py", ".dist-info/METADATA")


class FetchError(Exception):
    """A release could not be fetched; the text says which and what pip said."""


def releases() -> list[Version]:
    """The releases that the model speaks of, oldest first."""
    return [version for version in load_known().releases if version >= OLDEST]


def folder_of(version: Version) -> Path:
    return CACHE / f"{PACKAGE}-{version}"


def fetch(versions: Sequence[Version]) -> None:
    """Brings what is missing into the cache; several at once, since each is one short run of pip."""
    CACHE.mkdir(parents=True, exist_ok=True)
    missing = [version for version in versions if not _is_whole(folder_of(version))]
    with ThreadPoolExecutor(max_workers=8) as pool:
        for version in pool.map(_fetch, missing):
            print(f"fetched {PACKAGE} {version}", file=sys.stderr)


def _is_whole(folder: Path) -> bool:
    """Whether a release is there with its metadata, of which older versions of this script kept nothing."""
    return (folder / "PKG-INFO").is_file() or any(folder.glob("*.dist-info"))


def _fetch(version: Version) -> Version:
    """A release's folder is moved to its place only when it is whole; one that is there only gets its metadata."""
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=CACHE) as name:
        tmp, folder = Path(name), folder_of(version)
        if sha256 := SDISTS.get(str(version)):
            unpacked = unpack_sdist(Pin("package", PACKAGE, str(version), sha256), tmp)
        else:
            unpacked = _unpack_wheel(version, tmp)
        try:
            _place(unpacked, folder)
        except OSError:
            if not _is_whole(folder):  # else another process has put it there meanwhile
                raise
    return version


def _place(unpacked: Path, folder: Path) -> None:
    if folder.is_dir():
        for metadata in unpacked.glob("*.dist-info"):
            metadata.rename(folder / metadata.name)
    else:
        unpacked.rename(folder)


def _unpack_wheel(version: Version, tmp: Path) -> Path:
    # Any Python will do, since nothing is run: the oldest and the newest releases have none in common.
    pure = ["--only-binary", ":all:", "--implementation", "py", "--abi", "none", "--platform", "any"]
    wanted = ["--no-deps", "--ignore-requires-python", "--dest", str(tmp), f"{PACKAGE}=={version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", *pure, *wanted]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    for wheel in tmp.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp / "tree", [name for name in archive.namelist() if name.endswith(_KEPT)])
        return tmp / "tree"
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["pip said nothing"]
    errors = [line.removeprefix("ERROR: ") for line in said if line.startswith("ERROR: ")]
    raise FetchError(f"{PACKAGE} {version}: {(errors or said)[-1]}")
