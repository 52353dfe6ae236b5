"""Terms and posts as the listening pages show them: figures with their n, words marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.channels.queries import channels_of, searched_at
from hearwell.channels.telling import told
from hearwell.connect.contract import Searches
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.shares import Share
from hearwell.listening.models import Term, TermKind
from hearwell.listening.queries import FailedSearch, Sample, TermRow
from hearwell.listening.rules import Outcome, Reading, Span, Wanted, read
from hearwell.web.components.marks import badge_of

SHOWN: Final = 50
# Below this many a share would only look exact.
ENOUGH_TO_SAY: Final = 20
OUTCOMES: Final[dict[str, str | Promise]] = {
    Outcome.HIT.value: gettext_lazy("Taken in"),
    Outcome.UNLIKELY.value: gettext_lazy("Unlikely"),
    Outcome.EXCLUDED.value: gettext_lazy("Excluded"),
    Outcome.LANGUAGE.value: gettext_lazy("Another language"),
}
_WHY: Final[dict[str, str | Promise]] = {
    "named": gettext_lazy("says “%(word)s”"),
    "excluded": gettext_lazy("“%(word)s” is excluded"),
    "language": gettext_lazy("is in “%(word)s”, which is not among the languages"),
    "helps": gettext_lazy("“%(word)s” speaks for us"),
    "against": gettext_lazy("“%(word)s” speaks against us"),
    "care": gettext_lazy("“%(word)s” is what customers write of"),
    "tag": gettext_lazy("a hashtag made of several words"),
    "small": gettext_lazy("written small"),
    "capital": gettext_lazy("a capital inside the sentence"),
    "called": gettext_lazy("called by name"),
    "opens": gettext_lazy("opens the sentence"),
    "doing": gettext_lazy("“%(word)s” follows it"),
    "of_it": gettext_lazy("“%(word)s” stands beside it"),
    "longer_name": gettext_lazy("part of a longer name, with “%(word)s”"),
    "article": gettext_lazy("“%(word)s” stands before it"),
    "place": gettext_lazy("a place: “%(word)s” stands before it"),
    "verb": gettext_lazy("used as a verb, after “%(word)s”"),
    "dealing": gettext_lazy("“%(word)s” comes before it, and no article"),
}


@dataclass(frozen=True)
class TermFace:
    """A term as a row of the list."""

    id: UUID
    name: str
    kind: str
    phrases: str
    is_active: bool
    is_common: bool
    week: int
    left_out: int
    share: str
    precision: str
    judged: str
    missed: str
    troubles: list[Trouble]


@dataclass(frozen=True)
class Trouble:
    """That a term could not be looked for: where, since when, why, and what to do."""

    channel_id: UUID
    network: str
    since: datetime
    why: str
    to_do: str


_TO_DO: Final[dict[str, str | Promise]] = {
    "needs_reauth": gettext_lazy("Connect the account again."),
    "scope_missing": gettext_lazy("Connect the account again, with the right to search."),
    "account_disabled": gettext_lazy("See on the network what is the matter with the account."),
}


def _trouble(failed: FailedSearch) -> Trouble:
    """Put a failed search into words."""
    by_itself = _("It is tried again by itself; if it lasts, check the account.")
    return Trouble(
        channel_id=failed.channel.id,
        network=str(badge_of(failed.channel.network).title),
        since=failed.since,
        why=told(failed.message),
        to_do=str(_TO_DO.get(failed.code, by_itself)),
    )


def term_face(row: TermRow, failed: Iterable[FailedSearch] = ()) -> TermFace:
    """Put a term and its figures into words."""
    term = row.term
    return TermFace(
        id=term.id,
        name=term.name,
        kind=str(TermKind(term.kind).label),
        phrases=", ".join(term.phrases),
        is_active=term.is_active,
        is_common=term.is_common,
        week=row.week,
        left_out=row.left_out,
        share=_share(row.share),
        precision=_share(row.precision),
        judged=_judged(row.precision),
        missed=_missed(row.missed),
        troubles=[_trouble(one) for one in failed],
    )


def _share(share: Share) -> str:
    """Return percent where there are enough to say so, else the bare counts."""
    if share.value is None:
        return "–"  # noqa: RUF001  a dash for "none yet"
    if share.n < ENOUGH_TO_SAY:
        return _("%(right)s of %(n)s") % {"right": share.right, "n": share.n}
    return _("%(percent)s %%") % {"percent": round(100 * share.value)}


def _judged(share: Share) -> str:
    if share.interval is None:
        return _("nobody has judged its hits yet")
    low, high = (round(100 * one) for one in share.interval)
    words = ngettext(
        "%(n)s judged, surely between %(low)s and %(high)s %%",
        "%(n)s judged, surely between %(low)s and %(high)s %%",
        share.n,
    )
    return words % {"n": share.n, "low": low, "high": high}


def _missed(count: int) -> str:
    if not count:
        return ""
    words = ngettext("%(n)s left out was about us", "%(n)s left out were about us", count)
    return words % {"n": count}


# --- the preview ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostFace:
    """A post with the words that counted marked, and why."""

    hit_id: UUID | None
    case_id: UUID | None
    author: str
    said_at: datetime
    text: SafeString
    language: str
    permalink: str
    outcome: str
    why: str
    judgement: str


@dataclass(frozen=True)
class OutcomeCount:
    """How many posts have one outcome."""

    value: str
    label: str
    count: int
    is_shown: bool


@dataclass(frozen=True)
class Preview:
    """What a term would do with the newest posts: all of them counted, some of them shown."""

    looked_at: int
    counts: list[OutcomeCount]
    posts: list[PostFace]
    left: int
    can_judge: bool


def preview_of(
    wanted: Wanted, samples: Sequence[Sample], shown: str, *, can_judge: bool
) -> Preview:
    """Read every sample with the term and show those of one outcome."""
    readings = [read(wanted, one.text, one.language or None) for one in samples]
    counts = Counter(reading.outcome.value for reading in readings)
    chosen = shown if shown in OUTCOMES else Outcome.HIT.value
    found = [
        (sample, reading)
        for sample, reading in zip(samples, readings, strict=True)
        if reading.outcome.value == chosen
    ]
    return Preview(
        looked_at=len(samples),
        counts=[
            OutcomeCount(value, str(label), counts[value], value == chosen)
            for value, label in OUTCOMES.items()
        ],
        posts=[_post(sample, reading) for sample, reading in found[:SHOWN]],
        left=max(0, len(found) - SHOWN),
        can_judge=can_judge,
    )


def _post(sample: Sample, reading: Reading) -> PostFace:
    judgement = {True: "yes", False: "no", None: ""}[sample.is_about_us]
    return PostFace(
        hit_id=sample.hit_id,
        case_id=sample.case_id,
        author=sample.author_name or _("Somebody"),
        said_at=sample.said_at,
        text=_marked(sample.text, reading.spans),
        language=sample.language,
        permalink=sample.permalink if sample.permalink.startswith("https://") else "",
        outcome=str(OUTCOMES[reading.outcome.value]),
        why=_why(reading),
        judgement=judgement,
    )


def _marked(text: str, spans: Iterable[Span]) -> SafeString:
    """Return a text with stretches marked; those that overlap are marked together."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for span in spans:
        if span.end <= at:
            continue
        start = max(span.start, at)
        pieces.append((text[at:start], text[start : span.end]))
        at = span.end
    marked = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}", marked, text[at:])


