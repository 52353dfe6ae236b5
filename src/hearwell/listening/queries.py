"""Reads of listening. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s
from typing import Final
from uuid import UUID

from django.db.models import Sum

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.queries import failing_searches
from hearwell.channels.searching import Search
from hearwell.connect.model import InboundMessage
from hearwell.connect.registry import connector_for
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.shares import Share
from hearwell.listening.models import Hit, ListeningChoice, Term, TermDay
from hearwell.listening.tokens import folded, words_in

LOOKED_AT: Final = 500
WEEK, MONTH = timedelta(days=7), timedelta(days=28)
_FIGURES = """
    SELECT t.id, coalesce(d.week, 0), coalesce(d.month, 0), coalesce(d.left_out, 0),
        coalesce(j.right_ones, 0), coalesce(j.judged, 0), coalesce(j.missed, 0)
    FROM listening_term t
    LEFT JOIN (
        SELECT term_id, sum(taken) FILTER (WHERE day > %(week)s) AS week, sum(taken) AS month,
            sum(unlikely + excluded + language) AS left_out
        FROM listening_termday WHERE workspace_id = %(workspace)s AND day > %(month)s
        GROUP BY term_id) d ON d.term_id = t.id
    LEFT JOIN (
        SELECT term_id, count(*) FILTER (WHERE outcome = 'hit' AND is_about_us) AS right_ones,
            count(*) FILTER (WHERE outcome = 'hit') AS judged,
            count(*) FILTER (WHERE outcome <> 'hit' AND is_about_us) AS missed
        FROM listening_hit WHERE workspace_id = %(workspace)s AND is_about_us IS NOT NULL
        GROUP BY term_id) j ON j.term_id = t.id
    WHERE t.workspace_id = %(workspace)s
"""
# The newest of what was found and left out, and of what stands in the inbox for all to see.
_LATEST = """
    SELECT * FROM (
        (SELECT h.id, NULL::uuid AS case_id, h.text, h.language, h.author_name, h.permalink,
            h.said_at, h.is_about_us
         FROM listening_hit h
         WHERE h.workspace_id = %(workspace)s AND h.message_id IS NULL
         ORDER BY h.said_at DESC LIMIT %(most)s)
        UNION ALL
        (SELECT h.id, m.case_id, m.text, m.language, m.author_name, m.permalink, m.sent_at,
            h.is_about_us
         FROM conversations_message m
         LEFT JOIN listening_hit h ON h.workspace_id = m.workspace_id
            AND h.channel_id = m.channel_id AND h.remote_id = m.remote_id
         WHERE m.workspace_id = %(workspace)s AND m.direction = 'in' AND m.audience = 'public'
            AND m.deleted_at IS NULL
         ORDER BY m.sent_at DESC LIMIT %(most)s)
    ) x ORDER BY said_at DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term with its figures. `share` is of all that was taken in, in four weeks.

    `precision` is that of the hits people judged. `left_out` were found in four weeks and not
    taken in; `missed` of what was left out people judged to be about us.
    """

    term: Term
    week: int
    month: int
    left_out: int
    share: Share
    precision: Share
    missed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A post to try a term on. `hit_id` if a term found it, `case_id` if it is in the inbox."""

    hit_id: UUID | None
    case_id: UUID | None
    text: str
    language: str
    author_name: str
    permalink: str
    said_at: datetime
    is_about_us: bool | None


def active_terms(workspace_id: UUID) -> list[Term]:
    """Return what is listened for now, the oldest term first."""
    return list(Term.objects.filter(workspace_id=workspace_id, is_active=True).order_by("id"))


def term_by_id(workspace_id: UUID, term_id: UUID) -> Term | None:
    """Return a term of the workspace, or None."""
    return Term.objects.filter(workspace_id=workspace_id, id=term_id).first()


def term_rows(workspace_id: UUID) -> list[TermRow]:
    """Return all terms by name with their figures, in two queries."""
    today = now().date()
    parameters = {"workspace": workspace_id, "week": today - WEEK, "month": today - MONTH}
    figures = {row[0]: row[1:] for row in rows.fetch(_FIGURES, parameters)}
    total = sum(row[1] for row in figures.values())
    terms = Term.objects.filter(workspace_id=workspace_id, id__in=list(figures)).order_by("name")
    return [_row(term, figures[term.id], total) for term in terms]


@dataclass(frozen=True, slots=True)
class FailedSearch:
    """A term could not be looked for on a network: since when, and why."""

    channel: Channel
    since: datetime
    code: str
    message: str


