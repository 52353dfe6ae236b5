"""A case and the updates that it is about: taken out, told, followed up. All can be undone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.board.models import StatusCase
from hearwell.board.rules import told_version
from hearwell.kit import rows
from hearwell.kit.clock import now

_SENT: Final = """
    SELECT s.id, m.text, m.sent_at, v.version, v.replies
    FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    JOIN board_statuscase s ON s.workspace_id = m.workspace_id
        AND s.case_id IN (SELECT f.id FROM conversations_case f
            WHERE f.workspace_id = c.workspace_id AND (f.id = c.id OR f.merged_into_id = c.id))
    JOIN board_statusversion v ON v.workspace_id = s.workspace_id AND v.update_id = s.update_id
    WHERE m.workspace_id = %s AND m.id = ANY(%s) AND m.direction = 'out' AND m.audience <> 'team'
    ORDER BY m.sent_at, m.id
"""
_TELL: Final = """
    UPDATE board_statuscase s SET told_version = new.version, told_at = new.at
    FROM json_to_recordset(%(new)s::json) AS new(id uuid, version int, at timestamptz)
    WHERE s.workspace_id = %(workspace)s AND s.id = new.id
        AND (s.told_at IS NULL OR s.told_at <= new.at)
"""


def note_told(workspace_id: UUID, message_ids: Collection[UUID]) -> None:
    """Note which updates these replies of ours told, and in which version. At most two statements.

    Said twice or out of order: the latest reply counts.
    """
    found = rows.fetch(_SENT, [workspace_id, list(message_ids)]) if message_ids else []
    new = _told(found)
    if new:
        values = {"workspace": workspace_id, "new": rows.document(new)}
        rows.fetch(_TELL, values, is_read=False)


def _told(found: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    said: dict[tuple[UUID, str, datetime], list[tuple[int, list[str]]]] = defaultdict(list)
    for row_id, text, at, version, replies in found:
        said[row_id, text, at].append((version, list(_object(replies).values())))
    latest = {}
    for (row_id, text, at), versions in said.items():
        version = told_version(text, versions)
        if version is not None:
            latest[row_id] = {"id": row_id, "version": version, "at": at}
    return list(latest.values())


def _object(value: Any) -> dict[str, str]:
    found: dict[str, str] = value if isinstance(value, dict) else json.loads(value)
    return found


@transaction.atomic
def take_out(update_id: UUID, case_id: UUID, by: Membership) -> None:
    """Say that a case is not about it: it is not found again. Raises StatusCase.DoesNotExist."""
    _set(update_id, case_id, by, "status.case_out", removed_at=now(), removed_by_id=by.user_id)


@transaction.atomic
def put_back(update_id: UUID, case_id: UUID, by: Membership) -> None:
    """Take that back. Raises StatusCase.DoesNotExist."""
    _set(update_id, case_id, by, "status.case_back", removed_at=None, removed_by_id=None)


@transaction.atomic
def follow_up(update_id: UUID, case_id: UUID, by: Membership) -> None:
    """Say that the customer knows what holds now. Raises StatusCase.DoesNotExist."""
    _set(update_id, case_id, by, "status.followed", followed_at=now(), followed_by_id=by.user_id)


@transaction.atomic
def undo_follow_up(update_id: UUID, case_id: UUID, by: Membership) -> None:
    """Say that the customer has still to be told. Raises StatusCase.DoesNotExist."""
    _set(update_id, case_id, by, "status.unfollowed", followed_at=None, followed_by_id=None)


def _set(update_id: UUID, case_id: UUID, by: Membership, action: str, **values: Any) -> None:
    found = StatusCase.objects.select_for_update()
    row = found.get(workspace_id=by.workspace_id, update_id=update_id, case_id=case_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    entry = AuditEntry(action, by.user, "case", case_id, after={"update": str(update_id)})
    record_audit(by.workspace_id, [entry])
