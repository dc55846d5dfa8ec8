"""What `fix --ahead` makes runs on the oldest release that is supported, on those between, and on the newest."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.selection import find_rule
from starlette_upgrade.settings.options import Options
from tests.proofs.laboratory import KNOWN, run
from tests.proofs.stacks import SERIES, interpreter

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

RELEASES = load_releases()
PROGRAM = """
from starlette import status
from starlette.applications import Starlette
from starlette.exceptions import ExceptionMiddleware
from starlette.responses import PlainTextResponse
from starlette.status import HTTP_422_UNPROCESSABLE_ENTITY
from starlette.testclient import TestClient

app = Starlette()


@app.route("/refuse")
def refuse(request):
    return PlainTextResponse("no", status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)


@app.exception_handler(HTTP_422_UNPROCESSABLE_ENTITY)
def handle(request, exc):
    from starlette.status import HTTP_414_REQUEST_URI_TOO_LONG as LONG

    return PlainTextResponse("handled", LONG)


client = TestClient(ExceptionMiddleware(app))
print(client.get("/refuse").status_code, HTTP_422_UNPROCESSABLE_ENTITY, handle(None, None).status_code)
"""


@pytest.mark.parametrize("oldest", ["0.19.1", "0.27.0", "0.46.2"])
def test_what_is_made_runs_on_the_whole_range(oldest: str, tmp_path: Path) -> None:
    program = PROGRAM.replace(".exceptions", ".middleware.exceptions") if oldest != "0.19.1" else PROGRAM
    file = tmp_path / "app.py"
    file.write_text(program)
    move = Move(Version(oldest), KNOWN.newest)
    result = pipeline.fix(Options((file,), move, ahead=True), RELEASES)
    assert not result.remaining
    made = result.changes[0].after.decode()
    for release in {Version(oldest), Version("0.46.2"), Version("0.52.1"), KNOWN.newest}:
        outcome = run(made, release)
        assert (outcome.output, outcome.error) == ("413 422 414\n", "")
        assert not [said for said in outcome.warnings if "HTTP_4" in said]


def test_the_number_in_the_name_of_a_status_is_its_value() -> None:
    [fix] = find_rule(RELEASES, "SU118").fixes
    olds = [old.rpartition(".")[2] for old, _ in fix.replaces]
    news = [new.rpartition(".")[2] for _, new in fix.replaces]
    for names, release in ((olds, Version("0.12.0")), (olds, Version("0.47.3")), (news, fix.replacement_since)):
        assert release is not None
        program = "from starlette import status\n" + "\n".join(
            f"assert status.{name} == {name.split('_')[1]}, status.{name}" for name in names
        )
        assert not run(program, release).error