def failed_searches(workspace_id: UUID, terms: Iterable[Term]) -> dict[UUID, list[FailedSearch]]:
    """Return term id -> where it cannot be looked for just now, one for each account; one query."""
    failing = failing_searches(workspace_id)
    found: dict[UUID, list[FailedSearch]] = {}
    for term in terms if failing else ():
        keys = _streams_of(term, {row.channel.network for row in failing})
        told: dict[UUID, FailedSearch] = {}
        for row in failing:
            if term.is_active and row.stream in keys.get(row.channel.network, ()):
                since = row.failing_since or row.polled_at
                failed = FailedSearch(row.channel, since, row.failure_code, row.failure_message)
                told.setdefault(row.channel.id, failed)
        found[term.id] = list(told.values())
    return found


def _streams_of(term: Term, networks: Iterable[str]) -> dict[str, set[str]]:
    """Return network -> the streams of a term's searches there."""
    return {
        network: {Search(_key(word), word).stream for word in _asked(term, network)}
        for network in networks
        if term.is_for(network)
    }


def _row(term: Term, figures: Sequence[int], total: int) -> TermRow:
    week, month, left_out, right, judged, missed = figures
    return TermRow(term, week, month, left_out, Share(month, total), Share(right, judged), missed)


def latest_posts(workspace_id: UUID) -> list[Sample]:
    """Return the newest five hundred public posts we know of, taken in or not; one query."""
    found = rows.fetch(_LATEST, {"workspace": workspace_id, "most": LOOKED_AT})
    return [Sample(*row) for row in found]


def may_answer_untagged(workspace_id: UUID) -> bool:
    """Say whether people may answer who did not address us: not until an owner has allowed it."""
    chosen = ListeningChoice.objects.filter(workspace_id=workspace_id, may_answer_untagged=True)
    return chosen.exists()


def hits_of_case(workspace_id: UUID, case_id: UUID) -> list[Hit]:
    """Return what was found of a case, with its terms, oldest first."""
    hits = Hit.objects.select_related("term").filter(workspace_id=workspace_id, case_id=case_id)
    return list(hits.order_by("said_at", "id"))


# --- what the networks are asked -----------------------------------------------------------------


def searches_of(channel: Channel) -> list[Search]:
    """Return what this account looks for: nothing where another one of its network does."""
    terms = [term for term in active_terms(channel.workspace_id) if term.is_for(channel.network)]
    if not terms or not _is_the_one(channel):
        return []
    words = dict.fromkeys(word for term in terms for word in _asked(term, channel.network))
    return [Search(_key(word), word) for word in words]


def _is_the_one(channel: Channel) -> bool:
    """Of several accounts on one network the oldest looks: what all of them find is the same."""
    if channel.state != ChannelState.ACTIVE:
        return False
    here = Channel.objects.filter(
        workspace_id=channel.workspace_id, network=channel.network, state=ChannelState.ACTIVE
    )
    return here.order_by("id").values_list("id", flat=True).first() == channel.id


def _asked(term: Term, network: str) -> list[str]:
    """Return what to ask: each phrase, and its hashtag where that is looked up apart."""
    words = list(term.phrases)
    if connector_for(network).manifest.searches_tags_apart:
        words += [f"#{''.join(words_in(phrase))}" for phrase in term.phrases]
    return words


def _key(words: str) -> str:
    return blake2s(folded(words).encode(), digest_size=9).hexdigest()


def is_addressed(item: InboundMessage, channel: Channel) -> bool:
    """Say whether a post that was found by its words addresses us after all."""
    ours = {channel.external_id.casefold(), channel.handle.lstrip("@").casefold()} - {""}
    named = {e.target.lstrip("@").casefold() for e in item.entities if e.kind == "mention"}
    return not ours.isdisjoint(named | {one.lstrip("@").casefold() for one in item.addressed_to})


def own_authors(channel: Channel) -> set[str]:
    """Return the external ids of all our accounts on this network: they do not speak of us."""
    accounts = Channel.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    return set(accounts.values_list("external_id", flat=True))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was found on a day (UTC) by its words and not taken in, by reason."""

    day: date
    unlikely: int
    excluded: int
    language: int


def left_out_by_day(workspace_id: UUID, since: date) -> list[LeftOut]:
    """Return what was not taken in, by day; one query."""
    days = TermDay.objects.filter(workspace_id=workspace_id, day__gte=since).values("day")
    summed = days.annotate(u=Sum("unlikely"), e=Sum("excluded"), other=Sum("language"))
    return [LeftOut(*row) for row in summed.order_by("day").values_list("day", "u", "e", "other")]
