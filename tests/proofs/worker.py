"""Runs programs, each in a forked child, so that nothing is shared but the imports of third-party packages.

It stands alone: the Python of a dependency stack runs it. A task comes as a line of JSON on stdin, what came of
it goes as a line of JSON to stdout.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import pathlib
import select
import signal
import sys
import tempfile
import traceback
import warnings
from typing import Any

# Starlette and FastAPI are not among them: each program has its own release of these.
PRELOADED = (
    "asyncio",
    "anyio._backends._asyncio",
    "anyio.abc",
    "httpx",
    "httpx2",
    "requests",
    "jinja2",
    "itsdangerous",
    "multipart",
    "pydantic",
    "typing_extensions",
    "opentelemetry.trace",
    "unittest.mock",
    "html.parser",
    "http.cookies",
)
HANGS = "Hang: no end after {} s"


def serve() -> None:
    """Answers tasks until stdin ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in PRELOADED:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(_outcome(task)))
        os._exit(0)
    os.close(writing)
    text = _read(reading, task["seconds"])
    if text is None:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if not text:
        return {"output": "", "error": HANGS.format(task["seconds"]), "warnings": []}
    answer: dict[str, Any] = json.loads(text)
    return answer


def _read(pipe: int, seconds: float) -> str | None:
    """All that the child writes; None if it takes too long."""
    parts: list[bytes] = []
    with os.fdopen(pipe, "rb", buffering=0) as stream:
        while select.select([stream], [], [], seconds)[0]:
            part = stream.read(65536)
            if not part:
                return b"".join(parts).decode()
            parts.append(part)
    return None


def _outcome(task: dict[str, Any]) -> dict[str, Any]:
    """What a program prints, raises and warns of, in a folder of its own."""
    sys.path[:0] = task["path"]
    output, error = io.StringIO(), ""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        os.chdir(folder)
        _write(task.get("files", {}), folder)
        path = f"{folder}/example.py"
        with open(path, "w", encoding="utf-8") as file:
            file.write(task["program"])
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            try:
                module = type(sys)("__main__")
                module.__file__ = path
                sys.modules["__main__"] = module
                exec(compile(task["program"], path, "exec", dont_inherit=True), module.__dict__)
            except BaseException as raised:
                error = _described(raised)
                if task.get("traceback"):
                    error += "\n" + "".join(traceback.format_exception(raised))
        os.chdir("/")
    said = [f"{one.category.__name__}: {' '.join(str(one.message).split())}" for one in caught]
    return {"output": output.getvalue(), "error": error, "warnings": said}


def _write(files: dict[str, str], folder: str) -> None:
    """Puts files beside the program, which can import them."""
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    if files:
        sys.path.insert(0, folder)


def _described(raised: BaseException) -> str:
    """`Category: text` of an exception, and of those that a group holds."""
    text = f"{type(raised).__name__}: {raised}"
    for inner in getattr(raised, "exceptions", ()):
        text += " | " + _described(inner)
    return text


if __name__ == "__main__":
    serve()
