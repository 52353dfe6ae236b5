"""Tell who came onto the list and who left it, at most some seconds after it happened.

The event log says which cases changed; the list itself (held.py) says who they hold back now; what
was told before is in Told. The end of a cool-off has no event: it is found by its time. Once in a
while, and after a change of the choice, the whole list is held against what was told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection

from hearwell.events.models import Event
from hearwell.events.queries import events_since, last_seq, oldest_seq
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.promotions import held
from hearwell.promotions.events import SuppressionEnded, SuppressionStarted
from hearwell.promotions.models import Change, Feed, HoldChoice, Verb
from hearwell.promotions.queries import choice_of

log = structlog.get_logger(__name__)
WORKSPACES: Final = 200
BATCH: Final = 2_000
MOST_PEOPLE: Final = 5_000
COUNT_EVERY: Final = timedelta(minutes=10)
# So long a program that was away can read on.
KEPT: Final = timedelta(days=90)
# By name: some are told by packages that stand beside this one.
CHANGES_LIST: Final = frozenset({
    "MessageReceived", "MessageAmended", "MessageCorrected", "MessageWithdrawn", "ReplySent",
    "CaseClosed", "CaseReopened", "CaseSnoozed", "CaseWoken", "CaseMerged", "CaseParted",
})  # fmt: skip
_TOUCHED: Final = """
    SELECT i.contact_id FROM conversations_message m
    JOIN contacts_identity i ON i.workspace_id = m.workspace_id AND i.id = m.author_identity_id
    WHERE m.workspace_id = %(workspace)s AND m.case_id = ANY(%(dirty)s) AND m.direction = 'in'
    UNION SELECT contact_id FROM promotions_hold
    WHERE workspace_id = %(workspace)s AND case_id = ANY(%(dirty)s)
"""
_DUE: Final = """
    SELECT DISTINCT contact_id FROM promotions_told
    WHERE workspace_id = %(workspace)s AND until <= %(now)s LIMIT %(most)s
"""
_CASES: Final = """
    SELECT case_id FROM promotions_hold
    WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
"""
_HOLDS: Final = """
    WITH asked AS MATERIALIZED (SELECT DISTINCT contact_id, case_id FROM ({asked}) a {whose}),
    gone AS (
        DELETE FROM promotions_hold h WHERE h.workspace_id = %(workspace)s {whose_hold}
            AND NOT EXISTS (SELECT FROM asked a
                WHERE a.contact_id = h.contact_id AND a.case_id = h.case_id)
    )
    INSERT INTO promotions_hold (id, workspace_id, contact_id, case_id)
    SELECT gen_random_uuid(), %(workspace)s, contact_id, case_id FROM asked
    ON CONFLICT (workspace_id, contact_id, case_id) DO NOTHING
"""
# What is told again without having changed is not written again.
_DIFFERENCE: Final = """
    WITH held AS MATERIALIZED (
        SELECT h.*, (%(reasons)s::text[])[h.rank] AS reason FROM ({held}) h
    ),
    gone AS (
        DELETE FROM promotions_told t WHERE t.workspace_id = %(workspace)s {whose}
            AND NOT EXISTS (SELECT FROM held h
                WHERE h.network = t.network AND h.network_id = t.network_id)
        RETURNING t.network, t.network_id, t.email_sha256, t.reason, t.since
    ),
    come AS (
        INSERT INTO promotions_told AS t (id, workspace_id, network, network_id, contact_id,
            email_sha256, reason, since, until)
        SELECT gen_random_uuid(), %(workspace)s, network, network_id, contact_id, email_sha256,
            reason, since, until FROM held
        ON CONFLICT (workspace_id, network, network_id) DO UPDATE SET
            contact_id = excluded.contact_id, email_sha256 = excluded.email_sha256,
            reason = excluded.reason, since = excluded.since, until = excluded.until
            WHERE (t.contact_id, t.email_sha256, t.reason, t.since, t.until) IS DISTINCT FROM
                (excluded.contact_id, excluded.email_sha256, excluded.reason, excluded.since,
                excluded.until)
        RETURNING t.network, t.network_id, t.email_sha256, t.reason, t.since, xmax = 0 AS is_new
    )
    SELECT 'ended', g.* FROM gone g
    UNION ALL
    SELECT 'started', network, network_id, email_sha256, reason, since FROM come WHERE is_new
    ORDER BY 1, 6, 2, 3
"""
_HERS: Final = "AND {}.contact_id = ANY(%(contacts)s)"


def tell_changes() -> int:
    """Tell what changed in every workspace where something may have; return how much."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id FROM promotions_due(%s, %s, %s)",
            [now(), now() - COUNT_EVERY, WORKSPACES],
        )
        found = [row[0] for row in cursor.fetchall()]
    return sum(_told(workspace_id) for workspace_id in found)


