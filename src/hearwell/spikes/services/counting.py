"""Count what was said, five minutes at a time: one statement, however many messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.spikes.topics import (
    COMPLAINT_SQL,
    MOST_OF_AUTHOR,
    NTH_OF_AUTHOR_SQL,
    PRAISE_SQL,
    TOPICS_SQL,
)

KEPT_FOR: Final = timedelta(days=64)
# A clock of a network may be ahead of ours by so much.
_AHEAD: Final = timedelta(minutes=5)
_RECOUNT: Final = f"""
    WITH said AS (
        SELECT at, channel_id, workspace_id, case_id, kind, urgency FROM (
        SELECT date_bin('5 minutes', m.sent_at, 'epoch') AS at, m.channel_id, m.workspace_id,
            m.case_id, coalesce(v.kind, '') AS kind, coalesce(v.urgency, 0) AS urgency,
            {NTH_OF_AUTHOR_SQL} AS nth
        FROM conversations_message m
        LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
        WHERE m.workspace_id = %(workspace)s AND m.sent_at >= %(since)s AND m.sent_at < %(until)s
            AND m.direction = 'in' AND NOT m.is_historic AND m.channel_id IS NOT NULL
        ) numbered WHERE nth <= {MOST_OF_AUTHOR}
    ), counted AS (
        SELECT at, topic, channel_id, count(*) AS messages,
            count(*) FILTER (WHERE {COMPLAINT_SQL}) AS complaints,
            count(*) FILTER (WHERE {PRAISE_SQL}) AS praise
        FROM ({TOPICS_SQL}) lines GROUP BY at, topic, channel_id
    ), gone AS (
        DELETE FROM spikes_tally t WHERE t.workspace_id = %(workspace)s AND t.at >= %(since)s
            AND NOT EXISTS (SELECT FROM counted c WHERE c.at = t.at AND c.topic = t.topic
                AND c.channel_id = t.channel_id)
    )
    INSERT INTO spikes_tally
        (id, workspace_id, at, topic, channel_id, messages, complaints, praise)
    SELECT gen_random_uuid(), %(workspace)s, at, topic, channel_id, messages, complaints, praise
    FROM counted
    ON CONFLICT (workspace_id, at, topic, channel_id) DO UPDATE
        SET messages = excluded.messages, complaints = excluded.complaints,
            praise = excluded.praise
        WHERE (spikes_tally.messages, spikes_tally.complaints, spikes_tally.praise)
            IS DISTINCT FROM (excluded.messages, excluded.complaints, excluded.praise)
"""  # noqa: S608  our own words


def recount(workspace_id: UUID, since: datetime) -> None:
    """Count again what was sent from `since` on, a moment that begins five minutes."""
    values = {"workspace": workspace_id, "since": since, "until": now() + _AHEAD}
    rows.fetch(_RECOUNT, values, is_read=False)


def forget_old() -> int:
    """Forget, in every workspace, counts that nothing is learned from any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT spikes_forget(%s)", [now() - KEPT_FOR])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
