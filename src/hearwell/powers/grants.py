"""Reads of powers to give: what a role may, what was given. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.utils.timezone import localtime

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.kit.clock import now
from hearwell.kit.rows import fetch
from hearwell.powers.giving import DEFAULTS, NOTHING, Given, Limits, Power
from hearwell.powers.models import Grant, GrantState, Purse, RolePower

_YEAR = timedelta(days=365)
# A case with all that it is one with: from the one that took it, every one that was taken.
_FAMILY = """
    home AS (
        SELECT c.id, c.merged_into_id FROM conversations_case c
        WHERE c.workspace_id = %(place)s AND c.id = %(case)s
        UNION
        SELECT c.id, c.merged_into_id FROM conversations_case c JOIN home h
            ON c.workspace_id = %(place)s AND c.id = h.merged_into_id
    ), cases AS (
        SELECT id FROM home WHERE merged_into_id IS NULL
        UNION
        SELECT c.id FROM conversations_case c JOIN cases ON c.merged_into_id = cases.id
        WHERE c.workspace_id = %(place)s
    )
"""
_CASES = f"WITH RECURSIVE {_FAMILY} SELECT id FROM cases"  # noqa: S608  no value is in it
# Each sum by an index of its own: this is read while everybody else who gives waits.
_GIVEN = f"""
    WITH RECURSIVE {_FAMILY}, people AS (
        SELECT %(contact)s::uuid AS id
        UNION
        SELECT CASE WHEN l.kept_id = people.id THEN l.other_id ELSE l.kept_id END
        FROM contacts_link l JOIN people ON people.id IN (l.kept_id, l.other_id)
        WHERE l.workspace_id = %(place)s AND l.undone_at IS NULL
    )
    SELECT
        (SELECT coalesce(sum(amount_minor), 0) FROM powers_grant
         WHERE workspace_id = %(place)s AND state = 'granted' AND kind = 'goodwill'
           AND case_id IN (SELECT id FROM cases)),
        (SELECT coalesce(sum(amount_minor), 0) FROM powers_grant
         WHERE workspace_id = %(place)s AND state = 'granted' AND kind = 'goodwill'
           AND contact_id IN (SELECT id FROM people) AND decided_at > %(year)s),
        (SELECT coalesce(sum(amount_minor), 0) FROM powers_grant
         WHERE workspace_id = %(place)s AND state = 'granted' AND kind = 'goodwill'
           AND approver_id = %(by)s AND decided_at >= %(day)s),
        (SELECT coalesce(sum(amount_minor), 0) FROM powers_grant
         WHERE workspace_id = %(place)s AND state = 'granted' AND kind = 'surprise'
           AND decided_at >= %(month)s)
"""  # noqa: S608  no value is in it


def power_of(workspace_id: UUID, role: str) -> Power:
    """What a role may do alone. One query."""
    return powers_of(workspace_id, [role])[role]


def powers_of(workspace_id: UUID, roles: Collection[str]) -> dict[str, Power]:
    """What each of these roles may do alone. One query."""
    rows = RolePower.objects.filter(workspace_id=workspace_id, role__in=roles)
    kept = {row.role: _power(row) for row in rows}
    return {role: kept.get(role, DEFAULTS.get(role, NOTHING)) for role in roles}


def _power(row: RolePower) -> Power:
    limits = Limits(row.case_minor, row.year_minor, row.day_minor)
    return Power(limits, row.networks, row.audiences, row.kinds)


def purse_of(workspace_id: UUID) -> Purse:
    """The purse, with the defaults where nobody chose. One query."""
    found = Purse.objects.filter(workspace_id=workspace_id).first()
    return found or Purse(workspace_id=workspace_id)


def given_before(
    workspace_id: UUID, by: Membership, case_id: UUID | None, contact_id: UUID | None
) -> Given:
    """What counts against the limits of somebody who would give now. One query.

    The day is the workspace's, the year the last 365 days; a case counts with all that it was
    merged with, a customer with everybody who is said to be the same person.
    """
    day, month = _day_and_month(by)
    ((case, year, today, surprises),) = fetch(
        _GIVEN,
        {
            "place": workspace_id,
            "case": case_id,
            "contact": contact_id,
            "by": by.user_id,
            "year": now() - _YEAR,
            "day": day,
            "month": month,
        },
    )
    return Given(int(case), int(year), int(today), int(surprises))


def _day_and_month(by: Membership) -> tuple[datetime, datetime]:
    here = localtime(now(), ZoneInfo(by.workspace.time_zone))
    day = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return day, day.replace(day=1)


def grants_in(workspace_id: UUID, case_id: UUID) -> list[Grant]:
    """What was given or asked for in a case and all it is one with, the newest first.

    Two queries.
    """
    cases = [row[0] for row in fetch(_CASES, {"place": workspace_id, "case": case_id})]
    rows = Grant.objects.filter(workspace_id=workspace_id, case_id__in=cases)
    return list(rows.order_by("-given_at", "-id")[:50])


def grants_since(
    workspace_id: UUID, since: datetime, until: datetime, *, limit: int | None = None
) -> list[Grant]:
    """What was given or asked for in a stretch of time, the newest first. One query."""
    rows = _asked_within(workspace_id, since, until)
    return list(rows.order_by("-given_at", "-id")[:limit])


def totals_since(
    workspace_id: UUID, since: datetime, until: datetime
) -> list[tuple[str, str, int]]:
    """(kind, currency, minor units) of all that was asked for then and is given. One query."""
    given = _asked_within(workspace_id, since, until).filter(state=GrantState.GRANTED)
    sums = given.values_list("kind", "currency").annotate(total=Sum("amount_minor"))
    return [
        (kind, currency, int(total)) for kind, currency, total in sums.order_by("kind", "currency")
    ]


def _asked_within(workspace_id: UUID, since: datetime, until: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(workspace_id=workspace_id, given_at__gte=since, given_at__lt=until)


@dataclass(frozen=True, slots=True)
class WaitingGrant:
    """A grant that waits, and whether this person could approve it by their limits."""

    grant: Grant
    is_theirs: bool


def waiting_grants(workspace_id: UUID, by: Membership) -> list[WaitingGrant]:
    """What waits for a second person, the oldest first, for who may approve. One query."""
    if not can(by.role, "approve"):
        return []
    rows = Grant.objects.filter(workspace_id=workspace_id, state=GrantState.WAITING)
    return [
        WaitingGrant(one, one.giver_id == by.user_id) for one in rows.order_by("given_at")[:100]
    ]
