"""Note what happened for the devices that want to know, hand it out once, say how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from hearwell.accounts.languages import known_language
from hearwell.accounts.rules import READERS
from hearwell.kit import jobs, rows
from hearwell.kit.clock import now
from hearwell.notifications.models import Device, Notice, NoticeState
from hearwell.notifications.rules import (
    ALARMS,
    CAP_SPAN,
    MOST_ALARMS,
    MOST_NOTICES,
    MOST_TRIES,
    STALE_AFTER,
    retry_after,
)
from hearwell.notifications.sealing import opened

AT_ONCE: Final = 100
KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that somebody may want to be told of.

    `user_ids` are told, and everybody with one of `roles`. `key` names the thing, so that it is
    told once however often it is noted. It is about a case, or what `about` names (INC-7). An alarm
    is told on every device, whatever it asks for (rules.ALARMS are always).
    """

    topic: str
    key: str
    case_id: UUID | None
    user_ids: Sequence[UUID] = ()
    roles: Sequence[str] = ()
    due_at: datetime | None = None
    not_to: UUID | None = None
    about: str = ""
    is_alarm: bool = False


# Told in the order in which it happened: `made_at` says it, by microseconds where noted at once.
# Who has the case is looked up where `to_assignee` says so; presence where the device asks for it.
_NOTE: Final = """
    INSERT INTO notifications_notice
        (workspace_id, id, device_id, key, topic, case_id, about, due_at, state, tries, made_at,
        look_at)
    SELECT DISTINCT ON (d.id, h.key)
        d.workspace_id, gen_random_uuid(), d.id, h.key, h.topic, h.case_id, h.about, h.due_at,
        CASE WHEN d.only_here AND NOT h.is_alarm
                AND (a.id IS NULL OR a.is_gone OR a.presence = 'away')
            THEN 'dropped' ELSE 'waiting' END,
        0, %(now)s::timestamptz + h.place * interval '1 microsecond', %(now)s
    FROM ROWS FROM (json_to_recordset(%(happened)s::json) AS (topic text, key text, case_id uuid,
        user_ids json, roles json, due_at timestamptz, not_to uuid, about text, is_alarm boolean)
    ) WITH ORDINALITY AS h(topic, key, case_id, user_ids, roles, due_at, not_to, about, is_alarm,
        place)
    JOIN notifications_device d ON d.workspace_id = %(workspace)s
        AND (h.is_alarm OR d.topics @> to_jsonb(h.topic)) AND d.user_id IS DISTINCT FROM h.not_to
    JOIN accounts_membership m ON m.workspace_id = d.workspace_id AND m.user_id = d.user_id
        AND m.role = ANY(%(readers)s)
    JOIN accounts_user u ON u.id = d.user_id AND u.is_active
    LEFT JOIN routing_agent a ON a.workspace_id = d.workspace_id AND a.user_id = d.user_id
    WHERE h.user_ids::jsonb @> to_jsonb(d.user_id::text) OR h.roles::jsonb @> to_jsonb(m.role::text)
    ORDER BY d.id, h.key, h.place
    ON CONFLICT (workspace_id, device_id, key) DO NOTHING RETURNING state
"""
_TAKE: Final = """
    WITH due AS (
        SELECT n.id, n.made_at,
            row_number() OVER (PARTITION BY n.device_id ORDER BY n.made_at, n.id)
            + (SELECT count(*) FROM notifications_notice t
                WHERE t.workspace_id = n.workspace_id AND t.device_id = n.device_id
                AND t.state IN ('told', 'taken') AND t.made_at > %(capped)s) AS place
        FROM notifications_notice n
        WHERE n.workspace_id = %(workspace)s AND n.state = 'waiting' AND n.look_at <= %(now)s
        ORDER BY n.look_at LIMIT %(most)s
    ), locked AS (
        SELECT id FROM notifications_notice WHERE workspace_id = %(workspace)s
            AND id IN (SELECT id FROM due) AND state = 'waiting' FOR UPDATE SKIP LOCKED
    )
    UPDATE notifications_notice n SET tries = n.tries + 1,
        state = CASE WHEN due.place > %(most_alarms)s
                OR (due.place > %(cap)s AND n.topic <> ALL(%(alarms)s))
                OR n.made_at < %(stale)s
            THEN 'dropped' ELSE 'taken' END
    FROM due, locked WHERE n.workspace_id = %(workspace)s AND n.id = due.id AND n.id = locked.id
    RETURNING n.id, n.state
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that was taken to be told now, with its device, and its case as it is now."""

    notice_id: UUID
    device_id: UUID
    endpoint: str
    public_key: bytes
    auth: bytes
    topic: str
    key: str
    case_id: UUID | None
    number: int | None
    about: str
    preview: str
    due_at: datetime | None
    tries: int
    language: str = ""


