"""What people do with cases: assign, close, reopen, snooze, read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import (
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseSnoozed,
    CaseWoken,
)
from hearwell.conversations.models import Case, CaseLog, Status, Waiting
from hearwell.conversations.services.opening import place_opened
from hearwell.conversations.services.place import credit, here
from hearwell.conversations.services.standing import settle
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope


class _Anybody(Enum):
    ANYBODY = "anybody"


ANYBODY: Final = _Anybody.ANYBODY
_ASSIGN = """
    UPDATE conversations_case c SET assignee_id = %s
    FROM (
        SELECT id, assignee_id FROM conversations_case
        WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE
    ) old
    WHERE c.workspace_id = %s AND c.id = old.id
        AND old.assignee_id IS DISTINCT FROM %s AND (%s OR old.assignee_id IS NOT DISTINCT FROM %s)
    RETURNING c.id, old.assignee_id
"""


class CaseMovedError(Exception):
    """Somebody else was faster. `case` is as it now stands: show it, then ask again."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"{case.label} has changed meanwhile")
        self.case = case


@transaction.atomic
def assign(
    case_ids: Collection[UUID],
    user_id: UUID | None,
    *,
    actor_id: UUID | None = None,
    expected: UUID | _Anybody | None = ANYBODY,
) -> list[UUID]:
    """Give cases to somebody (None: to nobody); return those that did change hands.

    `expected` is whom the actor saw there. If one of the cases has gone to somebody else
    meanwhile, none is touched: CaseMovedError. Assigning is no reason for a replier to look again,
    so the version stays.
    """
    workspace_id = here()
    is_any = expected is ANYBODY
    seen = None if isinstance(expected, _Anybody) else expected
    ids = list(case_ids)
    parameters = [user_id, workspace_id, ids, workspace_id, user_id, is_any, seen]
    before = dict(rows.fetch(_ASSIGN, parameters))
    if not is_any:
        _refuse_if_taken(workspace_id, ids, user_id)
    _log(workspace_id, before, actor_id, "assigned", {"to": str(user_id) if user_id else None})
    emit(
        CaseAssigned(workspace_id, case_id, actor_id, user_id, old)
        for case_id, old in before.items()
    )
    return list(before)


def _refuse_if_taken(workspace_id: UUID, ids: Sequence[UUID], user_id: UUID | None) -> None:
    cases = Case.objects.filter(workspace_id=workspace_id, id__in=ids)
    others = cases.exclude(assignee_id=user_id) if user_id else cases.exclude(assignee_id=None)
    taken = others.first()
    if taken is not None:
        raise CaseMovedError(taken)


@transaction.atomic
def close(
    case_id: UUID,
    reason: str,
    actor_id: UUID | None,
    expected_version: int | None = None,
) -> Case:
    """Close a case; nobody in it waits any longer. Returns it.

    Raises CaseMovedError if it has changed since `expected_version`, Case.DoesNotExist if there is
    none. Closing a closed case again changes nothing. Clocks are their keeper's to stop.
    """
    workspace_id = here()
    case = Case.objects.select_for_update().get(workspace_id=workspace_id, id=case_id)
    if expected_version is not None and case.version != expected_version:
        raise CaseMovedError(case)
    if case.status == Status.CLOSED:
        return case
    case.status, case.closed_reason, case.closed_at = Status.CLOSED, reason[:40], now()
    case.turn, case.waiting_since, case.due_at, case.snoozed_until = "none", None, None, None
    case.unread = False
    _save(case, "closed_reason", "closed_at", "turn", "waiting_since", "due_at", "unread")
    Waiting.objects.filter(workspace_id=workspace_id, case_id=case_id).delete()
    _log(workspace_id, [case_id], actor_id, "closed", {"reason": reason})
    emit([CaseClosed(workspace_id, case_id, actor_id, reason, case.version)])
    return case


