"""Whose turn it is, kept for many cases at once.

The definition is rules.standing; this is the same in SQL. Two facts are kept: who still waits
(Waiting, one row a message) and when each side last spoke (on the case).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hearwell.conversations import rules
from hearwell.conversations.events import CaseReopened, CaseWoken
from hearwell.conversations.models import CaseLog, Direction, Message, Status, Waiting
from hearwell.conversations.services.opening import schedule_opened, settle_opened
from hearwell.conversations.services.place import here
from hearwell.conversations.services.verdicts import VerdictLike, latest_by_case
from hearwell.events.services import emit
from hearwell.kit import rows

_wait = rows.Maker(Waiting)
# `o` is a message of ours, `p` the message it replies to, if we have that. rules.is_answer_to.
_IS_HUMAN_ANSWER = "o.direction = 'out' AND NOT o.is_holding AND NOT o.is_automatic"
# Another account of ours may have spoken: what it replies to came to the thread's own.
_PARENT = """
    LEFT JOIN conversations_conversation h ON h.workspace_id = o.workspace_id
        AND h.id = o.conversation_id
    LEFT JOIN conversations_message p ON o.parent_remote_id <> ''
        AND p.workspace_id = o.workspace_id AND p.channel_id = h.channel_id
        AND p.remote_id = o.parent_remote_id
"""
_IS_MEANT = """
    (o.audience = 'private' OR o.parent_remote_id = '' OR p.direction = 'out'
     OR p.author_identity_id = {person})
"""
_ANSWERED = f"""
    DELETE FROM conversations_waiting w USING conversations_message o {_PARENT}
    WHERE o.workspace_id = %s AND o.id = ANY(%s) AND {_IS_HUMAN_ANSWER}
        AND w.workspace_id = o.workspace_id AND w.since <= o.sent_at
        AND ((w.conversation_id = o.conversation_id AND {_IS_MEANT.format(person="w.identity_id")})
            OR (w.conversation_id = p.conversation_id AND w.identity_id = p.author_identity_id))
"""  # noqa: S608  only our own fragments
_REPLIES = f"""
    SELECT o.id, p.id, o.conversation_id, o.sent_at, p.author_identity_id,
        o.audience = 'private' OR o.parent_remote_id = '' OR coalesce(p.direction = 'out', false)
    FROM conversations_message o {_PARENT}
    WHERE o.workspace_id = %s AND o.conversation_id = ANY(%s) AND o.sent_at >= %s
        AND {_IS_HUMAN_ANSWER}
"""  # noqa: S608  only our own fragments
_AGAIN = """(id) DO UPDATE SET
    kind = excluded.kind, urgency = excluded.urgency, certainty = excluded.certainty"""
# A case shows the kind of the weightiest of what waits: a doubtful opinion weighs least.
_LONGEST = """
    LEFT JOIN LATERAL (
        SELECT min(since) AS since, max(urgency) AS urgency,
            (array_agg(kind ORDER BY weight, since DESC, id DESC))[1] AS kind,
            (array_agg(certainty ORDER BY weight, since DESC, id DESC))[1] AS certainty
        FROM conversations_waiting CROSS JOIN LATERAL (SELECT
            coalesce(array_position(ARRAY['complaint', 'request', 'question', 'prepurchase'],
                kind::text), 5) + CASE WHEN certainty < 50 THEN 10 ELSE 0 END AS weight) x
        WHERE workspace_id = c.workspace_id AND case_id = c.id
    ) w ON true
"""
_TURN = """
    turn = CASE WHEN c.waiting_from IS NOT NULL THEN 'ours'
        WHEN c.last_reply_at >= c.last_inbound_at THEN 'theirs' ELSE 'none' END,
    waiting_since = c.waiting_from,
    unsolved_at = CASE WHEN c.waiting_from IS NULL AND c.last_reply_at > t.unsolved_at THEN NULL
        ELSE t.unsolved_at END