def note_happened(workspace_id: UUID, happened: Sequence[Happened]) -> int:
    """Note what happened for every device that wants to be told; one statement a batch.

    Returns how many notices now wait; a job is queued for them.
    """
    if not happened:
        return 0
    lines = [
        {
            "topic": one.topic,
            "key": one.key,
            "case_id": one.case_id,
            "user_ids": [str(user_id) for user_id in one.user_ids],
            "roles": list(one.roles),
            "due_at": one.due_at,
            "not_to": one.not_to,
            "about": one.about,
            "is_alarm": one.is_alarm or one.topic in ALARMS,
        }
        for one in happened
    ]
    values = {
        "workspace": workspace_id,
        "now": now(),
        "happened": rows.document(lines),
        "readers": [str(role) for role in READERS],
    }
    waiting = len([1 for (state,) in rows.fetch(_NOTE, values) if state == "waiting"])
    if waiting:
        transaction.on_commit(lambda: wake(workspace_id))
    return waiting


def wake(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting. What this misses, the sweep finds."""
    from hearwell.notifications.tasks import push_waiting

    return jobs.defer_once(
        push_waiting, f"notifications.push:{workspace_id}", workspace_id=str(workspace_id)
    )


def take_waiting(workspace_id: UUID) -> list[Outgoing]:
    """Take what waits, at most a hundred; whoever takes a notice is the only one who tells it.

    What is too old, or too much for a device, is dropped. Two statements.
    """
    moment = now()
    values = {
        "workspace": workspace_id,
        "now": moment,
        "stale": moment - STALE_AFTER,
        "capped": moment - CAP_SPAN,
        "cap": MOST_NOTICES,
        "alarms": sorted(ALARMS),
        "most_alarms": MOST_ALARMS,
        "most": AT_ONCE,
    }
    taken = [row[0] for row in rows.fetch(_TAKE, values) if row[1] == NoticeState.TAKEN]
    if not taken:
        return []
    found = rows.fetch(
        """
        SELECT n.id, d.id, d.endpoint, d.public_key, d.auth, n.topic, n.key, n.case_id, c.number,
            n.about, CASE WHEN d.shows_words THEN coalesce(c.preview, '') ELSE '' END,
            n.due_at, n.tries,
            u.preferences->>'language', w.language
        FROM notifications_notice n
        JOIN notifications_device d ON d.workspace_id = n.workspace_id AND d.id = n.device_id
        LEFT JOIN conversations_case c ON c.workspace_id = n.workspace_id AND c.id = n.case_id
        JOIN accounts_membership m ON m.workspace_id = d.workspace_id AND m.user_id = d.user_id
        JOIN accounts_user u ON u.id = d.user_id AND u.is_active
        JOIN accounts_workspace w ON w.id = n.workspace_id
        WHERE n.workspace_id = %s AND n.id = ANY(%s) ORDER BY n.made_at, n.id
        """,
        [workspace_id, taken],
    )
    return [_outgoing(workspace_id, row) for row in found]


def _outgoing(workspace_id: UUID, row: Sequence[Any]) -> Outgoing:
    notice_id, device_id, endpoint, key, auth, *rest, own, the_places = row
    language = known_language(own) or known_language(the_places)
    auth = opened(workspace_id, device_id, bytes(auth))
    taken = Outgoing(notice_id, device_id, endpoint, bytes(key), auth, *rest)
    return replace(taken, language=language)


@dataclass(slots=True)
class Outcome:
    """How a batch went: by notice told or to be tried again, and the devices that are gone."""

    told: list[UUID] = field(default_factory=list)
    later: dict[UUID, int] = field(default_factory=dict)
    dropped: list[UUID] = field(default_factory=list)
    gone: set[UUID] = field(default_factory=set)
    reached: set[UUID] = field(default_factory=set)


def settle(workspace_id: UUID, outcome: Outcome) -> None:
    """Write down how a batch went. A device that is gone takes its notices along."""
    moment, notices = now(), Notice.objects.filter(workspace_id=workspace_id)
    devices = Device.objects.filter(workspace_id=workspace_id)
    notices.filter(id__in=outcome.told).update(state=NoticeState.TOLD)
    notices.filter(id__in=outcome.dropped).update(state=NoticeState.DROPPED)
    _put_off(workspace_id, outcome.later, moment)
    devices.filter(id__in=outcome.reached).update(told_at=moment)
    devices.filter(id__in=outcome.gone).delete()


def _put_off(workspace_id: UUID, later: Mapping[UUID, int], moment: datetime) -> None:
    lines = [
        {
            "id": notice_id,
            "look_at": moment + retry_after(tries),
            "state": NoticeState.WAITING if tries < MOST_TRIES else NoticeState.DROPPED,
        }
        for notice_id, tries in later.items()
    ]
    if lines:
        rows.fetch(
            """
            UPDATE notifications_notice n SET state = r.state, look_at = r.look_at
            FROM json_to_recordset(%s::json) AS r(id uuid, look_at timestamptz, state text)
            WHERE n.workspace_id = %s AND n.id = r.id
            """,
            [rows.document(lines), workspace_id],
            is_read=False,
        )


def waiting_places() -> list[UUID]:
    """Return the workspaces in which something waits to be told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM notifications_waiting(%s)", [now()])
        return [row[0] for row in cursor.fetchall()]


def forget_old() -> int:
    """Forget, in every workspace, what was told or dropped a week ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_forget(%s)", [now() - KEPT_FOR])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