@transaction.atomic
def reopen(case_id: UUID, actor_id: UUID | None, expected_version: int | None = None) -> Case:
    """Take a closed case back to work, as it stands. Returns it. Raises as `close` does.

    One that was merged into another is not taken back like this: its merge is undone.
    """
    workspace_id = here()
    case = Case.objects.select_for_update().get(workspace_id=workspace_id, id=case_id)
    if expected_version is not None and case.version != expected_version:
        raise CaseMovedError(case)
    if case.merged_into_id is not None:  # there is nothing in it to work on
        raise CaseMovedError(case)
    if case.status != Status.CLOSED:
        return case
    case.status, case.closed_reason, case.closed_at = Status.OPEN, "", None
    case.is_historic = False
    _save(case, "closed_reason", "closed_at", "is_historic")
    settle(workspace_id, [case_id])
    _log(workspace_id, [case_id], actor_id, "reopened", {})
    emit([CaseReopened(workspace_id, case_id, actor_id, case.version)])
    case.refresh_from_db()
    return case


def _save(case: Case, *fields: str) -> None:
    """Save a case that the transaction has locked, with its next version."""
    case.version += 1
    case.save(update_fields=["status", "snoozed_until", "version", *fields])


@transaction.atomic
def snooze(case_id: UUID, until: datetime, actor_id: UUID | None = None) -> Case:
    """Put an open case away until a time, or a message that needs an answer. Returns it."""
    workspace_id = here()
    case = Case.objects.select_for_update().get(workspace_id=workspace_id, id=case_id)
    if case.status == Status.CLOSED:
        raise CaseMovedError(case)
    case.status, case.snoozed_until = Status.SNOOZED, until
    case.save(update_fields=["status", "snoozed_until"])
    _log(workspace_id, [case_id], actor_id, "snoozed", {"until": until.isoformat()})
    emit([CaseSnoozed(workspace_id, case_id, actor_id, until)])
    return case


def wake(case_ids: Collection[UUID], actor_id: UUID | None = None) -> list[UUID]:
    """Bring snoozed cases back to the queues; return those that were snoozed."""
    workspace_id = here()
    woken = rows.fetch(
        "UPDATE conversations_case SET status = 'open', snoozed_until = NULL"
        " WHERE workspace_id = %s AND id = ANY(%s) AND status = 'snoozed' RETURNING id",
        [workspace_id, list(case_ids)],
    )
    ids = [row[0] for row in woken]
    _log(workspace_id, ids, actor_id, "woken", {})
    emit(CaseWoken(workspace_id, case_id, actor_id) for case_id in ids)
    return ids


def wake_due() -> int:
    """Bring back, in every workspace, the cases whose time has come; return how many."""
    due: dict[UUID, list[UUID]] = {}
    for workspace_id, case_id in rows.fetch("SELECT * FROM conversations_due(%s)", [now()]):
        due.setdefault(workspace_id, []).append(case_id)
    woken = 0
    for workspace_id, ids in due.items():
        with scope(workspace_id):
            woken += len(wake(ids))
    return woken


def mark_read(case_ids: Collection[UUID]) -> None:
    """Note that somebody has seen what is new."""
    unread = Case.objects.filter(workspace_id=here(), id__in=list(case_ids), unread=True)
    unread.update(unread=False)


def place_team(case_ids: Collection[UUID], team_id: UUID) -> None:
    """Put cases that are with no team with this one."""
    written = place_opened(case_ids, team_id)
    if written:
        rows.fetch(
            "UPDATE conversations_case SET team_id = %s"
            " WHERE workspace_id = %s AND id = ANY(%s) AND team_id IS NULL",
            [team_id, here(), written],
            is_read=False,
        )


def log(
    case_ids: Collection[UUID],
    verb: str,
    *,
    actor_id: UUID | None,
    data: dict[str, Any] | None = None,
) -> None:
    """Write a line into the story of each case, for a capability that has none of its own."""
    _log(here(), case_ids, actor_id, verb, data or {})


def _log(
    workspace_id: UUID,
    case_ids: Collection[UUID],
    actor_id: UUID | None,
    verb: str,
    data: dict[str, Any],
) -> None:
    told = {**data, **credit()}
    rows.insert(
        [
            CaseLog(workspace_id=workspace_id, case_id=key, actor_id=actor_id, verb=verb, data=told)
            for key in case_ids
        ]
    )
