"""Note e-mails to people who are waited for by name, hand each out, say how it went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.notifications.models import Letter, NoticeState
from hearwell.notifications.services.notices import Happened

AT_ONCE: Final = 50
MOST_TRIES: Final = 6
# So long a letter that was taken is not taken again: a server that hangs, a worker that died.
LEASE: Final = timedelta(minutes=2)
_NOTE: Final = """
    INSERT INTO notifications_letter
        (workspace_id, id, user_id, key, topic, case_id, about, due_at, state, tries, made_at,
        look_at)
    SELECT DISTINCT ON (m.user_id, h.key) m.workspace_id, gen_random_uuid(), m.user_id, h.key,
        h.topic, h.case_id, h.about, h.due_at, 'waiting', 0, %(now)s, %(now)s
    FROM json_to_recordset(%(happened)s::json) AS h(topic text, key text, case_id uuid,
        user_ids json, about text, due_at timestamptz)
    JOIN accounts_membership m ON m.workspace_id = %(workspace)s
        AND h.user_ids::jsonb @> to_jsonb(m.user_id::text)
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    ON CONFLICT (workspace_id, user_id, key) DO NOTHING RETURNING id
"""
_TAKE: Final = """
    WITH due AS (
        SELECT id FROM notifications_letter WHERE workspace_id = %(workspace)s
            AND state = 'waiting' AND look_at <= %(now)s
        ORDER BY look_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE notifications_letter l SET tries = l.tries + 1, look_at = %(later)s
        FROM due WHERE l.workspace_id = %(workspace)s AND l.id = due.id
        RETURNING l.id, l.user_id, l.topic, l.case_id, l.about, l.due_at, l.tries, l.made_at
    )
    SELECT t.id, t.topic, t.case_id, t.about, t.due_at, t.tries, c.number, u.email, u.name,
        u.preferences->>'language', w.language, w.name, w.time_zone
    FROM taken t JOIN accounts_user u ON u.id = t.user_id
    JOIN accounts_workspace w ON w.id = %(workspace)s
    LEFT JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = t.case_id
    ORDER BY t.made_at, t.id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that was taken to be sent now: to whom, about what."""

    letter_id: UUID
    topic: str
    case_id: UUID | None
    about: str
    due_at: datetime | None
    tries: int
    number: int | None
    email: str
    name: str
    own_language: str | None
    language: str
    place: str
    zone: str


def note_letters(workspace_id: UUID, happened: Sequence[Happened]) -> int:
    """Note an e-mail for everybody named; one statement. Nothing where this house sends none."""
    if not happened or not settings.HEARWELL_HAS_MAIL:
        return 0
    lines = [
        {
            "topic": one.topic,
            "key": one.key,
            "case_id": one.case_id,
            "user_ids": [str(user_id) for user_id in one.user_ids],
            "about": one.about,
            "due_at": one.due_at,
        }
        for one in happened
    ]
    values = {"workspace": workspace_id, "now": now(), "happened": rows.document(lines)}
    noted = len(rows.fetch(_NOTE, values))
    if noted:
        transaction.on_commit(lambda: wake(workspace_id))
    return noted


def wake(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting. What this misses, the sweep finds."""
    from hearwell.notifications.tasks import send_letters

    job = send_letters.configure(queueing_lock=f"notifications.letters:{workspace_id}")
    try:
        with transaction.atomic():
            job.defer(workspace_id=str(workspace_id))
    except AlreadyEnqueued:
        return False
    return True


def take_letters(workspace_id: UUID) -> list[Taken]:
    """Take what waits; one statement."""
    moment = now()
    values = {"workspace": workspace_id, "now": moment, "later": moment + LEASE, "most": AT_ONCE}
    return [Taken(*row) for row in rows.fetch(_TAKE, values)]


def settle_letters(workspace_id: UUID, sent: Collection[UUID], failed: Sequence[Taken]) -> None:
    """Write down how it went: what failed is tried again when its lease is over, some times."""
    letters = Letter.objects.filter(workspace_id=workspace_id)
    letters.filter(id__in=list(sent)).update(state=NoticeState.TOLD)
    given_up = [one.letter_id for one in failed if one.tries >= MOST_TRIES]
    letters.filter(id__in=given_up).update(state=NoticeState.DROPPED)


def letter_places() -> list[UUID]:
    """Return the workspaces in which a letter waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM notifications_letters_due(%s)", [now()])
        return [row[0] for row in cursor.fetchall()]
