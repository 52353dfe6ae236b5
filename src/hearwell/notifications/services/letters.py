"""Note e-mails to people who are waited for by name, hand each out, say how it went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from hearwell.kit import jobs, rows
from hearwell.kit.clock import now
from hearwell.notifications.models import Letter, NoticeState
from hearwell.notifications.services.notices import Happened

AT_ONCE: Final = 50
MOST_TRIES: Final = 6
# So long a letter that was taken is not taken again: a server that hangs, a worker that died.
LEASE: Final = timedelta(minutes=2)
# A person is written to so often in an hour; a storm of alarms must not bury what comes after it.
MOST_LETTERS: Final = 40
SPAN: Final = timedelta(hours=1)
_NOTE: Final = """
    INSERT INTO notifications_letter
        (workspace_id, id, user_id, key, topic, case_id, about, due_at, state, tries, made_at,
        look_at)
    SELECT w.workspace_id, gen_random_uuid(), w.user_id, w.key, w.topic, w.case_id, w.about,
        w.due_at, CASE WHEN row_number() OVER (PARTITION BY w.user_id ORDER BY w.place)
            + (SELECT count(*) FROM notifications_letter l
                WHERE l.workspace_id = w.workspace_id AND l.user_id = w.user_id
                AND l.state <> 'dropped' AND l.made_at > %(since)s) > %(cap)s
            THEN 'dropped' ELSE 'waiting' END, 0, %(now)s, %(now)s
    FROM (SELECT DISTINCT ON (m.user_id, h.key) m.workspace_id, m.user_id, h.*
    FROM json_to_recordset(%(happened)s::json) AS h(topic text, key text, case_id uuid,
        user_ids json, about text, due_at timestamptz, place integer)
    JOIN accounts_membership m ON m.workspace_id = %(workspace)s
        AND h.user_ids::jsonb @> to_jsonb(m.user_id::text)
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active) w
    ON CONFLICT (workspace_id, user_id, key) DO NOTHING RETURNING state
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
    """Note an e-mail for everybody named; one statement. Nothing where this house sends none.

    Whoever got forty in the last hour gets no more; returns how many now wait.
    """
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
            "place": place,
        }
        for place, one in enumerate(happened)
    ]
    moment = now()
    values = {
        "workspace": workspace_id,
        "now": moment,
        "since": moment - SPAN,
        "cap": MOST_LETTERS,
        "happened": rows.document(lines),
    }
    noted = len([1 for (state,) in rows.fetch(_NOTE, values) if state == "waiting"])
    if noted:
        transaction.on_commit(lambda: wake(workspace_id))
    return noted


def wake(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting. What this misses, the sweep finds."""
    from hearwell.notifications.tasks import send_letters

    return jobs.defer_once(
        send_letters, f"notifications.letters:{workspace_id}", workspace_id=str(workspace_id)
    )


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
