"""Whose turn it is, kept for many cases at once.

The definition is rules.standing; this is the same in SQL. Two facts are kept: who still waits
(Waiting, one row a message) and when each side last spoke (on the case).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hearwell.conversations import rules
from hearwell.conversations.events import CaseReopened, CaseWoken
from hearwell.conversations.models import CaseLog, Status
from hearwell.conversations.services.place import here
from hearwell.events.services import emit
from hearwell.kit import rows


class VerdictLike(Protocol):
    """What was thought of a message: rules.ANSWER, ACKNOWLEDGE or NO_DUTY, and how urgent."""

    @property
    def duty(self) -> str:
        """What it asks of us."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def urgency(self) -> int:
        """From 0 to 4."""

    @property
    def certainty(self) -> float:
        """From 0 to 1."""


# `o` is a message of ours, `p` the message it replies to, if we have that. rules.is_answer_to.
_IS_HUMAN_ANSWER = "o.direction = 'out' AND NOT o.is_holding AND NOT o.is_automatic"
_PARENT = """
    LEFT JOIN conversations_message p ON o.parent_remote_id <> ''
        AND p.workspace_id = o.workspace_id AND p.channel_id = o.channel_id
        AND p.remote_id = o.parent_remote_id
"""
_IS_MEANT = """
    (o.audience = 'private' OR o.parent_remote_id = '' OR p.direction = 'out'
     OR p.author_identity_id = {person})
"""
_ANSWERED = f"""
    DELETE FROM conversations_waiting w USING conversations_message o {_PARENT}
    WHERE o.workspace_id = %s AND o.id = ANY(%s) AND {_IS_HUMAN_ANSWER}
        AND w.workspace_id = o.workspace_id AND w.conversation_id = o.conversation_id
        AND w.since <= o.sent_at AND {_IS_MEANT.format(person="w.identity_id")}
"""  # noqa: S608  only our own fragments
_WAIT = f"""
    INSERT INTO conversations_waiting
        (id, workspace_id, case_id, conversation_id, identity_id, since, kind, urgency)
    SELECT m.id, m.workspace_id, m.case_id, m.conversation_id, m.author_identity_id, m.sent_at,
        r.kind, r.urgency
    FROM json_to_recordset(%s::json) AS r(id uuid, duty text, kind text, urgency smallint)
    JOIN conversations_message m ON m.workspace_id = %s AND m.id = r.id
    WHERE r.duty = 'answer' AND m.direction = 'in' AND m.deleted_at IS NULL
        AND NOT EXISTS (
            SELECT FROM conversations_message o {_PARENT}
            WHERE o.workspace_id = m.workspace_id AND o.conversation_id = m.conversation_id
                AND o.sent_at >= m.sent_at AND {_IS_HUMAN_ANSWER}
                AND {_IS_MEANT.format(person="m.author_identity_id")})
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, urgency = excluded.urgency
"""  # noqa: S608  only our own fragments
_LONGEST = """
    LEFT JOIN LATERAL (
        SELECT min(since) AS since, max(urgency) AS urgency,
            (array_agg(kind ORDER BY since DESC, id DESC))[1] AS kind
        FROM conversations_waiting WHERE workspace_id = c.workspace_id AND case_id = c.id
    ) w ON true
"""
_TURN = """
    turn = CASE WHEN c.waiting_from IS NOT NULL THEN 'ours'
        WHEN c.last_reply_at >= c.last_inbound_at THEN 'theirs' ELSE 'none' END,
    waiting_since = c.waiting_from
"""
_SETTLE = f"""
    UPDATE conversations_case t SET {_TURN},
        urgency = coalesce(c.waiting_urgency, t.urgency), kind = coalesce(c.waiting_kind, t.kind),
        duty = CASE WHEN c.waiting_from IS NULL AND c.last_reply_at >= c.last_inbound_at
            THEN '' ELSE t.duty END
    FROM (
        SELECT c.id, c.last_reply_at, c.last_inbound_at, w.since AS waiting_from,
            w.urgency AS waiting_urgency, w.kind AS waiting_kind
        FROM conversations_case c {_LONGEST}
        WHERE c.workspace_id = %s AND c.id = ANY(%s) ORDER BY c.id FOR UPDATE OF c
    ) c
    WHERE t.workspace_id = %s AND t.id = c.id
"""  # noqa: S608  only our own fragments
_APPLY = f"""
    WITH judged AS (
        SELECT DISTINCT ON (m.case_id) m.case_id, m.sent_at, r.duty, r.kind, r.urgency, r.certainty
        FROM json_to_recordset(%s::json)
            AS r(id uuid, duty text, kind text, urgency smallint, certainty smallint)
        JOIN conversations_message m ON m.workspace_id = %s AND m.id = r.id
        ORDER BY m.case_id, m.sent_at DESC, m.id DESC
    ), called AS (
        SELECT DISTINCT w.case_id FROM json_to_recordset(%s::json) AS r(id uuid)
        JOIN conversations_waiting w ON w.workspace_id = %s AND w.id = r.id
        JOIN conversations_message m ON m.workspace_id = w.workspace_id AND m.id = w.id
        WHERE NOT m.is_historic
    ), c AS (
        SELECT c.id, c.status, c.last_reply_at, c.last_inbound_at, w.since AS waiting_from,
            w.urgency AS waiting_urgency, w.kind AS waiting_kind,
            judged.duty, judged.kind, judged.urgency, judged.certainty,
            judged.sent_at >= c.last_inbound_at AS is_latest,
            called.case_id IS NOT NULL AND c.status <> 'open' AS is_called
        FROM judged JOIN conversations_case c ON c.id = judged.case_id
        LEFT JOIN called ON called.case_id = c.id {_LONGEST}
        WHERE c.workspace_id = %s ORDER BY c.id FOR UPDATE OF c
    )
    UPDATE conversations_case t SET {_TURN},
        kind = coalesce(c.waiting_kind, CASE WHEN %s THEN NULL ELSE nullif(t.kind, '') END, c.kind),
        certainty = CASE WHEN c.is_latest OR t.certainty IS NULL THEN c.certainty
            ELSE t.certainty END,
        urgency = coalesce(c.waiting_urgency, c.urgency),
        duty = CASE WHEN c.waiting_from IS NULL AND c.last_reply_at >= c.last_inbound_at THEN ''
            WHEN c.is_latest OR t.duty = '' THEN c.duty ELSE t.duty END,
        status = CASE WHEN c.is_called THEN 'open' ELSE t.status END,
        closed_at = CASE WHEN c.is_called THEN NULL ELSE t.closed_at END,
        closed_reason = CASE WHEN c.is_called THEN '' ELSE t.closed_reason END,
        snoozed_until = CASE WHEN c.is_called THEN NULL ELSE t.snoozed_until END,
        is_historic = t.is_historic AND NOT c.is_called,
        version = t.version + c.is_called::int
    FROM c WHERE t.workspace_id = %s AND t.id = c.id
    RETURNING t.id, c.status, c.is_called, t.version
"""  # noqa: S608  only our own fragments
_DUE = """
    UPDATE conversations_case c SET due_at = r.due_at
    FROM (
        SELECT r.id, r.due_at
        FROM json_to_recordset(%s::json) AS r(id uuid, due_at timestamptz)
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.id
        WHERE c.due_at IS DISTINCT FROM r.due_at ORDER BY c.id FOR UPDATE OF c
    ) r
    WHERE c.workspace_id = %s AND c.id = r.id
"""


