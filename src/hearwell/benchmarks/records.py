"""Brands that are watched: what kind of record a brand has, where it begins and where it ends.

A watched record begins where its first reading came to and ends where its last complete one began.
Brands that were read within two days share an end, the earliest of theirs; so do those that were
not: whatever the panel, there are two runs for them at most, and nothing of it is half seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hearwell.benchmarks.rules import OUTSIDE, WORDLESS, Brand
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.reports.relation import ARCHIVE
from hearwell.watching.queries import Record

OF_LATE: Final = timedelta(days=2)
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)
Records = Mapping[UUID, Record]


class Kind(StrEnum):
    """What a brand's figures are made of."""

    ARCHIVE = "archive"
    WATCHED = "watched"
    LIVE = "live"


def is_watched(channel: Channel) -> bool:
    """Say whether a channel is the record of a watched account."""
    return channel.network == ARCHIVE and bool(channel.settings.get("watched"))


def kind_of(brand: Brand, channels: Mapping[UUID, Channel]) -> Kind:
    """Return what kind of record a brand has."""
    known = [channels[UUID(one)] for one in brand.channel_ids if UUID(one) in channels]
    if any(one.network != ARCHIVE for one in known):
        return Kind.LIVE
    return Kind.WATCHED if any(is_watched(one) for one in known) else Kind.ARCHIVE


def records_in(brand: Brand, records: Records) -> list[Record]:
    """Return the records of watched accounts that a brand has."""
    return [records[UUID(one)] for one in brand.channel_ids if UUID(one) in records]


def is_unread(brand: Brand, records: Records) -> bool:
    """Say whether an account of it was never read completely."""
    return any(one.ends_at is None for one in records_in(brand, records))


def is_half(brand: Brand, records: Records) -> bool:
    """Say whether only what it answered can be read of an account of it: that makes no rate."""
    return any(not one.hears_all for one in records_in(brand, records))


def watched_notes(brand: Brand, records: Records) -> tuple[str, ...]:
    """Return what has to be said beside the figures of a watched brand."""
    found = records_in(brand, records)
    is_wordless = any(one.words_for is not None for one in found)
    return tuple(words for words, holds in ((OUTSIDE, found), (WORDLESS, is_wordless)) if holds)


def groups(
    brands: Sequence[Brand],
    kinds: Mapping[str, Kind],
    records: Records,
    archive_ended: Callable[[], datetime | None],
) -> Iterator[tuple[list[Brand], datetime]]:
    """Yield brands whose records are held to end at the same moment, and that moment.

    At most four groups, however many brands: those connected, those of archives, those watched
    that were read of late, and those watched that were not.
    """
    for kind in Kind:
        those = [brand for brand in brands if kinds[brand.name] is kind]
        if kind is Kind.WATCHED:
            yield from watched_groups(those, records)
        elif those:
            yield those, (archive_ended() if kind is Kind.ARCHIVE else None) or now()


def watched_groups(
    brands: Sequence[Brand], records: Records
) -> Iterator[tuple[list[Brand], datetime]]:
    """Yield those read of late, then the others, each with the moment at which all of them end."""
    ends = {one.name: _ended(one, records) for one in brands}
    since = now() - OF_LATE
    for is_late in (False, True):
        those = [one for one in brands if (ends[one.name] < since) == is_late]
        if those:
            known = [ends[one.name] for one in those if ends[one.name] > _EARLIEST]
            yield those, min(known, default=now())


def bounds_of(record: Record | None, horizon: datetime) -> tuple[datetime, datetime]:
    """Return from when to when an account counts; nothing of one never read completely."""
    if record is None:
        return _EARLIEST, _LATEST
    if record.begins_at is None or record.ends_at is None:
        return _LATEST, _EARLIEST
    return record.begins_at, min(record.ends_at, horizon)


def _ended(brand: Brand, records: Records) -> datetime:
    return min((one.ends_at or _EARLIEST for one in records_in(brand, records)), default=_EARLIEST)
