"""Who hears the brand and who comes back: influence by week, loyalty apart from engagement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel, ChannelState, Following
from hearwell.kit import rows
from hearwell.kit.marking import marked as _
from hearwell.promotions.rules import NO_MATTER
from hearwell.reports.overview.figure import EMPTY, FEW, Figure, figure_of, share
from hearwell.reports.rolling.cube import Span
from hearwell.reports.study.figures import SMALL
from hearwell.voice.counting import monday_of
from hearwell.voice.figures import asked_of
from hearwell.voice.queries import Asked, posts_of

UNTOLD: Final = _("no network told us of a reaction")
NOT_SOLVED: Final = (*NO_MATTER, "archived", "own_post", "merged")
_HEARD: Final = """
    SELECT date_trunc('week', m.sent_at AT TIME ZONE %(zone)s)::date, count(*),
        count(DISTINCT coalesce(m.author_identity_id::text, m.author_name))
    FROM conversations_message m
    WHERE m.workspace_id = %(place)s AND m.direction = 'in' AND m.audience = 'public'
        AND m.deleted_at IS NULL AND m.sent_at >= %(from)s AND m.sent_at < %(to)s
        AND (%(channels)s::uuid[] IS NULL OR m.channel_id = ANY(%(channels)s))
    GROUP BY 1
"""
# Of those who wrote in the period: who had a case solved before, that stayed so, and wrote now
# about something else. Who comes back because it is not solved does not come back for love.
_CAME: Final = """
    WITH came AS (
        SELECT i.contact_id, min(m.sent_at) AS first_at, array_agg(DISTINCT m.case_id) AS cases
        FROM conversations_message m
        JOIN contacts_identity i ON i.workspace_id = m.workspace_id AND i.id = m.author_identity_id
        WHERE m.workspace_id = %(place)s AND m.direction = 'in' AND m.kind <> 'note'
            AND m.stage = '' AND m.deleted_at IS NULL AND NOT m.is_historic
            AND m.sent_at >= %(from)s AND m.sent_at < %(to)s
            AND (%(channels)s::uuid[] IS NULL OR m.channel_id = ANY(%(channels)s))
        GROUP BY 1
    )
    SELECT count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM conversations_case c
        JOIN LATERAL (
            SELECT f.is_closing, f.reason FROM reports_resolutionfact f
            WHERE f.workspace_id = c.workspace_id AND f.case_id = c.id AND f.at < came.first_at
            ORDER BY f.at DESC, f.case_version DESC LIMIT 1
        ) last ON last.is_closing AND last.reason <> ALL(%(not_solved)s)
        WHERE c.workspace_id = %(place)s AND c.contact_id = came.contact_id AND c.stage = ''
            AND c.opened_at < %(from)s AND c.id <> ALL(came.cases)
    )) FROM came
