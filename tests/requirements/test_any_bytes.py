"""Whatever bytes stand in these files, detection answers and does not raise."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.version import Version

from starlette_upgrade.requirements import detect

RULES = Path(__file__).parents[2] / "rules"
RELEASES = [Version(text) for text in ("0.36.3", "0.37.2", "1.0.0rc1", "1.0.0")]

# Pieces of real files, so that random text gets past the first character of each parser.
PIECES = [
    *(
        "starlette",
        "fastapi",
        "Starlette[full]",
        "==",
        ">=",
        "~=",
        "===",
        "^",
        "~",
        "||",
        "*",
        "0.37.2",
        "1!2.post1",
    ),
    *(
        "9" * 5000,
        " ; ",
        "python_version < '3.10'",
        "extra == 'x'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "=",
        ",",
    ),
    *(
        "[[package]]\n",
        "[[packages]]\n",
        "name = ",
        "version = ",
        "markers = ",
        "marker = ",
        "resolution-markers = ",
    ),
    *(
        "[project]\n",
        "dependencies = ",
        "[tool.poetry.dependencies]\n",
        "[dependency-groups]\n",
        "[packages]\n",
    ),
    *("[options]\n", "install_requires = ", "setup(install_requires=", "[options.extras_require]\n"),
    *(
        '{"default": {"starlette": {"version": ',
        "}}}",
        ":",
        "null",
        "-r ",
        "-c ",
        "-e ",
        "git+https://",
        " @ ",
        "#",
    ),
    *(
        "requirements.txt",
        "other.txt",
        "\\\n",
        "\n",
        "\r\n",
        "\0",
        "\x1b[0m",
        "\ufeff",
        "é",
        "version = 3.",
        "home = ",
    ),
]
CONTENT = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=25).map(lambda parts: "".join(parts).encode()),
)
FILES = [
    *(
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "pylock.toml",
        "requirements.txt",
        "other.txt",
        "setup.py",
    ),
    *("requirements.in", "constraints.txt", "pyproject.toml", "Pipfile", "setup.cfg", ".venv/pyvenv.cfg"),
    ".venv/lib/python3.11/site-packages/starlette-x.dist-info/METADATA",
]


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENT)
def test_detection_never_raises(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        detection = detect(Path(folder), releases=RELEASES, compat=RULES)
        assert all(note.isprintable() for note in detection.notes)


@settings(max_examples=60, deadline=None)
@given(contents=st.fixed_dictionaries(dict.fromkeys(FILES, CONTENT)))
def test_detection_never_raises_for_all_files_together(contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in contents.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        detect(Path(folder), releases=RELEASES, compat=RULES)
