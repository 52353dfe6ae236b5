"""The figures of our own voice, each with its method, n and caveat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import EMPTY, Figure, figure_of, share
from hearwell.reports.rolling.cube import Span
from hearwell.reports.rolling.reading import midnight
from hearwell.voice.counting import (
    Account,
    Counted,
    Tally,
    Week,
    accounts_of,
    crowded_days,
    tally_of,
    weeks_of,
)
from hearwell.voice.queries import MOST_READ, Asked, Post, posts_of
from hearwell.voice.rules import METHOD, PostClass

MUCH_UNSURE: Final = 0.25
CUT: Final = _("only the newest posts that answer nobody were read")
UNSURE: Final = _("more than a quarter of them are unsure: look through those first")
FUTURE: Final = _("This period is not over.")


@dataclass(frozen=True, slots=True)
class Voice:
    """What the brand said in a period, of all accounts or some."""

    span: Span
    zone: str
    tally: Tally
    figures: list[Figure]
    weeks: list[Week]
    accounts: list[Account]
    posts: list[Post]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The documented object, posts aside."""
        return {
            "first": self.span.first,
            "last": self.span.last,
            "time_zone": self.zone,
            "method": METHOD,
            "notes": list(self.notes),
            "figures": [one.as_json() for one in self.figures],
            "by_week": [
                {"monday": one.monday, "days": one.days, **counts_of(one.tally)}
                for one in self.weeks
            ],
            "by_account": [
                {"channel_id": one.channel_id, "crowded_days": one.crowded, **counts_of(one.tally)}
                for one in self.accounts
            ],
        }


def counts_of(tally: Tally) -> dict[str, Any]:
    """Return the counts of a tally by their names."""
    return {
        "posts": tally.n,
        **{klass.value: tally.of(klass) for klass in PostClass},
        "automatic": tally.automatic,
        "coupons": tally.coupons,
        "care_share": tally.care_share,
        "coupon_share": tally.coupon_share,
    }


def asked_of(
    workspace: Workspace, span: Span, channel_id: UUID | None = None, *, is_public: bool = False
) -> Asked:
    """Return which posts are meant by whole days of a workspace."""
    zone = ZoneInfo(workspace.time_zone)
    return Asked(
        workspace.id,
        midnight(span.first, zone),
        midnight(span.last + timedelta(days=1), zone),
        workspace.time_zone,
        None if channel_id is None else [channel_id],
        is_public,
    )


def voice_of(
    workspace: Workspace, span: Span, channel_id: UUID | None = None, *, is_public: bool = False
) -> Voice:
    """Count what the brand said; one statement."""
    read = posts_of(asked_of(workspace, span, channel_id, is_public=is_public))
    today = now().astimezone(ZoneInfo(workspace.time_zone)).date()
    figures = list(_figures(read.counted, span))
    if read.is_cut:
        figures = [replace(one, caveat=one.caveat or CUT) for one in figures]
    return Voice(
        span=span,
        zone=workspace.time_zone,
        tally=tally_of(read.counted),
        figures=figures,
        weeks=weeks_of(read.counted, span.first, span.last),
        accounts=accounts_of(read.counted),
        posts=read.posts,
        notes=(FUTURE,) if span.last >= today else (),
    )


def _figures(counted: Sequence[Counted], span: Span) -> Iterator[Figure]:
    tally, days = tally_of(counted), len(span.days)
    yield figure_of(
        "care_share", _("Care share"), METHOD, tally.care_share, "share", tally.n,
    )  # fmt: skip
    yield _a_day("posts_a_day", _("Posts a day"), tally.n, days, tally.n,
        _("All posts and replies, by the days of the period: answers, marketing, what was written "
          "in the network itself. Not calls, notes, or what was deleted."))  # fmt: skip
    yield _a_day("others_a_day", _("Posts a day that answer nobody"), tally.others, days, tally.n,
        _("All but care, by the days of the period."))  # fmt: skip
    yield from _crowded(counted, tally.n, days)
    yield figure_of(
        "coupon_share", _("Coupon share"),
        _("Posts that offer a coupon, a code or a lower price, of those that answer nobody."),
        tally.coupon_share, "share", tally.others,
    )  # fmt: skip
    yield from _mix(tally)
    yield figure_of(
        "automatic_share", _("Automatic share of care"),
        _("Replies that no person wrote, of all care."),
        share(tally.automatic, tally.care), "share", tally.care,
    )  # fmt: skip


def _mix(tally: Tally) -> Iterator[Figure]:
    unsure = tally.of(PostClass.UNSURE)
    is_much = tally.others > 0 and unsure / tally.others > MUCH_UNSURE
    for klass, title in (
        (PostClass.INFORMATION, _("Information")),
        (PostClass.PROMOTION, _("Promotion")),
        (PostClass.ENTERTAINMENT, _("Entertainment")),
        (PostClass.UNSURE, _("Unsure")),
    ):
        yield figure_of(
            klass.value, title, _("Of the posts that answer nobody."),
            share(tally.of(klass), tally.others), "share", tally.others, UNSURE if is_much else "",
        )  # fmt: skip


def _crowded(counted: Sequence[Counted], n: int, days: int) -> Iterator[Figure]:
    words = _("Days on which one account posted more than once what answers nobody.")
    promoted = _("Days on which one account posted more than one promotion.")
    found = crowded_days(counted), crowded_days(counted, [PostClass.PROMOTION])
    for key, title, method, some in (
        ("crowded_days", _("Days with more than one"), words, found[0]),
        ("promotion_days", _("Days with two promotions or more"), promoted, found[1]),
    ):
        yield Figure(
            key, title, float(len(some)) if n else None, "n", days, method, "" if n else EMPTY
        )


def _a_day(key: str, title: str, posts: int, days: int, n: int, method: str) -> Figure:
    return Figure(key, title, posts / days if n else None, "n", n, method, "" if n else EMPTY)


RATES: Final = frozenset({"posts_a_day", "others_a_day"})
LIMIT: Final = MOST_READ