def _why(reading: Reading) -> str:
    """Return the reasons in one line, each once, the weightiest first."""
    reasons = sorted(reading.reasons, key=lambda reason: -abs(reason.weight))
    lines = [str(_WHY.get(one.code, one.code)) % {"word": one.word} for one in reasons]
    return "; ".join(dict.fromkeys(lines))


# --- what can be searched ------------------------------------------------------------------------


@dataclass(frozen=True)
class NetworkChoice:
    """A network of ours, and whether its words can be looked for."""

    value: str
    title: str
    can_search: bool
    is_chosen: bool
    looked_at: datetime | None = None


def networks_for(workspace_id: UUID, chosen: Iterable[str]) -> list[NetworkChoice]:
    """Return the networks on which the workspace has accounts; two queries."""
    wanted = set(chosen)
    names = dict.fromkeys(channel.network for channel in channels_of(workspace_id))
    looked = searched_at(workspace_id)
    return [
        NetworkChoice(
            name, str(badge_of(name).title), _searches(name), name in wanted, looked.get(name)
        )
        for name in names
    ]


def _searches(network: str) -> bool:
    try:
        return isinstance(connector_for(network), Searches)
    except UnknownNetworkError:
        return False


def blank_term() -> Term:
    """Return a term before anything is filled in."""
    return Term(name="", version=0)
