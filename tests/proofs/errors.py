"""What rules/errors.toml claims of each error, tried out: which program ends with it, on which releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from scripts.model.fetch import folder_of
from starlette_upgrade.recognition.pasted import Told, squeezed
from starlette_upgrade.recognition.texts import text_of
from tests.proofs.laboratory import KNOWN, outcome_of, release_before, release_from, run
from tests.proofs.stacks import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.ruleset.reported import Proof, ReportedError
    from starlette_upgrade.ruleset.rule import Rule
    from tests.proofs.laboratory import Outcome

# What many are on; of each time one.
_BETWEEN = tuple(map(Version, ("0.20.4", "0.27.0", "0.38.6", "0.46.2", "1.0.0")))
_SECONDS = 30

# Serves the `app` of a program, lets its `client` come, and raises what uvicorn has logged.
_SERVED = """
import asyncio
import logging

import uvicorn
from websockets.asyncio.client import connect as _connect

_logged = []


class _Log(logging.Handler):
    def emit(self, record):
        _logged.append(record)


def connect(port):
    return _connect(f"ws://127.0.0.1:{port}")


async def _get(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\\r\\nhost: a\\r\\nconnection: close\\r\\n\\r\\n")
    await reader.read()
    writer.close()


async def _main():
    logging.getLogger("uvicorn.error").addHandler(_Log(logging.ERROR))
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, http="h11", ws="websockets")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        await globals().get("client", _get)(port)
    except Exception:
        pass
    await asyncio.sleep(0.1)
    server.should_exit = True
    await serving


asyncio.run(_main())
for _record in _logged:
    if _record.exc_info:
        raise _record.exc_info[1]
    raise SystemExit(_record.getMessage())
"""


def failures(error: ReportedError) -> list[str]:
    """What of an error's proofs is not true; one line each."""
    return [line for proof in error.proofs for line in _failures(proof)]


def unshown(error: ReportedError, rules: Iterable[Rule]) -> list[str]:
    """Its texts that neither a proof nor an example of one of its rules is there for."""
    shown = [proof.says for proof in error.proofs]
    for rule in rules:
        if rule.code in error.rules:
            shown += [*rule.errors, *(text for example in rule.examples for text in example.errors)]
    told = [Told(text.cls, text.says, 0) for text in map(text_of, shown)]
    return [said for said in error.says if not any(text_of(said).weight(one) for one in told)]


def _failures(proof: Proof) -> Iterator[str]:
    for release in _tried(proof):
        outcome = _run(proof, release)
        holds = (not proof.since or release >= proof.since) and (not proof.until or release <= proof.until)
        if holds and not _says(outcome, proof.says):
            yield f"should say {proof.says!r} on {release}: {outcome.error or outcome.output!r}"
        elif not holds and _says(outcome, proof.says):
            yield f"should not say {proof.says!r} on {release}"


def _run(proof: Proof, release: Version) -> Outcome:
    if not proof.server:
        return run(proof.program, release)
    return outcome_of(proof.program + _SERVED, SERVER, [folder_of(release)], _SECONDS)


def _tried(proof: Proof) -> list[Version]:
    """Both ends, what lies beyond them, and some between. What a server says, on two of its time."""
    newest = KNOWN.newest
    if proof.server:
        return [Version("0.41.3"), newest]
    runs = proof.runs or KNOWN.releases[0]
    first, last = release_from(max(proof.since or runs, runs)), proof.until or newest
    beyond = [release_before(proof.since) if proof.since else None]
    beyond.append(next((v for v in KNOWN.releases if v > last and v not in KNOWN.yanked), None))
    between = [release for release in _BETWEEN if first is not None and first < release < last]
    wanted = [first, last, *beyond, *between]
    return sorted({release for release in wanted if release is not None and runs <= release <= newest})


def _says(outcome: Outcome, said: str) -> bool:
    text = text_of(said)
    parts = (part.partition(":") for part in squeezed(outcome.error).split(" | "))
    return any(text.weight(Told(name, words.strip(), 0)) for name, _, words in parts)
