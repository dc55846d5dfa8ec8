"""Rebuilds the corpora of packages.toml (sdists) and corpus.toml (wheels) under .cache/.

`pip download` runs the build backend of an sdist, only to learn its metadata, so we never let it get there.
For an empty environment pip checks the pinned sha256, unpacks the sdist (tarfile's data filter), sees
(--check-build-dependencies) that the backend is not installed, and stops; --no-clean keeps what it
unpacked. No line of the package is run; an sdist at which pip did not stop there is refused. Wheels carry
their metadata, so nothing is run for them either; only their .py files are kept.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import tomli

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
MENTION = re.compile(rb"starlette|fastapi")
IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(?:starlette|fastapi)\b", re.MULTILINE)


class FetchError(Exception):
    """One package could not be fetched; the text is one line for a person."""


class Pin(NamedTuple):
    kind: str  # the table it stands in: package, lookalike or wheel
    name: str
    version: str
    sha256: str

    @property
    def folder(self) -> str:
        return f"{self.name}-{self.version}"


def read_pins(table: Path) -> list[Pin]:
    kinds = tomli.loads(table.read_text(encoding="utf-8"))
    return [Pin(kind, r["name"], r["version"], r["sha256"]) for kind, rows in kinds.items() for r in rows]


def pip_download(pin: Pin, tmp: Path, *options: str, python: Path | None = None) -> str:
    """What pip said to standard error; what it left is under `tmp`."""
    wanted = tmp / "requirements.txt"
    wanted.write_text(f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n", encoding="utf-8")
    target = ["--python", str(python)] if python else []
    needs = ["--no-deps", "--require-hashes", "--requirement", str(wanted), "--dest", str(tmp / "dest")]
    pip = [sys.executable, "-m", "pip", *target, "download", *needs, *options]
    env = {**os.environ, "TMPDIR": str(tmp)}
    return subprocess.run(pip, env=env, capture_output=True, text=True, check=False).stderr


def failure(said: str) -> FetchError:
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["pip failed without a word"]
    got = [line.split()[-1] for line in lines if line.startswith("Got ")]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return FetchError(f"its sha256 is {got[0]}, not the pinned one" if got else (errors or lines)[-1])


def unpack_sdist(pin: Pin, tmp: Path) -> Path:
    empty = tmp / "empty"
    venv.create(empty, symlinks=os.name != "nt", with_pip=False)
    stop = ["--no-build-isolation", "--check-build-dependencies", "--no-clean", "--ignore-requires-python"]
    said = pip_download(pin, tmp, "--no-binary", ":all:", *stop, python=empty)
    unpacked = [info.parent for info in tmp.glob("pip-*/*/PKG-INFO")]
    if len(unpacked) != 1 or "Some build dependencies" not in said:
        raise failure(said)
    return unpacked[0]


def unpack_wheel(pin: Pin, tmp: Path) -> Path:
    pure = ["--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", "3.12"]
    said = pip_download(pin, tmp, "--only-binary", ":all:", *pure)
    for wheel in (tmp / "dest").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp / "tree", [name for name in archive.namelist() if name.endswith(".py")])
        return tmp / "tree"
    raise failure(said)


def fetch(pin: Pin, root: Path) -> bool:
    """Whether the package is in place now; a folder is moved there only when it is whole."""
    target = root / pin.folder
    if target.is_dir():
        return True
    unpack = unpack_wheel if pin.kind == "wheel" else unpack_sdist
    try:
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=root) as tmp:
            unpack(pin, Path(tmp)).rename(target)
    except (FetchError, OSError, zipfile.BadZipFile) as error:
        print(f"error: {pin.folder}: {error}", file=sys.stderr)
        return False
    print(f"fetched {pin.folder}")
    return True


def summary(root: Path) -> str:
    sources = [path.read_bytes() for path in root.rglob("*.py") if path.is_file()]
    size = sum(map(len, sources)) / 1e6
    mention = sum(1 for source in sources if MENTION.search(source))
    imports = sum(1 for source in sources if IMPORT.search(source))
    return f"{len(sources)} .py files, {size:.1f} MB; {mention} name, {imports} import starlette or fastapi"


def main() -> int:
    parser = argparse.ArgumentParser(description="Fetch the packages that the benchmarks read.")
    parser.add_argument("--corpus", action="store_true", help="the speed corpus, not the packages")
    parser.add_argument("--only", action="append", metavar="NAME", help="this package only (repeatable)")
    parser.add_argument("--list", action="store_true", help="show what is pinned and what is in place")
    args = parser.parse_args()
    root = CACHE / ("corpus" if args.corpus else "packages")
    table = HERE / ("corpus.toml" if args.corpus else "packages.toml")
    pins = read_pins(table)
    if unknown := set(args.only or []) - {pin.name for pin in pins}:
        parser.error(f"not in {table.name}: {', '.join(sorted(unknown))}")
    chosen = [pin for pin in pins if not args.only or pin.name in args.only]
    if args.list:
        for pin in chosen:
            print("in place" if (root / pin.folder).is_dir() else "missing ", f"{pin.kind:9}", pin.folder)
        return 0
    root.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in root.iterdir() if path.is_dir()} - {pin.folder for pin in pins}:
        shutil.rmtree(root / stale)
        print(f"removed {stale}: not pinned")
    done = sum([fetch(pin, root) for pin in chosen])
    print(f"{done} of {len(chosen)} in place; all of {root.name}/: {summary(root)}")
    return 0 if done == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
