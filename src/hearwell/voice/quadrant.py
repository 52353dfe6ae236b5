"""Service against marketing: the brands of a panel by how they answer and by how they post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import UUID

from hearwell.benchmarks.league import League, Line
from hearwell.reports.study.figures import SMALL
from hearwell.voice.counting import Counted, Tally, grouped, tally_of
from hearwell.voice.people import engaged_with, told_reactions
from hearwell.voice.queries import Asked, Post, posts_of
from hearwell.voice.rules import MARKETING, PostClass

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Marketing:
    """What a brand posts that answers nobody, over `days` of its record within the period.

    `answers` are to all of those posts; `reactions` to the `reacted` of them of whose accounts any
    was ever told, None where of none.
    """

    tally: Tally = field(default_factory=Tally)
    days: float = 0.0
    answers: int = 0
    reactions: int | None = None
    reacted: int = 0

    @property
    def n(self) -> int:
        """How many posts."""
        return self.tally.others

    @property
    def a_day(self) -> float | None:
        """Posts a day; None where the record has no length."""
        return self.n / self.days if self.days else None

    @property
    def mix(self) -> list[tuple[PostClass, int, float | None]]:
        """Class, how many, share of `n`."""
        some = [(klass, self.tally.of(klass)) for klass in (*MARKETING, PostClass.UNSURE)]
        return [(klass, n, n / self.n if self.n else None) for klass, n in some]

    @property
    def answered(self) -> float | None:
        """Answers a post; None without posts."""
        return self.answers / self.n if self.n else None

    @property
    def liked(self) -> float | None:
        """Reactions a post; None where no network tells of any."""
        return None if self.reactions is None else self.reactions / self.reacted


@dataclass(frozen=True, slots=True)
class Place:
    """A brand on the two axes: `line` is its service, `marketing` what it posts."""

    line: Line
    marketing: Marketing

    @property
    def is_small(self) -> bool:
        """Whether one of the two was counted on too few, or cannot be compared."""
        return bool(self.line.why) or self.marketing.n < SMALL


@dataclass(frozen=True, slots=True)
class Quadrant:
    """All brands. The lines between the quarters are the medians of those that are compared.

    Each is None where fewer than two brands are.
    """

    places: list[Place]
    rate: float | None
    wait_s: float | None
    a_day: float | None


def quadrant_of(league: League, zone: str) -> Quadrant:
    """Set what the brands of a league post beside how they answer; two statements."""
    ids = {UUID(one) for line in league.lines for one in line.brand.channel_ids}
    period = league.period
    read = posts_of(
        Asked(
            league.panel.workspace_id, period.starts_at, period.ends_at, zone, ids, is_public=True
        )
    )
    by_channel = grouped(read.counted, lambda one: one.channel_id)
    posts = [one for one in read.posts if one.klass is not PostClass.CARE]
    done = engaged_with(league.panel.workspace_id, [one.id for one in posts])
    alone: dict[UUID, list[Post]] = {}
    for one in posts:
        alone.setdefault(one.channel_id, []).append(one)
    places = [Place(line, _marketing(line, by_channel, alone, done)) for line in league.lines]
    return _divided(places)


def _marketing(
    line: Line,
    by_channel: Mapping[UUID, list[Counted]],
    alone: Mapping[UUID, list[Post]],
    done: Mapping[UUID, Any],
) -> Marketing:
    ids = [UUID(one) for one in line.brand.channel_ids]
    covered = line.seen.covered
    days = 0.0
    if covered.first and covered.last:
        days = max(1.0, (covered.last - covered.first).total_seconds() / _DAY_S)
    engaged = [done[post.id] for one in ids for post in alone.get(one, ()) if post.id in done]
    return Marketing(
        tally_of(counted for one in ids for counted in by_channel.get(one, ())),
        days,
        sum(one.answers for one in engaged),
        *(told_reactions(engaged) or (None, 0)),
    )


def _divided(places: list[Place]) -> Quadrant:
    compared = [one for one in places if not one.is_small]
    rates = [one.line.figures.response_rate for one in compared]
    waits = [one.line.figures.first_response_s.median for one in compared]
    days = [one.marketing.a_day for one in compared]
    return Quadrant(places, *(_middle(some) for some in (rates, waits, days)))


def _middle(values: list[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return median(known) if len(known) > 1 else None
