"""What became of an action is noted: state, audit, event, and what powers had given for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.commerce.events import ToolRunDone, ToolRunDoubted, ToolRunFailed
from hearwell.commerce.models import ToolRun
from hearwell.commerce.rules import Code, State
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.powers.money import shown_amount
from hearwell.powers.services import take_back_grant

_ACTS: Final = {
    State.DONE: "tool.done",
    State.FAILED: "tool.failed",
    State.HUMAN: "tool.doubted",
}
_COLUMNS: Final = (
    "state", "code", "message", "status", "result", "wake_at", "lease_until", "done_at",
)  # fmt: skip


def noted(run: ToolRun, action: str, by: User | None) -> None:
    """Write a line into the audit trail.

    What was sent stands in the run alone: a line of the trail can never be changed, and a
    customer's address or telephone number must not stay for ever.
    """
    facts: dict[str, Any] = {"run": str(run.id), "code": run.code}
    if run.amount_minor is not None:
        facts["amount"] = shown_amount(run.amount_minor, run.currency)
    if run.undoes_id is not None:
        facts["undoes"] = str(run.undoes_id)
    entry = AuditEntry(action, by, "toolrun", run.id, run.title, None, facts)
    record_audit(run.workspace_id, [entry])


def note_end(
    run: ToolRun,
    state: State,
    code: Code,
    *,
    message: str = "",
    status: int | None = None,
    result: Mapping[str, Any] | None = None,
) -> None:
    """Keep how an action ended, or that a person has to look; in the caller's transaction."""
    run.state, run.code, run.message = state, code, message
    run.status = status if status is not None else run.status
    run.result = dict(result) if result is not None else run.result
    run.wake_at, run.lease_until = None, None
    run.done_at = now() if state == State.DONE else None
    run.save(update_fields=_COLUMNS)
    if state == State.DONE and run.undoes_id is not None:
        _note_undone(run)
    if state == State.FAILED and run.grant_id is not None:
        take_back_grant(run.workspace_id, run.grant_id)
    noted(run, _ACTS[state], None)
    _tell(run, state)


def _note_undone(undo: ToolRun) -> None:
    rows = ToolRun.objects.select_for_update().filter(workspace_id=undo.workspace_id)
    run = rows.filter(id__in=[undo.undoes_id]).get()
    run.undone_at = now()
    run.save(update_fields=["undone_at"])
    if run.grant_id is not None:
        take_back_grant(run.workspace_id, run.grant_id)


def _tell(run: ToolRun, state: State) -> None:
    facts = (run.workspace_id, run.case_id, run.id, run.tool_id, run.title, run.user_id)
    if state == State.DONE:
        emit([ToolRunDone(*facts, run.undoes_id)])
    elif state == State.FAILED:
        emit([ToolRunFailed(*facts, str(run.code))])
    elif state == State.HUMAN:
        emit([ToolRunDoubted(*facts, str(run.code))])