def _told(workspace_id: UUID) -> int:
    """Tell in one workspace; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            return catch_up(workspace_id)
    except Exception:
        log.exception("suppressions_not_told", workspace_id=str(workspace_id))
        return 0


@dataclass(frozen=True)
class _Look:
    """Where to look, at what moment and under which choice."""

    choice: HoldChoice
    at: datetime
    contacts: Sequence[UUID] | None = None
    cases: Sequence[UUID] = ()

    @property
    def values(self) -> dict[str, Any]:
        return held.values_of(self.choice, self.at) | {
            "contacts": list(self.contacts or ()),
            "cases": list(self.cases),
        }


def catch_up(workspace_id: UUID) -> int:
    """Tell what changed in one workspace, in scope; return how many came or went.

    One at a time: the row of the feed is locked until the commit.
    """
    feed = _feed(workspace_id)
    choice, at = choice_of(workspace_id), now()
    if _is_whole_due(feed, at):
        # What happens from here on has a higher number, or is seen by this very look.
        feed.read_seq, feed.counted_at = last_seq(workspace_id), at
        changes = _differences(_Look(choice, at))
    else:
        changes = _differences(_next_look(feed, choice, at))
    return _write(feed, changes, at)


def _feed(workspace_id: UUID) -> Feed:
    Feed.objects.bulk_create([Feed(id=uuid7(), workspace_id=workspace_id)], ignore_conflicts=True)
    return Feed.objects.select_for_update().get(workspace_id=workspace_id)


def _is_whole_due(feed: Feed, at: datetime) -> bool:
    """Say whether the whole list is to be looked at; also where the log no longer reaches back."""
    if feed.counted_at is None or feed.counted_at <= at - COUNT_EVERY:
        return True
    oldest = oldest_seq(feed.workspace_id)
    return oldest is not None and oldest > feed.read_seq + 1


def _next_look(feed: Feed, choice: HoldChoice, at: datetime) -> _Look:
    """Return whom the news may concern, and whose cool-off is over; moves `read_seq` on."""
    news = events_since(feed.workspace_id, feed.read_seq, limit=BATCH)
    if news:
        feed.read_seq = news[-1].seq or feed.read_seq
    dirty = _cases_of(news)
    place: dict[str, Any] = {
        "workspace": feed.workspace_id, "dirty": list(dirty), "now": at, "most": MOST_PEOPLE,
    }  # fmt: skip
    contacts = {row[0] for row in rows.fetch(_DUE, place)}
    if dirty:
        contacts |= {row[0] for row in rows.fetch(_TOUCHED, place)}
    place["contacts"] = list(contacts)
    cases = {row[0] for row in rows.fetch(_CASES, place)} if contacts else set()
    return _Look(choice, at, list(contacts), list(cases | dirty))


def _cases_of(news: Iterable[Event]) -> set[UUID]:
    found: set[UUID] = set()
    for one in news:
        if one.name in CHANGES_LIST:
            told = one.payload
            named = [told.get("case_id"), *told.get("case_ids", ())]
            found |= {UUID(text) for text in named if text}
    return found


def _differences(look: _Look) -> list[tuple[Any, ...]]:
    """Make what was told what is; return what changed, those who left first."""
    if look.contacts is None:
        whose = whose_hold = whose_asked = ""
        listed, asked = held.ALL, held.ASKED_ALL
    elif not look.contacts:
        return []
    else:
        whose, whose_hold = _HERS.format("t"), _HERS.format("h")
        whose_asked = "WHERE contact_id = ANY(%(contacts)s)"
        listed, asked = held.SOME, held.ASKED_SOME
    with held.whole_list() if look.contacts is None else nullcontext():
        return _compared(
            look,
            _HOLDS.format(asked=asked, whose=whose_asked, whose_hold=whose_hold),
            _DIFFERENCE.format(held=listed, whose=whose),
        )


def _compared(look: _Look, holds: str, difference: str) -> list[tuple[Any, ...]]:
    rows.fetch(holds, look.values, is_read=False)
    return rows.fetch(difference, look.values)


def _write(feed: Feed, changes: Sequence[tuple[Any, ...]], at: datetime) -> int:
    """Number the changes, keep them, and tell the house."""
    for start in range(0, len(changes), BATCH):
        _write_some(feed, changes[start : start + BATCH], at)
    feed.save(update_fields=["read_seq", "last_seq", "counted_at"])
    return len(changes)


def _write_some(feed: Feed, changes: Collection[tuple[Any, ...]], at: datetime) -> None:
    make = rows.Maker(Change)
    kept = []
    for verb, network, network_id, email, reason, since in changes:
        feed.last_seq += 1
        kept.append(
            make(
                workspace_id=feed.workspace_id,
                seq=feed.last_seq,
                verb=verb,
                network=network,
                network_id=network_id,
                email_sha256=email,
                reason=reason,
                since=since,
                at=at,
            )
        )
    rows.insert(kept)
    emit(_event(one) for one in kept)


def _event(one: Change) -> SuppressionStarted | SuppressionEnded:
    kind = SuppressionStarted if one.verb == Verb.STARTED else SuppressionEnded
    return kind(
        one.workspace_id,
        seq=one.seq,
        network=one.network,
        network_id=one.network_id,
        email_sha256=one.email_sha256,
        reason=one.reason,
        since=one.since,
    )


def forget_old() -> int:
    """Delete changes that are too old to be read on from, in every workspace."""
    ((gone,),) = rows.fetch("SELECT promotions_forget(%s)", [now() - KEPT])
    return int(gone)