"""
_SETTLE = f"""
    UPDATE conversations_case t SET {_TURN},
        urgency = coalesce(c.waiting_urgency, t.urgency), kind = coalesce(c.waiting_kind, t.kind),
        certainty = coalesce(c.waiting_certainty, t.certainty),
        duty = CASE WHEN c.waiting_from IS NULL AND c.last_reply_at >= c.last_inbound_at
            THEN '' ELSE t.duty END
    FROM (
        SELECT c.id, c.last_reply_at, c.last_inbound_at, w.since AS waiting_from,
            w.urgency AS waiting_urgency, w.kind AS waiting_kind,
            w.certainty AS waiting_certainty
        FROM conversations_case c {_LONGEST}
        WHERE c.workspace_id = %s AND c.id = ANY(%s) ORDER BY c.id FOR UPDATE OF c
    ) c
    WHERE t.workspace_id = %s AND t.id = c.id
"""  # noqa: S608  only our own fragments
_APPLY = f"""
    WITH c AS (
        SELECT c.id, c.status, c.last_reply_at, c.last_inbound_at, w.since AS waiting_from,
            w.urgency AS waiting_urgency, w.kind AS waiting_kind,
            w.certainty AS waiting_certainty, r.duty, r.kind, r.urgency, r.certainty,
            r.sent_at >= c.last_inbound_at AS is_latest,
            r.has_new_wait AND c.status <> 'open' AS is_called, %s AS is_corrected
        FROM json_to_recordset(%s::json) AS r(id uuid, sent_at timestamptz, duty text, kind text,
            urgency smallint, certainty smallint, has_new_wait boolean)
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.id {_LONGEST}
        ORDER BY c.id FOR UPDATE OF c
    )
    UPDATE conversations_case t SET {_TURN},
        kind = CASE WHEN c.is_corrected THEN c.kind
            ELSE coalesce(c.waiting_kind, nullif(t.kind, ''), c.kind) END,
        certainty = CASE WHEN c.is_corrected THEN c.certainty
            WHEN c.waiting_kind IS NOT NULL THEN c.waiting_certainty
            ELSE coalesce(t.certainty, c.certainty) END,
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
_JUDGED = """
    UPDATE conversations_case c SET
        duty = CASE WHEN c.waiting_since IS NULL AND c.last_reply_at >= c.last_inbound_at THEN ''
            ELSE r.duty END,
        kind = CASE WHEN c.waiting_since IS NULL THEN r.kind ELSE c.kind END,
        certainty = CASE WHEN c.waiting_since IS NULL THEN r.certainty ELSE c.certainty END,
        urgency = CASE WHEN c.waiting_since IS NULL THEN r.urgency ELSE c.urgency END
    FROM json_to_recordset(%s::json) AS r(id uuid, duty text, kind text, certainty smallint,
        urgency smallint)
    WHERE c.workspace_id = %s AND c.id = r.id
"""
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


def judge_cases(latest: Mapping[UUID, VerdictLike]) -> None:
    """Let cases whose messages changed count as their latest one was judged; `settle` them before.

    Where somebody waits, what waits weighs more. Nobody begins or ends to wait by this.
    """
    judged = [
        {
            "id": case_id,
            "duty": verdict.duty,
            "kind": verdict.kind,
            "certainty": round(100 * verdict.certainty),
            "urgency": verdict.urgency,
        }
        for case_id, verdict in latest.items()
    ]
    rows.fetch(_JUDGED, [rows.document(judged), here()], is_read=False)


