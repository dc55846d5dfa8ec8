"""`Jinja2Templates(directory, env=…)`: one of the two, not both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_import import expects_assertion
from starlette_upgrade.match.behaviours.templates.template_response import TEMPLATES
from starlette_upgrade.match.certainty import class_named, is_value
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Constructions with a directory and an environment."""
    classes = context.inference.classes
    for call, place in context.candidates.calls:
        env = next((keyword for keyword in call.keywords if keyword.arg == "env"), None)
        directory = argument_of(call, "directory", 0)
        if env is None or directory is None or not (is_value(env.value, place) and is_value(directory, place)):
            continue
        cls = class_named(call.func, place, context.inference, TEMPLATES)
        if cls is None or any(classes.defines(base, "__init__") for base in classes.line(cls)):
            continue
        if not is_guarded(place, "env") and not any(map(expects_assertion, place.block.chain())):
            yield Usage(active, env, place, "env", TEMPLATES, call, call)
