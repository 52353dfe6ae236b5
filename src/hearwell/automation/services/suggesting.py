"""A saved reply that a rule lays ready in the composer of whoever has the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hearwell.accounts.models import Membership
from hearwell.automation.facts import Known, known_of
from hearwell.automation.models import Rule, Run
from hearwell.automation.queries import reply_in, suggestions_due
from hearwell.automation.rules import Then
from hearwell.automation.services.sending import values_of
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Draft
from hearwell.kit.clock import now
from hearwell.knowledge.rules import filled

if TYPE_CHECKING:
    from hearwell.automation.services.acting import Deed

AT_MOST = 200


def suggest_all(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    """Lay the reply of a rule ready in each case, now or as soon as somebody has it."""
    for deed in deeds:
        if deed.known.assignee_id is None and not then.assign:
            deed.did("suggest", waits=True)
            continue
        holder = deed.known.assignee_id or UUID(then.assign)
        line = _laid(rule, then, deed.run, deed.known, holder)
        if line.get("why"):
            deed.refused("suggest", line["why"])
        else:
            deed.did("suggest", **line)


def _laid(rule: Rule, then: Then, run: Run, known: Known, holder: UUID) -> dict[str, Any]:
    """Lay it into a person's composer unless they have begun; say where, or why not."""
    member = Membership.objects.select_related("user").filter(
        workspace_id=rule.workspace_id, user_id=holder
    )
    agent = member.first()
    if agent is None:
        return {"why": "gone"}
    version = reply_in(rule.workspace_id, UUID(then.suggest), known.language)
    if version is None:
        return {"why": "no_reply"}
    audience = known.facts.case.audience
    begun = Draft.objects.filter(workspace_id=rule.workspace_id, case_id=known.id, user_id=holder)
    if begun.filter(audience=audience).exists():
        return {"why": "writing"}
    text = filled(version.reply, values_of(known, rule, agent))
    conversations.save_draft(known.id, holder, audience, text, run.id)
    conversations.log([known.id], "suggested", actor_id=None, data={"title": version.title})
    return {"user": str(holder), "audience": audience, "text": text}


def lay_ready(workspace_id: UUID) -> int:
    """Lay ready what waits for somebody to have its case; return how many were settled.

    In the caller's scope. What waits in a case that was closed meanwhile waits no more, nor does
    what the rule as it is now would not do.
    """
    runs = suggestions_due(workspace_id, AT_MOST)
    known = known_of(workspace_id, [run.case_id for run in runs], now(), calendars=[])
    for run in runs:
        case = known.get(run.case_id)
        if case is None or case.facts.is_closed or case.assignee_id is None:
            _settle(run, {"why": "closed"})
        elif run.rule.version != run.rule_version or not run.rule.is_active:
            _settle(run, {"why": "changed"})
        else:
            with conversations.credited(run.rule_id, run.rule.name):
                _settle(run, _laid(run.rule, run.rule.acts, run, case, case.assignee_id))
    return len(runs)


def _settle(run: Run, found: dict[str, Any]) -> None:
    """Write down what became of a suggestion."""
    run.did = [
        {"act": "suggest", "ok": "why" not in found, **found} if line["act"] == "suggest" else line
        for line in run.did
    ]
    run.suggests = False
    run.save(update_fields=["did", "suggests"])
