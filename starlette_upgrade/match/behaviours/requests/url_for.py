"""What `url_for` gives, used as the text that it was: added to, searched, sent as JSON or in a header."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.flow import uses_of
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.text_only import needs_text, needs_text_inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Instance, Method, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.flow import Use
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_URL = "starlette.datastructures.URL"
_CONNECTION = "starlette.requests.HTTPConnection"
# Methods of other packages that keep what they are given as JSON; nobody can know the type of `oauth.github`.
_STORING = frozenset({"authorize_redirect"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Every use that only a text allows."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if getattr(call.func, "attr", "") not in match.names or not gives_url(call, place, inference):
            continue
        for use in uses_of(call, place, inference):
            verdict = _judge(use, inference)
            if verdict and not is_guarded(use.place):
                yield Usage(
                    active,
                    use.node,
                    use.place,
                    last_name(call.func),
                    _CONNECTION,
                    use.parent,
                    None,
                    verdict == "certain",
                )


def gives_url(call: ast.Call, place: Place, inference: Inference) -> bool:
    """Whether a call is one of Starlette's methods that give a URL where they gave a text."""
    function = inference.type_of(call.func, place)
    return all(
        isinstance(member, Method) and isinstance(member.result, Instance) and member.result.cls.name == _URL
        for member in members(function)
    )


def _judge(use: Use, inference: Inference) -> Literal["", "certain", "possible"]:
    if use.held:
        return "certain" if needs_text_inside(use, inference) else ""
    if isinstance(use.parent, ast.Call) and getattr(use.parent.func, "attr", "") in _STORING:
        return "possible"
    return "certain" if needs_text(use, inference) else ""
