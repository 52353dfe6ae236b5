"""What is usual in each stream: read, brought up to the hour, kept again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min

from hearwell.kit import rows
from hearwell.kit.ids import uuid7
from hearwell.spikes.learning import MOST_HOURS, Counted, Counts, HourOf, advance, last_hour
from hearwell.spikes.models import Stream, Tally
from hearwell.spikes.queries import TallyRow, tallies_since
from hearwell.spikes.usual import BUCKET_S, BUCKETS_AN_HOUR, HOURS_A_DAY, Usual

Key = tuple[str, UUID | None]
HOUR_S: Final = BUCKET_S * BUCKETS_AN_HOUR
_KEPT: Final = (
    "(workspace_id, topic, channel_id) DO UPDATE"
    " SET usual = excluded.usual, learned_until = excluded.learned_until"
)


@dataclass(slots=True)
class Known:
    """A stream as it is known, up to an hour."""

    usual: Usual
    until: int


def hours_in(time_zone: str) -> HourOf:
    """Return what tells the hour of the week in a time zone; Monday, midnight is 0."""
    zone = ZoneInfo(time_zone)

    @cache
    def hour_of(hour: int) -> int:
        local = datetime.fromtimestamp(hour * HOUR_S, zone)
        return local.weekday() * HOURS_A_DAY + local.hour

    return hour_of


def moment_of(bucket: int) -> datetime:
    """Return when a bucket begins."""
    return datetime.fromtimestamp(bucket * BUCKET_S, UTC)


def gathered(tallies: Iterable[TallyRow]) -> dict[Key, dict[int, Counted]]:
    """Return counts by stream and bucket: of each channel, and of all channels together."""
    found: dict[Key, dict[int, Counted]] = defaultdict(dict)
    for row in tallies:
        for key in ((row.topic, row.channel_id), (row.topic, None)):
            was = found[key].get(row.bucket, Counted())
            found[key][row.bucket] = Counted(
                was.messages + row.messages,
                was.complaints + row.complaints,
                was.praise + row.praise,
            )
    return found


def known_streams(
    workspace_id: UUID, keys: Collection[Key], bucket: int, hour_of: HourOf
) -> dict[Key, Usual]:
    """Return what is usual in each stream, brought up to the hour. At most five statements."""
    if not keys:
        return {}
    topics = {topic for topic, _ in keys}
    stored = Stream.objects.filter(workspace_id=workspace_id, topic__in=topics)
    until = last_hour(bucket)
    # What was learned by a clock that ran a day ahead is no knowledge: it is learned anew.
    known = {
        (one.topic, one.channel_id): Known(Usual.restored(one.usual), one.learned_until)
        for one in stored
        if one.learned_until <= until + HOURS_A_DAY
    }
    fresh = [key for key in keys if key not in known]
    if fresh:
        begun = _first_hour(workspace_id, until)
        known |= {key: Known(Usual(), begun) for key in fresh}
    behind = [key for key in keys if known[key].until < until]
    if behind:
        _catch_up(workspace_id, {key: known[key] for key in behind}, until, hour_of)
    return {key: known[key].usual for key in keys}


def _first_hour(workspace_id: UUID, until: int) -> int:
    first = Tally.objects.filter(workspace_id=workspace_id).aggregate(first=Min("at"))["first"]
    hour = int(first.timestamp()) // HOUR_S + 1 if first else until
    return max(hour, until - MOST_HOURS)


def _catch_up(workspace_id: UUID, behind: dict[Key, Known], until: int, hour_of: HourOf) -> None:
    """Learn the hours that are missing; those far behind, of streams long idle, by themselves."""
    recent = {key: one for key, one in behind.items() if one.until >= until - HOURS_A_DAY}
    older = {key: one for key, one in behind.items() if key not in recent}
    for some in (recent, older):
        if not some:
            continue
        first = max(min(one.until for one in some.values()), until - MOST_HOURS)
        since = moment_of((first - 1) * BUCKETS_AN_HOUR)
        counts = gathered(tallies_since(workspace_id, since, {topic for topic, _ in some}))
        for key, one in some.items():
            nothing: Counts = {}
            advance(one.usual, counts.get(key, nothing), one.until, until, hour_of)
            one.until = until
    rows.insert(
        [
            Stream(
                id=uuid7(),
                workspace_id=workspace_id,
                topic=topic,
                channel_id=channel_id,
                usual=one.usual.stored(),
                learned_until=until,
            )
            for (topic, channel_id), one in behind.items()
        ],
        conflict=_KEPT,
    )
