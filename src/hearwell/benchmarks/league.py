"""The league of a panel: what every method says of each of its brands, counted in one run.

Archives end when they end, what is connected ends now: so there is one run for each of the two
kinds that a panel has, however many brands. Only public messages count, for all alike: the private
answers of others cannot be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection

from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.records import (
    Kind,
    Records,
    bounds_of,
    groups,
    is_half,
    is_unread,
    is_watched,
    kind_of,
    watched_notes,
)
from hearwell.benchmarks.rules import (
    GONE,
    NO_ACCOUNT,
    NOBODY,
    ONLY_ANSWERED,
    SHARED,
    UNREAD,
    Brand,
    Covered,
    percentile,
    places,
    shared_channels,
)
from hearwell.benchmarks.tactics import Tactics, tactics_of
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_by_id
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.reports.relation import BYSTANDERS, LOOK_BACK, Period, relation_sql
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL, DEFAULT, METHODS, Method, compose
from hearwell.watching.queries import records_of

# So many of a brand's newest replies are read for their tactics: enough for ± 3 points.
MOST_REPLIES: Final = 1000
_SCOPE: Final = """SELECT %(starts)s::timestamp AS starts_at, %(ends)s::timestamp AS ends_at,
    %(horizon)s::timestamp AS horizon, {window}::integer AS window_s"""
_MESSAGES: Final = """
    DROP TABLE IF EXISTS pg_temp.study_message;
    CREATE TEMPORARY TABLE study_message ON COMMIT DROP AS
        SELECT b.name AS brand, r.message, r.author, r.is_own, r.at, r.parent, r.needs_reply,
            r.is_named, r.is_addressed, r.is_retweet, r.is_question, r.handles, r.is_automatic
        FROM unnest(%(channels)s::text[], %(names)s::text[], %(begins)s::timestamp[],
            %(stops)s::timestamp[]) AS b(channel, name, begins, stops)
        JOIN ({relation}) AS r ON r.brand = b.channel AND r.at >= b.begins AND r.at < b.stops;
    {bystanders};
    ANALYZE study_message;
    SET LOCAL enable_nestloop = off
"""
# Mentions are what names a brand, whoever looks: the same base for everybody's share of voice.
_SEEN: Final = """
    SELECT m.brand, min(m.at), max(m.at),
        count(*) FILTER (WHERE m.is_named AND NOT m.is_own),
        count(*) FILTER (WHERE m.is_addressed AND NOT m.is_own AND v.sentiment <> ''),
        count(*) FILTER (WHERE m.is_addressed AND NOT m.is_own AND v.sentiment = 'positive'),
        count(*) FILTER (WHERE m.is_addressed AND NOT m.is_own AND v.sentiment = 'negative')
    FROM study_message m
    LEFT JOIN triage_verdict v ON v.workspace_id = %(workspace)s AND v.message_id = m.message::uuid
    WHERE m.at >= %(starts)s::timestamp AND m.at < %(ends)s::timestamp
    GROUP BY m.brand
"""
_REPLIES: Final = """
    SELECT r.brand, t.text FROM (
        SELECT m.brand, m.message, row_number() OVER (PARTITION BY m.brand ORDER BY m.at DESC,
            m.message) AS place
        FROM study_message m
        WHERE m.is_own AND NOT m.is_automatic AND m.parent IS NOT NULL
            AND m.at >= %(starts)s::timestamp AND m.at < %(ends)s::timestamp
    ) r
    JOIN conversations_message t ON t.workspace_id = %(workspace)s AND t.id = r.message::uuid
    WHERE r.place <= %(most)s
"""
# Of an account that is connected or watched every reply would be seen, so one without any has
# answered nobody.
_SPOKEN: Final = """
    SELECT DISTINCT b.name FROM unnest(%(channels)s::uuid[], %(names)s::text[]) AS b(channel, name)
    JOIN channels_channel c ON c.workspace_id = %(workspace)s AND c.id = b.channel
    WHERE c.network <> 'archive' OR (c.settings ->> 'watched') IS NOT NULL
        OR EXISTS (SELECT 1 FROM conversations_message m
            WHERE m.workspace_id = c.workspace_id AND m.channel_id = c.id AND m.direction = 'out')
"""
_ENDED: Final = """
    SELECT max(m.sent_at) FROM conversations_message m
    JOIN channels_channel c ON c.workspace_id = m.workspace_id AND c.id = m.channel_id
    WHERE m.workspace_id = %(workspace)s AND c.network = 'archive'
        AND (c.settings ->> 'watched') IS NULL
