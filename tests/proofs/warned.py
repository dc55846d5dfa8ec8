"""What a rule's match says of warnings, asked of Starlette itself on both sides of the boundary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.proofs.laboratory import release_before, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Rule, WarningMatch

# Does everything that Starlette warns of; prints category, text and the module that is warned.
_PROVOKE = """
import json, os, sys, warnings

warnings.resetwarnings()
warnings.simplefilter("always")
said = []

def note(text, category, file, *rest):
    said.append([category.__name__, str(text), os.path.splitext(file)[0]])

warnings.showwarning = note

import anyio
from starlette import status
from starlette.applications import Starlette
from starlette.concurrency import run_until_first_complete
from starlette.testclient import TestClient

async def agen(app):
    yield

def gen(app):
    yield

async def nothing():
    pass

for name in dir(status):
    getattr(status, name)
import starlette.middleware.wsgi
Starlette(lifespan=agen)
Starlette(lifespan=gen)
anyio.run(run_until_first_complete, (nothing, {}))
TestClient(Starlette()).get("/", timeout=1)
print(json.dumps(said))
"""


def failures(rule: Rule, match: WarningMatch) -> Iterator[str]:
    """What of a match is not so; one line each."""
    assert rule.changed is not None
    before, after = _given(release_before(rule.changed)), _given(rule.changed)
    for text in match.texts:
        if {match.category} != {category for category, said, _ in before if said.startswith(text)}:
            yield f"`{text}` should be a {match.category} before {rule.changed}"
        if match.category in {category for category, said, _ in after if said.startswith(text)}:
            yield f"`{text}` should be no {match.category} on {rule.changed}"
    for module in match.modules:
        path = module.replace(".", "/")
        if not any(category == match.category and file.endswith(f"/{path}") for category, _, file in before):
            yield f"{module} should be warned of itself before {rule.changed}"


def _given(release: Version | None) -> list[tuple[str, str, str]]:
    assert release is not None
    outcome = run(_PROVOKE, release)
    return [(category, text, file) for category, text, file in json.loads(outcome.output or "[]")]
