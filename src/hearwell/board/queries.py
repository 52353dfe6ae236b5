"""Reads of the status board. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from hearwell.board.models import StaffLink, State, StatusCase, StatusUpdate, StatusVersion
from hearwell.kit import rows
from hearwell.kit.clock import now

MOST_LISTED: Final = 50
# So long the pages say that something does not hold, or is over.
SAID_AFTER: Final = timedelta(hours=6)
_STALE: Final = """s.told_version IS NOT NULL
    AND (s.told_version < u.said_version OR u.state = 'withdrawn')
    AND (s.followed_at IS NULL OR s.followed_at < u.changed_at)"""
_COUNTS: Final = f"""
    SELECT u.id, count(s.id) FILTER (WHERE s.removed_at IS NULL),
        count(s.id) FILTER (WHERE s.removed_at IS NULL AND s.told_version IS NOT NULL),
        count(s.id) FILTER (WHERE {_STALE})
    FROM board_statusupdate u
    LEFT JOIN board_statuscase s ON s.workspace_id = u.workspace_id AND s.update_id = u.id
    WHERE u.workspace_id = %s AND u.id = ANY(%s) GROUP BY u.id
"""  # noqa: S608  our own words
_CASES: Final = f"""
    SELECT s.case_id, s.named, s.has_topic, s.removed_at, s.told_version, s.told_at, s.followed_at,
        {_STALE}
    FROM board_statuscase s
    JOIN board_statusupdate u ON u.workspace_id = s.workspace_id AND u.id = s.update_id
    JOIN conversations_case c ON c.workspace_id = s.workspace_id AND c.id = s.case_id
    WHERE s.workspace_id = %(workspace)s AND s.update_id = %(update)s
    ORDER BY ({_STALE}) DESC, s.removed_at NULLS FIRST, c.number DESC LIMIT %(most)s
"""  # noqa: S608  our own words
# A case is about what the cases that went into it are about.
_ON_CASE: Final = f"""
    SELECT s.update_id, s.case_id, s.named, s.has_topic, s.removed_at, s.told_version, s.told_at,
        s.followed_at, {_STALE}
    FROM conversations_case c
    JOIN board_statuscase s ON s.workspace_id = c.workspace_id AND s.case_id = c.id
    JOIN board_statusupdate u ON u.workspace_id = s.workspace_id AND u.id = s.update_id
    WHERE c.workspace_id = %(workspace)s
        AND (c.id = %(case)s OR c.merged_into_id = %(case)s)
        AND ((u.state = 'published' AND (u.valid_until IS NULL OR u.valid_until > %(now)s))
            OR ({_STALE}))
    ORDER BY u.published_at DESC, s.case_id
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Counts:
    """Of an update: the cases it is about, those told of it, those told what holds no more."""

    cases: int = 0
    told: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class OnCase:
    """A case of an update: why, what was told, and whether that holds no more (`is_stale`)."""

    case_id: UUID
    named: list[str]
    has_topic: bool
    removed_at: datetime | None
    told_version: int | None
    told_at: datetime | None
    followed_at: datetime | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Said:
    """An update with what it says now and, oldest first, what it said before."""

    update: StatusUpdate
    now: StatusVersion
    before: Sequence[StatusVersion] = ()


def update_by_id(workspace_id: UUID, update_id: UUID) -> StatusUpdate | None:
    """Return an update, or None."""
    return StatusUpdate.objects.filter(workspace_id=workspace_id, id=update_id).first()


def version_of(one: StatusUpdate) -> StatusVersion:
    """Return what an update says now."""
    found = StatusVersion.objects.filter(workspace_id=one.workspace_id, update_id=one.id)
    return found.get(version=one.version)


def _live(workspace_id: UUID) -> QuerySet[StatusUpdate]:
    holds = Q(valid_until=None) | Q(valid_until__gt=now())
    return StatusUpdate.objects.filter(holds, workspace_id=workspace_id, state=State.PUBLISHED)


def said_of(updates: Sequence[StatusUpdate]) -> list[Said]:
    """Return what updates of one workspace say and said since they were published. One query."""
    if not updates:
        return []
    found = StatusVersion.objects.filter(
        workspace_id=updates[0].workspace_id, update_id__in=[one.id for one in updates]
    ).order_by("version")
    by: dict[UUID, list[StatusVersion]] = {}
    for version in found:
        by.setdefault(version.update_id, []).append(version)
    said = []
    for one in updates:
        first = one.first_version or one.version
        versions = [v for v in by[one.id] if first <= v.version <= one.version]
        said.append(Said(one, versions[-1], versions[:-1]))
    return said


def live_updates(workspace_id: UUID) -> list[Said]:
    """Return what holds now, the newest first; two queries."""
    return said_of(list(_live(workspace_id).order_by("-published_at", "-id")))


def updates_of(workspace_id: UUID, *, is_live: bool | None = None) -> list[Said]:
    """Return updates of every kind, the newest first, at most MOST_LISTED; two queries."""
    found = StatusUpdate.objects.filter(workspace_id=workspace_id)
    if is_live:
        found = _live(workspace_id)
    elif is_live is not None:
        found = found.exclude(id__in=_live(workspace_id).values("id"))
    return said_of(list(found.order_by("-created_at", "-id")[:MOST_LISTED]))


def lately_over(workspace_id: UUID) -> list[Said]:
    """Return what was withdrawn or ended within SAID_AFTER, the latest first; two queries."""
    found = StatusUpdate.objects.filter(
        workspace_id=workspace_id, first_version__isnull=False, ended_at__gt=now() - SAID_AFTER
    )
    return said_of(list(found.order_by("-ended_at")[:MOST_LISTED]))


def counts_of(workspace_id: UUID, update_ids: Collection[UUID]) -> dict[UUID, Counts]:
    """Return how many cases each update is about and has reached; one query."""
    found = rows.fetch(_COUNTS, [workspace_id, list(update_ids)])
    return {row[0]: Counts(*row[1:]) for row in found}


def cases_of(workspace_id: UUID, update_id: UUID, *, most: int = 100) -> list[OnCase]:
    """Return the cases of an update, those told what holds no more first; one query."""
    values = {"workspace": workspace_id, "update": update_id, "most": most}
    return [OnCase(*row) for row in rows.fetch(_CASES, values)]


def updates_on(workspace_id: UUID, case_id: UUID) -> list[tuple[Said, OnCase]]:
    """Return what concerns a case: what holds now, and what was told in it and holds no more.

    One query where there is nothing, else three.
    """
    values: dict[str, Any] = {"workspace": workspace_id, "case": case_id, "now": now()}
    found = {row[0]: OnCase(*row[1:]) for row in reversed(rows.fetch(_ON_CASE, values))}
    if not found:
        return []
    updates = StatusUpdate.objects.filter(workspace_id=workspace_id, id__in=list(found))
    said = said_of(list(updates.order_by("-published_at", "-id")))
    return [(one, found[one.update.id]) for one in said]


def on_case(workspace_id: UUID, update_id: UUID, case_id: UUID) -> StatusCase | None:
    """Return the row of a case and an update, or None."""
    found = StatusCase.objects.filter(workspace_id=workspace_id, update_id=update_id)
    return found.filter(case_id=case_id).first()


def links_of(workspace_id: UUID) -> list[StaffLink]:
    """Return the staff links that work, the newest first."""
    found = StaffLink.objects.filter(workspace_id=workspace_id, revoked_at=None)
    return list(found.order_by("-created_at"))