"""
# Of some posts of ours: what was done with each. An account of which no reaction was ever told is
# not one that nobody likes: its reactions are not known.
_ENGAGED: Final = """
    SELECT o.id, CASE WHEN EXISTS (SELECT FROM conversations_reaction r
            WHERE r.workspace_id = o.workspace_id AND r.channel_id = o.channel_id)
        THEN (SELECT count(*) FROM conversations_reaction r
            WHERE r.workspace_id = o.workspace_id AND r.channel_id = o.channel_id
                AND r.target_remote_id = o.remote_id AND r.reaction <> '') END,
        (SELECT count(*) FROM conversations_message a
            WHERE a.workspace_id = o.workspace_id AND a.case_id = o.case_id
                AND a.conversation_id = o.conversation_id AND a.direction = 'in'
                AND a.parent_remote_id = o.remote_id AND a.deleted_at IS NULL)
    FROM conversations_message o
    WHERE o.workspace_id = %(place)s AND o.id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said to us or about us in public in a week from Monday on, by how many people."""

    monday: date
    messages: int
    people: int


@dataclass(frozen=True, slots=True)
class Followed:
    """An account of ours and how many followed it on the first and last day that it was told."""

    channel: Channel
    days: int = 0
    first_on: date | None = None
    first: int = 0
    last_on: date | None = None
    last: int = 0

    @property
    def is_told(self) -> bool:
        """Whether its network said it on any day."""
        return self.days > 0

    @property
    def change(self) -> int | None:
        """How many more follow it than on the first day; None where there was only one."""
        return self.last - self.first if self.days > 1 else None


@dataclass(frozen=True, slots=True)
class Engaged:
    """What was done with a post of ours; `reactions` is None where its network tells of none."""

    reactions: int | None = None
    answers: int = 0


def told_reactions(engaged: Iterable[Engaged]) -> tuple[int, int] | None:
    """Return how many reactions to how many posts; None where no network tells of any."""
    known = [one.reactions for one in engaged if one.reactions is not None]
    return (sum(known), len(known)) if known else None


@dataclass(frozen=True, slots=True)
class People:
    """Influence, loyalty and engagement of a period. The last two are never added."""

    span: Span
    followed: list[Followed]
    by_day: list[Following]
    weeks: list[Heard]
    loyalty: Figure
    engagement: list[Figure]

    def as_json(self) -> dict[str, Any]:
        """The documented object."""
        return {
            "first": self.span.first,
            "last": self.span.last,
            "followers": [
                {"channel_id": one.channel_id, "day": one.day, "followers": one.followers}
                for one in self.by_day
            ],
            "not_told": [one.channel.id for one in self.followed if not one.is_told],
            "by_week": [
                {"monday": one.monday, "messages": one.messages, "people": one.people}
                for one in self.weeks
            ],
            "loyalty": self.loyalty.as_json(),
            "engagement": [one.as_json() for one in self.engagement],
        }


def people_of(workspace: Workspace, span: Span, channel_id: UUID | None = None) -> People:
    """Count who hears us, who comes back, and what is done with our posts; six statements."""
    asked = asked_of(workspace, span, channel_id)
    by_day = _by_day(asked, span)
    return People(
        span=span,
        followed=_followed(asked, by_day),
        by_day=by_day,
        weeks=_weeks(asked, span),
        loyalty=_loyalty(asked),
        engagement=_engagement(asked),
    )


def engaged_with(workspace_id: UUID, ids: Collection[UUID]) -> dict[UUID, Engaged]:
    """Return what was done with each of some posts of ours; one statement, none for none."""
    if not ids:
        return {}
    found = rows.fetch(_ENGAGED, {"place": workspace_id, "ids": list(ids)})
    return {one: Engaged(reactions, answers) for one, reactions, answers in found}


def _by_day(asked: Asked, span: Span) -> list[Following]:
    known = Following.objects.filter(
        workspace_id=asked.workspace_id, day__gte=span.first, day__lte=span.last
    )
    if asked.channel_ids is not None:
        known = known.filter(channel_id__in=asked.channel_ids)
    return list(known.order_by("day", "channel_id"))


def _followed(asked: Asked, by_day: list[Following]) -> list[Followed]:
    """Return every account that customers can write to, also those of which nothing is told."""
    there = Channel.objects.filter(workspace_id=asked.workspace_id)
    there = there.exclude(state__in=[ChannelState.DISCONNECTED, ChannelState.READ_ONLY])
    if asked.channel_ids is not None:
        there = there.filter(id__in=asked.channel_ids)
    told: dict[UUID, list[Following]] = {}
    for one in by_day:
        told.setdefault(one.channel_id, []).append(one)
    return [_span_of(one, told.get(one.id, [])) for one in there.order_by("network", "handle")]


def _span_of(channel: Channel, days: list[Following]) -> Followed:
    if not days:
        return Followed(channel)
    first, last = days[0], days[-1]
    return Followed(channel, len(days), first.day, first.followers, last.day, last.followers)


def _weeks(asked: Asked, span: Span) -> list[Heard]:
    found: Mapping[date, tuple[int, int]] = {
        monday: (messages, people) for monday, messages, people in rows.fetch(_HEARD, asked.values)
    }
    monday, weeks = monday_of(span.first), []
    while monday <= span.last:
        weeks.append(Heard(monday, *found.get(monday, (0, 0))))
        monday += timedelta(days=7)
    return weeks


def _loyalty(asked: Asked) -> Figure:
    ((people, back),) = rows.fetch(_CAME, asked.values | {"not_solved": list(NOT_SOLVED)})
    return figure_of(
        "came_back", _("People who came back"),
        _("Of the people who wrote to us in this period, those who had a case solved before it, "
          "that stayed solved, and wrote about something else now. Live cases; people by what "
          "links their accounts."),
        share(back, people), "share", people,
    )  # fmt: skip


def _engagement(asked: Asked) -> list[Figure]:
    posts = posts_of(asked).posts
    done = engaged_with(asked.workspace_id, [one.id for one in posts])
    answers, (reactions, n) = (
        sum(one.answers for one in done.values()),
        told_reactions(done.values()) or (0, 0),
    )
    return [
        _each(
            "reactions", _("Reactions to a post"), reactions, n,
            _("Likes and the like, by the posts of this period that answer nobody, of accounts of "
              "which any reaction was ever told. Shares no network tells."),
            UNTOLD if posts else EMPTY,
        ),
        _each(
            "answers", _("Answers to a post"), answers, len(posts),
            _("Messages right below such a post, by such posts."), EMPTY,
        ),
    ]  # fmt: skip


def _each(key: str, title: str, done: int, n: int, method: str, otherwise: str) -> Figure:
    """So many a post, which may be more than one: no share. `otherwise`: why it cannot be said."""
    caveat = otherwise if not n else FEW if n < SMALL else ""
    return Figure(key, title, done / n if n else None, "n", n, method, caveat)
