"""What people did after a contact, in words and as a table to take along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.outcomes.rules import LEAST, SPEEDS, Outcome, Report, Window
from hearwell.reports.study.figures import SMALL
from hearwell.surveys.rules import FAST, NEVER, SLOW
from hearwell.web.agent.asking.results import between, percent
from hearwell.web.components.numbers import grouped, one_decimal

HEAD: Final = (
    "outcome", "within_days", "answered", "n", "did", "share", "low", "high", "difference_to_never",
    "difference_low", "difference_high", "left_out", "note",
)  # fmt: skip
GROUPS: Final[dict[str, str | Promise]] = {
    FAST: gettext_lazy("Answered within an hour"),
    SLOW: gettext_lazy("Answered later, within a day"),
    NEVER: gettext_lazy("Not answered within a day"),
}
NOTE: Final = "association, not cause"


@dataclass(frozen=True, slots=True)
class LineFace:
    """One group in one window."""

    window: str
    is_first: bool
    label: str
    n: str
    share: str
    interval: str
    against: str
    is_few: bool


@dataclass(frozen=True, slots=True)
class OutcomeFace:
    """One thing that people may do, in words; `sentence` says what to make of it."""

    key: str
    title: str
    why: str
    method: str
    caveat: str
    lines: list[LineFace]
    left_out: list[str]


def faces_of(report: Report) -> list[OutcomeFace]:
    """Put every outcome into words."""
    return [
        OutcomeFace(
            one.key, _(one.title), _(one.why) if one.why else "", _(one.method),
            _(one.caveat) if one.caveat else "",
            [line for window in one.windows for line in _lines(window)],
            [_left_out(window) for window in one.windows if window.left_out],
        )
        for one in report.outcomes
    ]  # fmt: skip


def within(days: int) -> str:
    """Say within how many days."""
    return ngettext("within %(n)s day", "within %(n)s days", days) % {"n": days}


def _left_out(window: Window) -> str:
    words = ngettext(
        "%(within)s: %(n)s person is left out, for whom that time is not over or not covered.",
        "%(within)s: %(n)s people are left out, for whom that time is not over or not covered.",
        window.left_out,
    )
    return words % {"within": within(window.days), "n": grouped(window.left_out)}


def _lines(window: Window) -> Iterator[LineFace]:
    for speed in SPEEDS:
        share = window.groups[speed]
        yield LineFace(
            within(window.days), speed == SPEEDS[0], str(GROUPS[speed]), grouped(share.n),
            _share(window, speed), between(share.interval) if share.n else "\N{EN DASH}",
            "" if speed == NEVER else _against(window, speed), window.is_few(speed),
        )  # fmt: skip


def _share(window: Window, speed: str) -> str:
    """Of few there is no percentage, but what it would be made of."""
    share = window.groups[speed]
    if not share.n:
        return _("nobody yet")
    if window.is_few(speed):
        return _("%(a)s of %(n)s") % {"a": share.right, "n": share.n}
    return percent(share.value)


def _against(window: Window, speed: str) -> str:
    apart = window.against[speed]
    if apart is None:
        return _("nothing to compare")
    if window.is_few(speed) or window.is_few(NEVER):
        return _("n < %(n)s: too few to compare") % {"n": LEAST}
    points, low, high = (one_decimal(100 * end, is_signed=True) for end in apart)
    words = _("%(points)s points (%(low)s to %(high)s), more than chance")
    if apart[1] <= 0 <= apart[2]:
        words = _("%(points)s points (%(low)s to %(high)s), within chance")
    return words % {"points": points, "low": low, "high": high}


def table_of(report: Report) -> Iterator[tuple[object, ...]]:
    """Yield every figure as one row, numbers bare, texts in English."""
    for one in report.outcomes:
        if one.why:
            yield (one.key, *("" for _name in HEAD[1:-1]), one.why)
        for window in one.windows:
            yield from _rows(one, window, report.every)


def _rows(one: Outcome, window: Window, every: int) -> Iterator[tuple[object, ...]]:
    about = f"{NOTE}; one in {every} people taken" if every > 1 else NOTE
    for speed in SPEEDS:
        share, apart = window.groups[speed], window.against.get(speed)
        note = f"n < {SMALL}; {about}" if window.is_few(speed) else about
        yield (
            one.key, window.days, speed, share.n, share.right, share.value,
            *(share.interval or (None, None)), *(apart or (None, None, None)), window.left_out,
            note,
        )  # fmt: skip