def answered_by(workspace_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Let nobody wait any longer whom these messages of ours answer."""
    rows.fetch(_ANSWERED, [workspace_id, list(message_ids)], is_read=False)


def settle(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Set turn, longest wait, urgency and kind of cases from who still waits in them."""
    rows.fetch(_SETTLE, [workspace_id, list(case_ids), workspace_id], is_read=False)


def apply_verdicts(verdicts: Mapping[UUID, VerdictLike], *, is_correction: bool = False) -> None:
    """Let messages (by id) count as what they were judged to be.

    Those that need an answer and have none wait; they bring closed and snoozed cases back. A
    thank-you waits for nothing and reopens nothing. Judging again corrects what was before; with
    `is_correction` the case takes the new kind even if nothing waits. Three statements at most,
    however many messages.
    """
    if not verdicts:
        return
    workspace_id = here()
    judged = rows.document(
        {
            "id": key,
            "duty": v.duty,
            "kind": v.kind,
            "urgency": v.urgency,
            "certainty": round(100 * v.certainty),
        }
        for key, v in verdicts.items()
    )
    rows.fetch(_WAIT, [judged, workspace_id], is_read=False)
    idle = [key for key, verdict in verdicts.items() if verdict.duty != rules.ANSWER]
    if idle:
        stop_waiting(workspace_id, idle)
    where = workspace_id
    parameters = [judged, where, judged, where, where, is_correction, where]
    changed = rows.fetch(_APPLY, parameters)
    _tell_who_is_back(workspace_id, [row for row in changed if row[2]])


def stop_waiting(workspace_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Let these messages wait no longer, without settling their cases."""
    statement = "DELETE FROM conversations_waiting WHERE workspace_id = %s AND id = ANY(%s)"
    rows.fetch(statement, [workspace_id, list(message_ids)], is_read=False)


def _tell_who_is_back(workspace_id: UUID, back: Sequence[tuple[UUID, str, bool, int]]) -> None:
    if not back:
        return
    rows.insert(
        [
            CaseLog(
                workspace_id=workspace_id,
                case_id=case_id,
                verb="reopened" if status == Status.CLOSED else "woken",
                data={"by": "message"},
            )
            for case_id, status, _, _ in back
        ]
    )
    emit(
        CaseReopened(workspace_id, case_id, None, version)
        if status == Status.CLOSED
        else CaseWoken(workspace_id, case_id)
        for case_id, status, _, version in back
    )


def reschedule(due: Mapping[UUID, datetime | None]) -> None:
    """Write when the next clock of each case is due (None: nothing runs)."""
    if due:
        workspace_id = here()
        lines = rows.document({"id": key, "due_at": at} for key, at in due.items())
        rows.fetch(_DUE, [lines, workspace_id, workspace_id], is_read=False)