"""


Channels = Mapping[UUID, Channel]
Told = tuple[Figures, str]


class _Every(Method):
    """All methods at once, for the columns that any of them reads."""

    @property
    def sql(self) -> str:
        return "\n".join(one.sql for one in ALL)


@dataclass(frozen=True, slots=True)
class Mood:
    """What triage made of the messages to a brand: `judged` of them, of which so many are."""

    judged: int = 0
    positive: int = 0
    negative: int = 0

    @property
    def net(self) -> float | None:
        """Positive less negative, of those judged, -1 to 1; None where none was."""
        return (self.positive - self.negative) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a brand in a period beside its rates."""

    covered: Covered = field(default_factory=Covered)
    mentions: int = 0
    mood: Mood = field(default_factory=Mood)


@dataclass(frozen=True, slots=True)
class Line:
    """One brand in the league. `why` says what keeps it from being ranked, empty where nothing.

    `percentile` 0-100 among those ranked; `voice` its share of all mentions, 0-1, None where they
    cannot be compared; `notes` are said beside the figures.
    """

    brand: Brand
    figures: Figures
    why: str
    place: int | None
    percentile: float | None
    seen: Seen
    voice: float | None
    tactics: Tactics
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """Where our own brand stands by one method, of how many ranked; why not, where it does not."""

    method: Method
    place: int | None
    ranked: int
    why: str


@dataclass(frozen=True, slots=True)
class League:
    """A panel counted by one method, the best first; `ranks` are our own brand's by every one."""

    panel: Panel
    period: Period
    method: Method
    made_at: datetime
    lines: list[Line]
    ranks: list[Rank]
    is_mixed: bool

    @property
    def ranked(self) -> int:
        """How many brands have a place."""
        return sum(line.place is not None for line in self.lines)


@dataclass(slots=True)
class _Counted:
    """What was counted so far: figures by method and brand; the rest by brand."""

    figures: dict[tuple[str, str], Figures] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    replies: dict[str, Tactics] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    records: Records = field(default_factory=dict)

    def seen_of(self, brand: Brand) -> Seen:
        """What is known of it; nothing where nothing is there."""
        return self.seen.get(brand.name) or Seen()


def archive_ended(workspace_id: UUID) -> datetime | None:
    """Return when the last message of the imported archives was sent, or None without any.

    What is watched is none of them: it goes on.
    """
    found = rows.fetch(_ENDED, {"workspace": workspace_id})[0][0]
    return found if isinstance(found, datetime) else None


def has_live(panel: Panel, channels: Channels) -> bool:
    """Say whether any brand of the panel is connected or watched, not imported."""
    return any(kind_of(brand, channels) is not Kind.ARCHIVE for brand in panel.members)


def league_of(panel: Panel, period: Period, method: str = DEFAULT) -> League:
    """Count a panel over a period. KeyError for a method that there is not.

    The number of statements does not depend on brands or messages.
    """
    way, brands = METHODS[method], panel.members
    ids = {UUID(one) for brand in brands for one in brand.channel_ids}
    channels = channels_by_id(panel.workspace_id, ids)
    kinds = {brand.name: kind_of(brand, channels) for brand in brands}
    counted, is_mixed = _Counted(), len({*kinds.values()}) > 1
    watched = {one for one in ids if one in channels and is_watched(channels[one])}
    counted.records = records_of(panel.workspace_id, watched) if watched else {}
    ended = partial(archive_ended, panel.workspace_id)
    for those, horizon in groups(brands, kinds, counted.records, ended):
        _count(panel.workspace_id, those, period, horizon, counted)
    stops = {brand.name: _stop(brand, counted, channels) for brand in brands}
    told = {one.name: [_told(one, brand, counted, stops) for brand in brands] for one in ALL}
    return League(
        panel=panel,
        period=period,
        method=way,
        made_at=now(),
        lines=_lines(brands, told[way.name], counted, channels, is_mixed=is_mixed),
        ranks=_ranks(brands, told),
        is_mixed=is_mixed,
    )


def _stop(brand: Brand, counted: _Counted, channels: Channels) -> str:
    """Say what keeps a brand from having figures at all, or nothing."""
    if not any(UUID(one) in channels for one in brand.channel_ids):
        return NO_ACCOUNT
    if is_unread(brand, counted.records):
        return UNREAD
    return "" if counted.seen_of(brand).covered.first else NOBODY


def _told(method: Method, brand: Brand, counted: _Counted, stops: Mapping[str, str]) -> Told:
    """Return a brand's figures, and why they cannot be ranked."""
    found = counted.figures.get((method.name, brand.name)) or Figures.none(method, brand.name)
    found = replace(found, is_silent=brand.name in counted.silent)
    stop = stops[brand.name]
    if not stop and is_half(brand, counted.records):
        return replace(found, response_rate=None), ONLY_ANSWERED
    return found, stop or found.caveat or ""


