"""Keep the roll-ups: what is due is counted anew from the facts, day by day.

Counting is one statement a measure and span, packed by PostgreSQL and added up by numpy; a cell is
never added to, it is made anew, so that telling something twice, late or in another order changes
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from psycopg import Cursor

from hearwell.accounts.models import Workspace
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.reports.models import RollupClock, RollupDue
from hearwell.reports.rolling.blocks import CELL, DAY, MONTH, Block, Key, written
from hearwell.reports.rolling.measures import MEASURES
from hearwell.reports.rolling.reading import facts_between, midnight

MOST_DAYS: Final = 62  # a round of the sweep
MOST_MONTHS: Final = 12  # that are read at once
MOST_BLOCKS: Final = 500  # that are written at once
FORM: Final = 2
"""How the blocks are written (rolling.blocks); those of another form are made anew."""
_ANY: Final = Key(CELL, None, "", "", None)
_CLEAR: Final = """
    DELETE FROM reports_rollupblock
    WHERE workspace_id = %s AND grain = %s AND starts_on >= %s AND starts_on < %s
"""
_KEEP: Final = """
    INSERT INTO reports_rollupblock (id, workspace_id, grain, starts_on, measure, cut, channel_id,
        kind, language, team_id, keys, seats, counts, waits, since)
    SELECT gen_random_uuid(), %s, %s, * FROM unnest(%s::date[], %s::text[], %s::text[], %s::uuid[],
        %s::text[], %s::text[], %s::uuid[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[],
        %b::bytea[])
"""
# Millions of facts are joined with their cases and each other: on disk that takes twice as long.
_ROOM: Final = "SET LOCAL work_mem = '128MB'"
_SPAN: Final = """
    SELECT min(at), max(at) FROM (
        SELECT min(asked_at) AS at FROM reports_needfact WHERE workspace_id = %(place)s
        UNION ALL SELECT max(asked_at) FROM reports_needfact WHERE workspace_id = %(place)s
        UNION ALL SELECT min(asked_at) FROM reports_answerfact WHERE workspace_id = %(place)s
        UNION ALL SELECT max(asked_at) FROM reports_answerfact WHERE workspace_id = %(place)s
        UNION ALL SELECT min(at) FROM reports_resolutionfact WHERE workspace_id = %(place)s
        UNION ALL SELECT max(at) FROM reports_resolutionfact WHERE workspace_id = %(place)s
        UNION ALL SELECT min(at) FROM reports_replyfact WHERE workspace_id = %(place)s
        UNION ALL SELECT max(at) FROM reports_replyfact WHERE workspace_id = %(place)s
    ) span
"""


def mark_due(workspace_id: UUID, moments: Collection[datetime]) -> None:
    """Say that facts of these moments are new; in the transaction that writes the facts."""
    hours = {moment.replace(minute=0, second=0, microsecond=0) for moment in moments}
    rows.insert([RollupDue(workspace_id=workspace_id, at=hour) for hour in hours])


def roll_due(workspace_id: UUID) -> int:
    """Count anew the days that are due, the oldest first; return how many days that were.

    A month that has ended meanwhile is counted as one.
    """
    zone = _zone_of(workspace_id)
    clock = RollupClock.objects.filter(
        workspace_id=workspace_id, time_zone=zone.key, form=FORM
    ).first()
    if clock is None:
        return roll_all(workspace_id)
    due = RollupDue.objects.filter(workspace_id=workspace_id)
    by_day: dict[date, list[UUID]] = defaultdict(list)
    for row_id, at in due.order_by("at").values_list("id", "at"):
        by_day[at.astimezone(zone).date()].append(row_id)
    days = sorted(by_day)[:MOST_DAYS]
    this_month = _today(zone).replace(day=1)
    ended = _days(clock.months_before, this_month - timedelta(days=1))
    with transaction.atomic():
        _roll(workspace_id, zone, {*days, *(day for day in ended if day.day == 1)})
        due.filter(id__in=[row_id for day in days for row_id in by_day[day]]).delete()
        if ended:
            RollupClock.objects.filter(id=clock.id).update(months_before=this_month)
    return len(days)


def roll_all(workspace_id: UUID, *, as_of: datetime | None = None) -> int:
    """Count everything anew from the facts; return how many days that were.

    `as_of`: when the facts were begun to be judged anew, if they were. An import that is finished
    later may have none yet.
    """
    zone = _zone_of(workspace_id)
    with transaction.atomic():
        rows.fetch(_ROOM, [], is_read=False)
        due = list(RollupDue.objects.filter(workspace_id=workspace_id).values_list("id", flat=True))
        rows.fetch(_CLEAR, [workspace_id, DAY, date.min, date.max], is_read=False)
        rows.fetch(_CLEAR, [workspace_id, MONTH, date.min, date.max], is_read=False)
        ((first, last),) = rows.fetch(_SPAN, {"place": workspace_id})
        days = _days(first.astimezone(zone).date(), last.astimezone(zone).date()) if first else []
        _roll(workspace_id, zone, days)
        RollupDue.objects.filter(workspace_id=workspace_id, id__in=due).delete()
        RollupClock.objects.update_or_create(
            workspace_id=workspace_id,
            defaults={
                "time_zone": zone.key,
                "form": FORM,
                **({"made_at": as_of} if as_of else {}),
                "months_before": _today(zone).replace(day=1),
            },
        )
    return len(days)


def _zone_of(workspace_id: UUID) -> ZoneInfo:
    return ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(id=workspace_id))


def _today(zone: ZoneInfo) -> date:
    return now().astimezone(zone).date()


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _roll(workspace_id: UUID, zone: ZoneInfo, days: Collection[date]) -> None:
    """Count some days anew; of a month that is over all of it, for it has cells of its own."""
    this_month = _today(zone).replace(day=1)
    over = sorted({day.replace(day=1) for day in days if day < this_month})
    for first, after in _month_runs(over):
        _roll_span(workspace_id, zone, first, after, (DAY, MONTH))
    for first, after in _runs(day for day in days if day >= this_month):
        _roll_span(workspace_id, zone, first, after, (DAY,))


def _month_runs(months: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield months (their first days, in order) as spans without a gap, not too long to hold."""
    run: list[date] = []
    for month in months:
        if run and (after_month(run[-1]) != month or len(run) == MOST_MONTHS):
            yield run[0], after_month(run[-1])
            run = []
        run.append(month)
    if run:
        yield run[0], after_month(run[-1])


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days as spans (first, after the last) without a gap."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] == day:
            spans[-1] = (spans[-1][0], day + timedelta(days=1))
        else:
            spans.append((day, day + timedelta(days=1)))
    return spans


def after_month(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _roll_span(
    workspace_id: UUID, zone: ZoneInfo, first: date, after: date, grains: Collection[str]
) -> None:
    for grain in grains:
        rows.fetch(_CLEAR, [workspace_id, grain, first, after], is_read=False)
    span = (midnight(first, zone), midnight(after, zone))
    for measure in MEASURES.values():
        facts = facts_between(workspace_id, measure, *span, zone)
        for grain in grains if facts else ():
            blocks = facts.blocks(grain) if facts else iter(())
            while some := list(islice(blocks, MOST_BLOCKS)):
                _keep(workspace_id, grain, some)


def _keep(workspace_id: UUID, grain: str, blocks: Sequence[Block]) -> None:
    # A month's cell stands in columns of its own, so that a slice reads no other.
    alone = [b.keys[0] if len(b.keys) == 1 and b.cut == CELL else _ANY for b in blocks]
    columns: list[list[Any]] = [
        [block.starts_on for block in blocks],
        [block.measure for block in blocks],
        [block.cut for block in blocks],
        [key.channel_id for key in alone],
        [key.kind for key in alone],
        [key.language for key in alone],
        [key.team_id for key in alone],
        [written(block.keys) for block in blocks],
        *(list(column) for column in zip(*(b.body.columns() for b in blocks), strict=True)),
    ]
    # Django's cursor writes parameters into the text: of bytes that is twice as much to read.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(_KEEP, [workspace_id, grain, *columns])
