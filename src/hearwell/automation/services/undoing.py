"""Take back what a rule did, as far as each act can be; what cannot says why it stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.automation.models import Run, RunState
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Draft, Status
from hearwell.inbox import reply
from hearwell.inbox.acts import assign_case, reopen_case
from hearwell.inbox.drafts import lock_case
from hearwell.kit.clock import now
from hearwell.routing import services as routing

AT_MOST: Final = 500


@transaction.atomic
def undo_run(workspace_id: UUID, run_id: UUID, *, by: Membership) -> Run:
    """Take one run back; what stays says why on its line. Raises Run.DoesNotExist; audited."""
    runs = Run.objects.select_for_update(of=("self",)).select_related("rule")
    run = runs.get(workspace_id=workspace_id, id=run_id)
    if run.state == RunState.DONE:
        _hold_teams(workspace_id, [run])
        _undo(run, by)
    return run


@transaction.atomic
def undo_last(workspace_id: UUID, rule_id: UUID, *, by: Membership) -> int:
    """Take back all that a rule did the last time it acted; return on how many cases."""
    mine = Run.objects.filter(workspace_id=workspace_id, rule_id=rule_id, state=RunState.DONE)
    last = mine.order_by("-at").first()
    if last is None:
        return 0
    same = mine.filter(at=last.at).select_for_update(of=("self",)).select_related("rule")
    runs = list(same.order_by("case_id")[:AT_MOST])
    _hold_teams(workspace_id, runs)
    for run in runs:
        _undo(run, by)
    return len(runs)


def _hold_teams(workspace_id: UUID, runs: Sequence[Run]) -> None:
    """Wait for decisions under way before any case is held, as everybody who moves cases does."""
    if any(line["act"] == "team" and line["ok"] for run in runs for line in run.did):
        routing.lock(workspace_id)


def _undo(run: Run, by: Membership) -> None:
    lock_case(run.workspace_id, run.case_id)
    lines = []
    for line in reversed(run.did):
        done = {"act": line["act"], **line}
        if line["ok"]:
            stays = _UNDO[line["act"]](run, line, by)
            done |= {"stays": stays} if stays else {"undone": True}
        lines.append(done)
    run.did = lines[::-1]
    run.state, run.suggests = RunState.UNDONE.value, False
    run.undone_at, run.undone_by_id = now(), by.user_id
    run.save(update_fields=["did", "state", "suggests", "undone_at", "undone_by_id"])
    entry = AuditEntry(
        "automation.run_undone", by.user, "case", run.case_id, run.rule.name, None, {"did": run.did}
    )
    record_audit(run.workspace_id, [entry])


def _case(run: Run) -> Case:
    return Case.objects.get(workspace_id=run.workspace_id, id=run.case_id)


def _tags(run: Run, line: Mapping[str, Any], by: Membership) -> str:
    conversations.untag([run.case_id], line["tags"], by.user_id)
    return ""


def _untags(run: Run, line: Mapping[str, Any], by: Membership) -> str:
    conversations.tag([run.case_id], line["tags"], by.user_id)
    return ""


def _urgency(run: Run, line: Mapping[str, Any], by: Membership) -> str:
    if _case(run).urgency != line["value"]:
        return "changed"
    conversations.set_urgency({run.case_id: line["before"]}, by.user_id)
    return ""


def _team(run: Run, line: Mapping[str, Any], _by: Membership) -> str:
    if str(_case(run).team_id) != line["value"] or not line["before"]:
        return "changed"
    moved = routing.send_to(run.workspace_id, {run.case_id: UUID(line["before"])}, "undone")
    return "" if moved else "gone"


def _assign(run: Run, line: Mapping[str, Any], by: Membership) -> str:
    if str(_case(run).assignee_id) != line["value"]:
        return "changed"
    assign_case([run.case_id], None, by)
    return ""


def _note(_run: Run, _line: Mapping[str, Any], _by: Membership) -> str:
    return "note"


def _suggest(run: Run, line: Mapping[str, Any], _by: Membership) -> str:
    if not line.get("user"):
        return ""
    user_id, audience = UUID(line["user"]), line["audience"]
    mine = Draft.objects.filter(workspace_id=run.workspace_id, case_id=run.case_id, key=run.id)
    if not mine.filter(text=line["text"]).exists():
        return "changed"
    conversations.save_draft(run.case_id, user_id, audience, "", run.id)
    return ""


def _send(_run: Run, line: Mapping[str, Any], by: Membership) -> str:
    return "" if reply.undo(UUID(line["delivery"]), by) else "sent"


def _snooze(run: Run, _line: Mapping[str, Any], by: Membership) -> str:
    return "" if conversations.wake([run.case_id], by.user_id) else "changed"


def _close(run: Run, line: Mapping[str, Any], by: Membership) -> str:
    case = _case(run)
    if case.status != Status.CLOSED or case.closed_reason != line["value"]:
        return "changed"
    reopen_case(run.case_id, by)
    return ""


_UNDO: Final[dict[str, Callable[[Run, Mapping[str, Any], Membership], str]]] = {
    "tags": _tags,
    "untags": _untags,
    "urgency": _urgency,
    "team": _team,
    "assign": _assign,
    "note": _note,
    "suggest": _suggest,
    "send": _send,
    "snooze_h": _snooze,
    "close": _close,
}
