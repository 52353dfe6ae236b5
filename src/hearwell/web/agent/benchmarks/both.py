"""Service against marketing, in words and as a chart: one row a brand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from hearwell.voice.quadrant import Marketing, Place, Quadrant
from hearwell.voice.rules import MARKETING as CLASSES
from hearwell.voice.rules import METHOD, TITLES, PostClass
from hearwell.web.agent.benchmarks.faces import NOTHING, row_of, share
from hearwell.web.components.clocks import duration
from hearwell.web.components.numbers import grouped, two_decimals
from hearwell.web.components.quarters import Dot, quarters

MARKETING: Final = (
    "brand", "own", "needs_reply", "response_rate", "median_s", "posts", "days", "posts_a_day",
    *(one.value for one in (*CLASSES, PostClass.UNSURE)), "coupons", "answers", "reactions",
    "unranked_because",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BothFace:
    """One brand in words; `mix` in the order of the classes, unsure last."""

    name: str
    is_own: bool
    rate: str
    median: str
    n: str
    a_day: str
    posts: str
    mix: list[str]
    answers: str
    reactions: str
    is_small: bool


def quadrant_context(found: Quadrant) -> dict[str, Any]:
    """Return what the page and the paper show alike."""
    return {
        "both_rows": [_face(one) for one in found.places],
        "both_titles": [_(TITLES[one]) for one in (*CLASSES, PostClass.UNSURE)],
        "by_rate": quarters(
            [_dot(one, one.line.figures.response_rate) for one in found.places],
            (found.a_day, found.rate),
            _("Response rate against posts a day"),
            (_("posts a day"), _("response rate")),
            share,
        ),
        "by_wait": quarters(
            [_dot(one, one.line.figures.first_response_s.median) for one in found.places],
            (found.a_day, found.wait_s),
            _("Median time against posts a day"),
            (_("posts a day"), _("median time, the sooner the higher")),
            duration,
            is_upside_down=True,
        ),
        "both_method": _(METHOD),
    }


def _dot(one: Place, height: float | None) -> Dot:
    return Dot(
        one.line.brand.name, one.marketing.a_day, height, one.line.brand.is_own, one.is_small
    )


def _face(one: Place) -> BothFace:
    row, marketing = row_of(one.line), one.marketing
    return BothFace(
        name=row.name,
        is_own=row.is_own,
        rate=row.rate,
        median=row.median,
        n=row.n,
        a_day=_each(marketing.a_day),
        posts=grouped(marketing.n),
        mix=[_part(part, marketing) for _klass, part, _share in marketing.mix],
        answers=_each(marketing.answered),
        reactions=_each(marketing.liked),
        is_small=one.is_small,
    )


def _each(number: float | None) -> str:
    return NOTHING if number is None else two_decimals(number)


def _part(part: int, marketing: Marketing) -> str:
    return NOTHING if not marketing.n else share(part / marketing.n)


def marketing_table(found: Quadrant) -> Iterator[Sequence[Any]]:
    """Yield the figures as they are, one line a brand, under `MARKETING`."""
    for one in found.places:
        figures, said = one.line.figures, one.marketing
        yield (
            one.line.brand.name, one.line.brand.is_own, figures.needs_reply, figures.response_rate,
            figures.first_response_s.median, said.n, round(said.days, 2), said.a_day,
            *(n for _klass, n, _share in said.mix), said.tally.coupons, said.answers,
            said.reactions, one.line.why,
        )  # fmt: skip
