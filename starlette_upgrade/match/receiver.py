"""Is this receiver an object of a class that a rule speaks of, something else, or unknown?"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import (
    ClassType,
    Instance,
    Method,
    Super,
    Type,
    Unknown,
    members,
    without_none,
)
from starlette_upgrade.source.needles import APPLICATIONS
from starlette_upgrade.source.triage import FRAMEWORK

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference

# What people call such objects; an unknown receiver of another name is no suspect.
_USUAL_NAMES = {
    "starlette.applications.Starlette": ("app", "application", "api", "asgi_app"),
    "starlette.routing.Router": ("router",),
    "starlette.testclient.TestClient": ("client", "test_client", "testclient", "http_client"),
    "starlette.templating.Jinja2Templates": ("templates", "template", "jinja", "jinja2", "jinja_templates"),
    "starlette.formparsers.MultiPartParser": ("parser", "multipartparser"),
}


@dataclass(frozen=True, slots=True)
class Receiver:
    """`owner`: the rule's class whose attribute is meant. `certain` and `whole` as in Usage."""

    owner: str
    certain: bool
    whole: bool


def judge_receiver(
    found: Type,
    attribute: str,
    classes: tuple[str, ...],
    inference: Inference,
    node: ast.expr | None = None,
    named_near: frozenset[str] = frozenset(),
) -> Receiver | None:
    """Whose `attribute` a receiver of type `found` gives; None where it is surely not one of `classes`.

    With `node`, an unknown receiver may be suspected by its name, if the class is one of `named_near`.
    """
    owners: list[str] = []
    others = unknown = False
    for member in members(without_none(found)):
        if isinstance(member, Super):
            line = inference.classes.line(member.cls)
            cls = line[1] if len(line) > 1 else None
        else:
            cls = member if isinstance(member, ClassType) else getattr(member, "cls", None)
        if isinstance(member, Instance | ClassType | Super) and cls is not None:
            owner = inference.classes.owner(cls, attribute, classes)
            if owner:
                owners.append(owner)
                others = others or inference.classes.has_other_base(cls)
            elif inference.classes.is_open(cls) and not _defined_in_project(cls, attribute, inference):
                unknown = True
            else:
                others = True
        elif isinstance(member, Unknown | Method):
            unknown = True
        else:
            others = True
    if owners:
        return Receiver(owners[0], certain=not others, whole=not others and not unknown)
    if unknown and not others and node is not None:
        suspect = _suspected(node, attribute, classes, inference, named_near)
        if suspect:
            return Receiver(suspect, certain=False, whole=False)
    return None


def _defined_in_project(cls: ClassType, attribute: str, inference: Inference) -> bool:
    return any(inference.classes.defines(member, attribute) for member in inference.classes.line(cls))


def _suspected(
    node: ast.expr, attribute: str, classes: tuple[str, ...], inference: Inference, named_near: frozenset[str]
) -> str | None:
    """The class that an unknown receiver may be of: it is called so, and the class is named near.

    An attribute that FastAPI's app or router lost, too, is suspect wherever either framework is named.
    """
    words = last_name(node).lower().lstrip("_")
    for cls in classes:
        heir = APPLICATIONS.get(cls)
        lost = heir is not None and not inference.catalogue.keeps(heir, attribute)
        if (FRAMEWORK if lost else cls.rpartition(".")[2]) not in named_near:
            continue
        for usual in _USUAL_NAMES.get(cls, ()):
            if words == usual or words.endswith(f"_{usual}"):
                return cls
    return None
