"""What the brand says, in words: figures, weeks, accounts, posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.channels.models import Channel
from hearwell.reports.overview.figure import Figure
from hearwell.reports.study.figures import SMALL
from hearwell.voice.counting import Account, Tally, Week
from hearwell.voice.figures import RATES, Voice, counts_of
from hearwell.voice.people import People
from hearwell.voice.queries import ANSWERS, Post
from hearwell.voice.rules import TITLES, PostClass
from hearwell.web.agent.reports.faces import FigureFace, face_of, share_words
from hearwell.web.components.numbers import grouped, two_decimals

CLASSES: Final = tuple(PostClass)
_GROUPS: Final[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = (
    (
        gettext_lazy("Care and the rest"),
        ("care_share", "posts_a_day", "others_a_day", "automatic_share"),
    ),
    (
        gettext_lazy("What answers nobody"),
        ("information", "promotion", "entertainment", "unsure", "coupon_share"),
    ),
    (gettext_lazy("More than one a day"), ("crowded_days", "promotion_days")),
)
# By these a post is care, whatever it says.
_WHY: Final[dict[str, str | Promise]] = {
    ANSWERS: gettext_lazy("it answers somebody"),
    "names": gettext_lazy("it begins with somebody's name"),
}
_PER_POST: Final = frozenset({"reactions", "answers"})


@dataclass(frozen=True, slots=True)
class LineFace:
    """A week or an account in words; `counts` by class in the order of `CLASSES`."""

    label: str
    note: str
    network: str
    posts: str
    counts: list[str]
    care: str
    coupons: str
    crowded: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class PostFace:
    """A post in words; `klass` is its class's key, `why` what decided."""

    id: UUID
    case_id: UUID | None
    network: str
    handle: str
    sent_at: datetime
    text: str
    link: str
    klass: str
    title: str
    why: str
    can_undo: bool


def groups_of(found: Voice) -> Iterator[tuple[str, list[FigureFace]]]:
    """Yield the title and the figures of each card."""
    by_key = {one.key: one for one in found.figures}
    for title, keys in _GROUPS:
        yield str(title), [figure_face(by_key[key]) for key in keys]


def figure_face(one: Figure) -> FigureFace:
    """Put a figure into words; what is so many a day, or a post, with two decimals."""
    face = face_of(one)
    if one.value is not None and one.key in RATES | _PER_POST:
        face = replace(face, value=two_decimals(one.value))
    if one.key.endswith("_days"):
        face = replace(face, how=_("of %(n)s days") % {"n": grouped(one.n)})
    return face


def week_face(one: Week, dated: str) -> LineFace:
    """Put a week into words."""
    note = "" if one.is_whole else _("%(n)s of 7 days") % {"n": one.days}
    return replace(_line(dated, one.tally), note=note)


def account_face(one: Account, channels: Mapping[UUID, Channel]) -> LineFace:
    """Put an account into words."""
    channel = channels.get(one.channel_id)
    face = _line(channel.handle if channel else _("no longer there"), one.tally)
    network = channel.network if channel else ""
    return replace(face, network=network, crowded=grouped(one.crowded))


def _line(label: str, tally: Tally) -> LineFace:
    return LineFace(
        label=label,
        note="",
        network="",
        posts=grouped(tally.n),
        counts=[grouped(tally.of(klass)) for klass in CLASSES],
        care=share_words(tally.care_share, tally.n),
        coupons=share_words(tally.coupon_share, tally.others),
        crowded="",
        is_small=tally.n < SMALL,
    )


def post_faces(posts: Iterable[Post], channels: Mapping[UUID, Channel]) -> list[PostFace]:
    """Put posts into words."""
    return [_post(one, channels.get(one.channel_id)) for one in posts]


def _post(one: Post, channel: Channel | None) -> PostFace:
    return PostFace(
        id=one.id,
        case_id=one.case_id,
        network=one.network,
        handle=channel.handle if channel else "",
        sent_at=one.sent_at,
        text=one.text,
        link=one.link,
        klass=one.klass.value,
        title=_(TITLES[one.klass]),
        why=_why(one),
        can_undo=one.can_undo,
    )


def _why(one: Post) -> str:
    if one.ruled:
        return _("a person said so")
    if one.why:
        return str(_WHY[one.why])
    if not one.told.words:
        return _("none of the words that we know")
    if one.klass is not PostClass.UNSURE:
        return ", ".join(f"“{word}”" for _klass, word in one.told.words)
    return ", ".join(f"“{word}” ({_(TITLES[klass])})" for klass, word in one.told.words)


SHEET: Final = ("section", "what", "figure", "value", "unit", "n", "caveat", "method")
POSTS: Final = (
    "id", "sent_at", "network", "account", "class", "told_by_words", "words", "is_coupon",
    "corrected", "text",
)  # fmt: skip


def sheet_of(found: Voice, channels: Mapping[UUID, Channel]) -> Iterator[Sequence[Any]]:
    """Yield all figures as a long table; numbers bare, texts in English."""
    yield from _figures("total", found.figures)
    for week in found.weeks:
        yield from _cells("by_week", week.monday.isoformat(), week.tally)
    for one in found.accounts:
        channel = channels.get(one.channel_id)
        what = f"{channel.network}:{channel.handle}" if channel else ""
        yield from _cells("by_account", what, one.tally)
        yield ("by_account", what, "crowded_days", one.crowded, "n", len(found.span.days), "", "")


def people_sheet(found: People) -> Iterator[Sequence[Any]]:
    """Yield influence, loyalty and engagement as a long table."""
    yield from _figures("loyalty", [found.loyalty])
    yield from _figures("engagement", found.engagement)
    names = {one.channel.id: str(one.channel) for one in found.followed}
    for day in found.by_day:
        what = f"{names.get(day.channel_id, '')} {day.day}"
        yield ("followers", what, "followers", day.followers, "n", day.followers, "", "")
    for week in found.weeks:
        what = week.monday.isoformat()
        yield ("by_week", what, "mentions", week.messages, "n", week.messages, "", "")
        yield ("by_week", what, "people", week.people, "n", week.people, "", "")


def _figures(section: str, figures: Iterable[Figure]) -> Iterator[Sequence[Any]]:
    for one in figures:
        yield (section, "", one.key, one.value, one.unit, one.n, one.caveat, one.method)


def _cells(section: str, what: str, tally: Tally) -> Iterator[Sequence[Any]]:
    for key, value in counts_of(tally).items():
        unit = "share" if key.endswith("_share") else "n"
        n = tally.others if key == "coupon_share" else tally.n
        yield (section, what, key, value, unit, n, "", "")


def posts_sheet(posts: Iterable[Post], channels: Mapping[UUID, Channel]) -> Iterator[Sequence[Any]]:
    """Yield posts that answer nobody, with the words that decided."""
    for one in posts:
        channel = channels.get(one.channel_id)
        words = "; ".join(f"{klass.value}: {word}" for klass, word in one.told.words)
        yield (
            one.id, one.sent_at.isoformat(), one.network, channel.handle if channel else "",
            one.klass.value, one.told.klass.value, words, one.told.is_coupon, one.ruled, one.text,
        )  # fmt: skip
