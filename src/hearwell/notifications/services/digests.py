"""Wish for a digest, end the wish, and take those that are due: each is taken once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.core import signing
from django.db import connection

from hearwell.accounts.models import Membership
from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.notifications.models import Digest, Every

AT_ONCE: Final = 200
_SALT: Final = "hearwell.digest.off"
_HOURS: Final = range(24)


class BadDigestError(ValueError):
    """The time or the zone is none; `args[0]` names the field."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A digest that was taken to be sent now: for whom, and about which stretch of time."""

    digest_id: UUID
    user_id: UUID
    zone: str
    has_team: bool
    since_at: datetime
    until_at: datetime


def next_time(every: str, hour: int, zone: str, after: datetime) -> datetime:
    """Return the next moment at this hour of the clock in this zone, on any day or on Monday."""
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    while True:
        moment = datetime.combine(day, time(hour), place)
        if moment > after and (every == Every.DAY or day.weekday() == 0):
            return moment.astimezone(after.tzinfo)
        day += timedelta(days=1)


def digest_of(membership: Membership) -> Digest | None:
    """Return a member's wish, if they have one."""
    found = Digest.objects.filter(workspace_id=membership.workspace_id, user_id=membership.user_id)
    return found.first()


def wish_digest(
    membership: Membership, *, every: str, hour: int, zone: str, has_team: bool
) -> Digest:
    """Keep a member's wish; the first is sent at the next such time. Raises BadDigestError."""
    checks = {
        "every": every in Every.values,
        "hour": hour in _HOURS,
        "time_zone": zone in available_timezones(),
    }
    for name, is_good in checks.items():
        if not is_good:
            raise BadDigestError(name)
    values = {
        "every": every,
        "hour": hour,
        "time_zone": zone,
        "has_team": has_team,
        "next_at": next_time(every, hour, zone, now()),
    }
    wished, _ = Digest.objects.update_or_create(
        workspace_id=membership.workspace_id, user_id=membership.user_id, defaults=values
    )
    return wished


def end_digest(membership: Membership) -> None:
    """End a member's wish."""
    Digest.objects.filter(workspace_id=membership.workspace_id, user_id=membership.user_id).delete()


def off_token(workspace_id: UUID, digest_id: UUID) -> str:
    """Return what ends one digest from its own e-mail, signed and good for as long as it lasts."""
    return signing.dumps([str(workspace_id), str(digest_id)], salt=_SALT)


def end_by_token(token: str) -> bool:
    """End the digest that a token names. False for a token that is none; twice is no harm."""
    try:
        workspace_id, digest_id = map(UUID, signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return False
    with scope(workspace_id):
        Digest.objects.filter(workspace_id=workspace_id, id=digest_id).delete()
    return True


def is_off_token(token: str) -> bool:
    """Say whether a token is one of ours, without using it."""
    try:
        signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return False
    return True


def take_due(workspace_id: UUID) -> list[Wish]:
    """Take the digests that are due and move each on to its next time, in one transaction.

    What is taken and then cannot be sent is not sent: rather none than two.
    """
    moment = now()
    found = Digest.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, next_at__lte=moment
    )
    due = list(found.order_by("next_at")[:AT_ONCE])
    taken = [
        Wish(one.id, one.user_id, one.time_zone, one.has_team, one.since_at, moment) for one in due
    ]
    for one in due:
        one.next_at = next_time(one.every, one.hour, one.time_zone, moment)
        one.since_at = moment
    Digest.objects.bulk_update(due, ["next_at", "since_at"])
    return taken


def digest_places() -> Sequence[UUID]:
    """Return the workspaces in which a digest is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM notifications_digests_due(%s)", [now()])
        return [row[0] for row in cursor.fetchall()]


def wake_digests(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting."""
    from hearwell.notifications.tasks import send_digests

    return jobs.defer_once(
        send_digests, f"notifications.digests:{workspace_id}", workspace_id=str(workspace_id)
    )
