"""The fixes of a rule file: their kinds, and what each of them can't do without."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.rule import Fix

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.rule import Safety
    from starlette_upgrade.ruleset.schema import Table

# Each kind of fix, with the setting that it needs; `rewrite/planning.py` says where it is planned.
FIX_KINDS = {
    "replace-symbol": "replaces",
    "expand-symbol": "replaces",
    "rename-attribute": "to",
    "rename-argument": "to",
    "remove-argument": "",
    "add-argument": "to",
    "name-arguments": "names",
    "place-argument": "",
    "await-call": "",
    "await-override": "",
    "session-write": "",
    "session-change": "",
    "ask-for-none": "",
    "ask-for-class": "",
    "ask-for-routed-path": "",
    "replace-text": "replaces",
    "warning-category": "to",
    "session-noticed": "",
    "route-contexts": "",
    "app-first": "",
    "take-rest": "to",
    "class-type": "replaces",
    "drop-response-class": "",
    "drop-unknown-argument": "",
    "merge-argument": "to",
    "decorator-to-call": "to",
    "template-response": "",
    "jinja-environment": "",
    "replace-expression": "to",
    "replace-call": "to",
    "client-request-method": "",
    "client-response-truth": "",
    "client-none-values": "",
    "client-form-pairs": "",
    "client-stream": "",
    "client-websocket": "",
    "client-lines": "",
    "asgi-scope": "",
    "head-request": "",
    "call-next": "",
    "widen-except": "replaces",
    "spread-options": "",
    "move-attribute": "to",
    "no-match": "",
    "drop-receive": "",
    "rename-override": "to",
    "ask-first": "",
    "ask-for-truth": "",
    "ask-for-attribute": "to",
    "static-status": "",
    "static-lookup": "",
    "task-group": "",
    "trim-text": "to",
    "middleware-triples": "",
    "upload-file": "",
    "url-text": "",
    "keep-escaping": "",
    "environment-method": "",
    "lifespan": "",
    "lifespan-decorator": "",
    "manual": "",
}
SAFETIES = ("safe", "unsafe", "manual")


def fix_of(table: Table) -> Fix:
    """The fix that a table of a rule describes. Raises RulesetError."""
    kind = table.choice("kind", tuple(FIX_KINDS))
    safety = cast("Safety", "manual" if kind == "manual" else table.choice("safety", SAFETIES))
    because = table.text("unsafe_because", "")
    if (safety == "unsafe") != bool(because):
        raise RulesetError(f'{table.where}: `unsafe_because` goes with safety = "unsafe", and only with it')
    fix = Fix(
        kind=kind,
        safety=safety,
        unsafe_because=because,
        replacement_since=table.version("replacement_since"),
        receiver=table.text("receiver", ""),
        only=table.texts("only", ()),
        to=table.text("to", ""),
        absent=table.text("absent", ""),
        names=table.texts("names", ()),
        replaces=table.pairs("replaces"),
        requires=table.text("requires", ""),
        opt_in=table.flag("opt_in", False),
    )
    table.close()
    key = FIX_KINDS[kind]
    if key and not getattr(fix, key):
        raise RulesetError(f'{table.where}: kind = "{kind}" needs `{key}`')
    return fix
