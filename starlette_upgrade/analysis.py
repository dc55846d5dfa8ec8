"""One file from bytes to findings, each with the plan that would resolve it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Finding, Reason
from starlette_upgrade.match.matching import find_usages, interest_of
from starlette_upgrade.match.usage import Context
from starlette_upgrade.rewrite.naming import tolerant
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.planning import fix_for, plan_for
from starlette_upgrade.ruleset.lifecycle import when
from starlette_upgrade.semantics.binder import bind
from starlette_upgrade.semantics.inference import Inference
from starlette_upgrade.semantics.project import key_of
from starlette_upgrade.semantics.scopes import Module
from starlette_upgrade.source.document import UnreadableDocument
from starlette_upgrade.source.template_files import templates_in
from starlette_upgrade.source.triage import is_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.finding import Fixability
    from starlette_upgrade.match.usage import Usage
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Fix, Rule
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.catalogue import Catalogue
    from starlette_upgrade.semantics.interest import Candidates, Interest
    from starlette_upgrade.semantics.project import Project
    from starlette_upgrade.settings.options import Style
    from starlette_upgrade.source.document import Document


# One line in so many holds a word of interest: such a file is walked whole.
_DENSE = 5


@dataclass(frozen=True, slots=True)
class Analysed:
    """A finding with the plan that resolves it, if there is one."""

    finding: Finding
    plan: Plan | None


class Analyser:
    """Analyses the files of one run; what it learns of one file serves the others.

    With `reasons`, each finding says how its receiver is known; `style` is that of the rewrites. `ahead`: what
    needs a newer release than the old one is planned in a form that runs on both, where there is such a form.
    """

    def __init__(
        self,
        rules: Sequence[ActiveRule],
        move: Move,
        project: Project,
        catalogue: Catalogue,
        *,
        reasons: bool = False,
        style: Style = "call",
        ahead: bool = False,
    ) -> None:
        self._rules = rules
        self._move = move
        self._interests: dict[frozenset[str] | None, Interest] = {}
        self.inference = Inference(project, catalogue)
        self._reasons = reasons
        self._style = style
        self._ahead = ahead
        self._named_near: dict[Path, frozenset[str]] = {}
        self._offered: dict[str, tuple[Document, frozenset[str] | None]] = {}
        self._known: dict[Document, tuple[Module, Candidates]] = {}
        project.open = self._open

    def offer(self, documents: Iterable[tuple[Document, frozenset[str] | None]]) -> None:
        """Documents that will be analysed, with what will be `asked`: imports of them lead to the same trees."""
        self._offered.update((key_of(document.path), (document, asked)) for document, asked in documents)

    def _open(self, path: str) -> Module | None:
        document, asked = self._offered.pop(path, (None, None))
        if document is None:
            return None
        try:
            return self.know(document, asked)
        except UnreadableDocument:
            return None

    def analyse(
        self,
        document: Document,
        named_near: frozenset[str] | None = None,
        asked: frozenset[str] | None = None,
    ) -> list[Analysed]:
        """The findings in a document. Raises UnreadableDocument.

        `named_near`: the interesting classes that it or a file near it names; None where it was given before.
        `asked`: the codes of the rules that it can hold a finding of; None stands for all.
        """
        if named_near is not None:
            self._named_near[document.path] = named_near
        if document not in self._known:
            self.know(document, asked)
        module, candidates = self._known[document]
        near = frozenset() if self._is_of_another_family(document) else self._named_near[document.path]
        context = Context(module, candidates, self.inference, near, templates_in, self._style)
        return [self._judge(usage, context) for usage in find_usages(self._asked(asked), context)]

    def know(self, document: Document, asked: frozenset[str] | None = None) -> Module:
        """Makes a document what imports of its module lead to. Raises UnreadableDocument."""
        project = self.inference.project
        interest = self._interest(asked)
        lines = interest.lines(document)
        if len(lines) * _DENSE > len(document.lines):
            # Little is passed over, and a second walk may be saved.
            interest = replace(interest, every_call=True)
        module = Module(document, project.dotted_name(document.path), lines)
        self._known[document] = module, bind(module, interest)
        project.add(module)
        return module

    def _asked(self, asked: frozenset[str] | None) -> list[ActiveRule]:
        return [active for active in self._rules if asked is None or active.rule.code in asked]

    def _interest(self, asked: frozenset[str] | None) -> Interest:
        if asked not in self._interests:
            self._interests[asked] = interest_of(self._asked(asked))
        return self._interests[asked]

    def _is_of_another_family(self, document: Document) -> bool:
        """Whether a file imports another framework, and names neither Starlette nor FastAPI.

        What is unknown in it is no suspect.
        """
        frameworks = self.inference.catalogue.frameworks
        return not is_root(document.data) and any(
            name.partition(".")[0] in frameworks for name in _imported(document.tree)
        )

    def _judge(self, usage: Usage, context: Context) -> Analysed:
        document, rule = context.module.document, usage.active.rule
        plan = plan_for(usage, context)
        fix = fix_for(usage, context)
        if isinstance(plan, Plan) and fix is not None:
            plan = self._runs_on_the_target(plan, fix, rule)
        moment = when(fix, self._move.of(rule.package)) if isinstance(plan, Plan) else "hand"
        if self._ahead and moment == "bump" and fix is not None:
            on_both = tolerant.plan(usage, fix, context)
            if isinstance(on_both, Plan):
                plan, moment = on_both, "now"
        kind: Fixability = fix.safety if fix is not None else "manual"
        why_not = ""
        if isinstance(plan, Refusal) and kind != "manual":
            kind, why_not = "none", plan.reason
        elif isinstance(plan, Plan) and plan.unsafe_because:
            kind = "unsafe"
        span = document.span(usage.node)
        finding = Finding(
            path=document.path,
            span=span,
            rule=rule,
            impact=usage.active.verdict.impact,
            already=usage.active.verdict.already,
            confidence="certain" if usage.certain and not rule.unseen else "possible",
            message=_message(usage, context),
            fix=kind,
            when=moment,
            why_not=why_not,
            unsafe_because=plan.unsafe_because if isinstance(plan, Plan) else "",
            no_table=plan.no_table if isinstance(plan, Plan) else "",
            suggestion=plan.text if isinstance(plan, Refusal) else "",
            source=tuple(line.rstrip("\r\n") for line in document.lines[span.line - 1 : span.end_line]),
            reason=_reason(usage, context) if self._reasons else None,
        )
        return Analysed(finding, plan if isinstance(plan, Plan) else None)

    def _runs_on_the_target(self, plan: Plan, fix: Fix, rule: Rule) -> Plan | Refusal:
        """The plan, unless the new form only runs on later releases than the one that is the target."""
        ends, since = self._move.of(rule.package), fix.replacement_since
        if since is None or ends is None or since <= ends.new:
            return plan
        return Refusal(f"the new form needs {'FastAPI' if rule.package == 'fastapi' else 'Starlette'} {since}")


def _reason(usage: Usage, context: Context) -> Reason | None:
    """How it is known what the usage is of: the receiver of an attribute or method, or what is called."""
    node: ast.expr | None = None
    if isinstance(usage.node, ast.alias):
        return Reason(f"the import gives `{usage.name}`")
    text = usage.node.value if isinstance(usage.node, ast.Constant) else None
    if isinstance(text, str) and "." in text:
        return Reason(f"the text names `{text}`")
    if isinstance(usage.node, ast.Attribute):
        node = usage.node.value
    elif usage.call is not None:
        function = usage.call.func
        node = function.value if isinstance(function, ast.Attribute) else function
    if node is None:
        return Reason(f"the class derives from `{usage.receiver}`") if usage.receiver else None
    from starlette_upgrade.semantics.reasons import reason_for

    return reason_for(node, usage.place, context.inference)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The modules that the top of a module imports."""
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            yield statement.module or ""


def _message(usage: Usage, context: Context) -> str:
    fix = fix_for(usage, context)
    replacement = ""
    if fix is not None:
        replacement = dict(fix.replaces).get(usage.name, fix.to).rpartition(".")[2] if fix.replaces else fix.to
    receiver = usage.receiver.rpartition(".")[2]
    name = usage.name.rpartition(".")[2] if usage.name.startswith(("starlette.", "fastapi.")) else usage.name
    values = {"name": name, "replacement": replacement, "receiver": receiver}
    text = usage.active.rule.message
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text