def _lines(
    brands: Sequence[Brand],
    told: Sequence[Told],
    counted: _Counted,
    channels: Channels,
    *,
    is_mixed: bool,
) -> list[Line]:
    found, shared = places(told), shared_channels(brands)
    records = [counted.seen_of(brand).covered for brand in brands]
    ranked = [place for place in found if place is not None]
    is_mixed = is_mixed or any(is_half(brand, counted.records) for brand in brands)
    mentions = 0 if is_mixed else sum(counted.seen_of(brand).mentions for brand in brands)
    lines = [
        Line(
            brand=brand,
            figures=figures,
            why=why,
            place=place,
            percentile=percentile(place, ranked),
            seen=(seen := counted.seen_of(brand)),
            voice=seen.mentions / mentions if mentions else None,
            tactics=counted.replies.get(brand.name) or Tactics(),
            notes=(
                *_notes(brand, shared, channels),
                *watched_notes(brand, counted.records),
                *seen.covered.gaps(records),
            ),
        )
        for brand, (figures, why), place in zip(brands, told, found, strict=True)
    ]
    return sorted(lines, key=lambda one: (one.place or len(lines) + 1, -one.figures.needs_reply))


def _notes(brand: Brand, shared: set[str], channels: Channels) -> tuple[str, ...]:
    here = [UUID(one) in channels for one in brand.channel_ids]
    gone = any(here) and not all(here)
    return tuple(
        words for words, holds in ((SHARED, shared & {*brand.channel_ids}), (GONE, gone)) if holds
    )


def _ranks(brands: Sequence[Brand], told: Mapping[str, Sequence[Told]]) -> list[Rank]:
    own = next((at for at, brand in enumerate(brands) if brand.is_own), None)
    if own is None:
        return []
    found = {method.name: places(told[method.name]) for method in ALL}
    return [
        Rank(
            method,
            found[method.name][own],
            sum(place is not None for place in found[method.name]),
            told[method.name][own][1],
        )
        for method in ALL
    ]


def _count(
    workspace_id: UUID,
    brands: Sequence[Brand],
    period: Period,
    horizon: datetime,
    counted: _Counted,
) -> None:
    """Count brands whose records end at the same moment, by every method, into `counted`."""
    pairs = [(one, brand.name) for brand in brands for one in brand.channel_ids]
    bounds = [bounds_of(counted.records.get(UUID(one)), horizon) for one, _name in pairs]
    values: dict[str, Any] = {
        "workspace": workspace_id,
        "channels": [one for one, _name in pairs],
        "names": [name for _one, name in pairs],
        "begins": [_naive(begins) for begins, _stops in bounds],
        "stops": [_naive(stops) for _begins, stops in bounds],
        "since": period.starts_at - LOOK_BACK,
        "starts": _naive(period.starts_at),
        "ends": _naive(period.ends_at),
        "horizon": _naive(horizon),
        "most": MOST_REPLIES,
        "channel": None,
        "network": None,
        "audience": "public",
        "historic": None,
    }
    rows.fetch(
        _MESSAGES.format(relation=relation_sql(_EVERY, watched=True), bystanders=BYSTANDERS),
        values,
        is_read=False,
    )
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARIES, values)
        names = [column.name for column in cursor.description or ()]
        for row in (dict(zip(names, one, strict=True)) for one in cursor.fetchall()):
            method = METHODS[row["method"]]
            counted.figures[method.name, row["brand"]] = Figures.of(method, row)
    rows.fetch("SET LOCAL enable_nestloop = on", {}, is_read=False)
    for brand, first, last, mentions, judged, positive, negative in rows.fetch(_SEEN, values):
        covered = Covered(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC))
        counted.seen[brand] = Seen(covered, mentions, Mood(judged, positive, negative))
    texts: dict[str, list[str]] = {}
    for brand, text in rows.fetch(_REPLIES, values):
        texts.setdefault(brand, []).append(text)
    counted.replies.update({brand: tactics_of(said) for brand, said in texts.items()})
    heard = {one for (one,) in rows.fetch(_SPOKEN, values)}
    counted.silent.update({brand.name for brand in brands} - heard)


def _summaries() -> str:
    """Return the statement that asks every method, one row for each brand and method."""
    asked = (
        (one.name, compose(one, "summary", scope=_MARK).replace("%", "%%").replace(
            _MARK, _SCOPE.format(window=one.ripe_after_s)
        ))
        for one in ALL
    )  # fmt: skip
    return " UNION ALL ".join(
        f"SELECT '{name}' AS method, said.* FROM ({sql}) AS said"  # noqa: S608  our own names
        for name, sql in asked
    )


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


_MARK: Final = "{scope}"
_EVERY: Final = _Every("every", 1, "", "")
_SUMMARIES: Final = _summaries()