def apply_verdicts(
    verdicts: Mapping[UUID, VerdictLike],
    *,
    is_correction: bool = False,
    new: AbstractSet[UUID] = frozenset(),
    is_owed: bool = True,
) -> None:
    """Let messages (by id) count as what they were judged to be.

    Those that need an answer and have none wait; they bring closed and snoozed cases back. A
    thank-you waits for nothing and reopens nothing. Judging again corrects what was before; with
    `is_correction` the case takes the new kind whatever else waits. `new` are messages without a
    past, in cases that they have just opened. Without `is_owed` none of them waits for us, whatever
    they say. Five statements at most, however many messages.
    """
    if not verdicts:
        return
    workspace_id = here()
    theirs = [v for v in verdicts.values() if v.message.direction == Direction.IN]
    replies = _replies(workspace_id, [v.message for v in theirs if v.message.id not in new])
    by_thread: dict[UUID | None, list[_Reply]] = {}
    for reply in replies:
        by_thread.setdefault(reply.conversation_id, []).append(reply)
    waiting = [
        _waiting(v)
        for v in theirs
        if is_owed and _needs_answer(v) and not _has_answer(v.message, by_thread)
    ]
    rows.insert(waiting, conflict=_AGAIN)
    # A reply that came before the message it replies to did not know yet whom it answers.
    early = [reply.id for reply in replies if reply.parent_id in verdicts]
    if early:
        answered_by(workspace_id, early)
    idle = [k for k, v in verdicts.items() if v.duty != rules.ANSWER and k not in new]
    if idle:
        stop_waiting(workspace_id, idle)
    settled = settle_opened(verdicts.values(), waiting)
    others = [v for v in verdicts.values() if v.message.case_id not in settled]
    if not others:
        return
    historic = {v.message.id for v in theirs if v.message.is_historic}
    calling = {wait.case_id for wait in waiting if wait.id not in historic}
    judged = rows.document(_case_lines(others, calling))
    parameters = [is_correction, judged, workspace_id, workspace_id]
    changed = rows.fetch(_APPLY, parameters)
    _tell_who_is_back(workspace_id, [row for row in changed if row[2]])


class _Reply(NamedTuple):
    """A human answer of ours: to whom, or to everybody in the conversation."""

    id: UUID
    parent_id: UUID | None
    conversation_id: UUID
    at: datetime
    person_id: UUID | None
    is_to_all: bool


def _replies(workspace_id: UUID, messages: Sequence[Message]) -> list[_Reply]:
    """Return our answers in the threads of these messages, from the earliest of them on."""
    if not messages:
        return []
    threads = {message.conversation_id for message in messages}
    earliest = min(message.sent_at for message in messages)
    found = rows.fetch(_REPLIES, [workspace_id, list(threads), earliest])
    return [_Reply(*row) for row in found]


def _needs_answer(verdict: VerdictLike) -> bool:
    return verdict.duty == rules.ANSWER and verdict.message.deleted_at is None


def _has_answer(message: Message, by_thread: Mapping[UUID | None, Sequence[_Reply]]) -> bool:
    """Say what rules.is_answer_to says."""
    return any(
        reply.at >= message.sent_at
        and (reply.is_to_all or reply.person_id == message.author_identity_id)
        for reply in by_thread.get(message.conversation_id, ())
    )


def _waiting(verdict: VerdictLike) -> Waiting:
    message = verdict.message
    return _wait(
        id=message.id,
        workspace_id=message.workspace_id,
        case_id=message.case_id,
        conversation_id=message.conversation_id,
        identity_id=message.author_identity_id,
        since=message.sent_at,
        kind=verdict.kind,
        urgency=verdict.urgency,
        certainty=round(100 * verdict.certainty),
    )


def _case_lines(
    verdicts: Iterable[VerdictLike], with_new_wait: Collection[UUID]
) -> Iterator[dict[str, Any]]:
    """Return the verdict on the latest message of each case, as `_APPLY` takes it."""
    for case_id, verdict in latest_by_case(verdicts).items():
        yield {
            "id": case_id,
            "sent_at": verdict.message.sent_at,
            "duty": verdict.duty,
            "kind": verdict.kind,
            "urgency": verdict.urgency,
            "certainty": round(100 * verdict.certainty),
            "has_new_wait": case_id in with_new_wait,
        }


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
    written = schedule_opened(due)
    if written:
        workspace_id = here()
        lines = rows.document({"id": key, "due_at": at} for key, at in written.items())
        rows.fetch(_DUE, [lines, workspace_id, workspace_id], is_read=False)
