"""The sources of Starlette's releases, under .cache/releases/: only its .py files, of which no line is ever run."""

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
SDISTS = {"0.13.0": "6bd414152d40d000ccbf6aa40ed89718b40868366a0f69fb83034f416303acef"}


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
    missing = [version for version in versions if not folder_of(version).is_dir()]
    with ThreadPoolExecutor(max_workers=8) as pool:
        for version in pool.map(_fetch, missing):
            print(f"fetched {PACKAGE} {version}", file=sys.stderr)


def _fetch(version: Version) -> Version:
    """A release's folder is moved to its place only when it is whole."""
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=CACHE) as name:
        tmp = Path(name)
        if sha256 := SDISTS.get(str(version)):
            unpack_sdist(Pin("package", PACKAGE, str(version), sha256), tmp).rename(folder_of(version))
        else:
            _unpack_wheel(version, tmp).rename(folder_of(version))
    return version


def _unpack_wheel(version: Version, tmp: Path) -> Path:
    # Any Python will do, since nothing is run: the oldest and the newest releases have none in common.
    pure = ["--only-binary", ":all:", "--implementation", "py", "--abi", "none", "--platform", "any"]
    wanted = ["--no-deps", "--ignore-requires-python", "--dest", str(tmp), f"{PACKAGE}=={version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", *pure, *wanted]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    for wheel in tmp.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp / "tree", [name for name in archive.namelist() if name.endswith(".py")])
        return tmp / "tree"
    raise FetchError(f"{PACKAGE} {version}: {done.stderr.strip()}")
