"""How each figure is reckoned: one function a group, its definition in words beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import Figure, figure_of, share
from hearwell.reports.rolling.measures import (
    ACKNOWLEDGED,
    ANSWER,
    HANDLED,
    NEED,
    NEXT,
    REPLY,
    SOLVED,
)
from hearwell.reports.rolling.survival import survival_quantile
from hearwell.reports.rolling.tally import Tally
from hearwell.reports.study.methods import DAY_S
from hearwell.sla.queries import Attainment
from hearwell.sla.rules import ClockKind

if TYPE_CHECKING:
    import numpy as np

Totals = Mapping[str, Tally]
MINUTE_S: Final = 60
_NOT_REACHED: Final = _("fewer than half have been answered: there is no median")
_NO_DATA: Final = _("of no case that was solved enough is recorded, so this cannot be said")
_RIPENING: Final = _("some were closed less than a week ago and can still come back")


def response(totals: Totals) -> Iterator[Figure]:
    """How many were answered, and how long that took."""
    need, n = totals[NEED], totals[NEED].n()
    yield figure_of(
        "response_rate", _("Response rate"),
        _("Messages that need an answer and had a human one within 24 hours, of all that need one. "
          "Replies sent in the network itself count, automatic ones do not."),
        share(need.n("answered"), n), "share", n,
    )  # fmt: skip
    yield figure_of(
        "within_1h", _("Answered within an hour"),
        _("The same, within one hour."), share(need.n("within_1h"), n), "share", n,
    )  # fmt: skip
    answered = need.n("answered")
    yield figure_of(
        "response_median", _("Response time, median"),
        _("From the message to the first human reply to that person, of those answered within 24 "
          "hours. Each message counts, not each case."),
        need.quantile(0.5, DAY_S), "s", answered,
    )  # fmt: skip
    yield figure_of(
        "response_p90", _("Response time, p90"),
        _("Nine of ten of the same waited no longer."), need.quantile(0.9, DAY_S), "s", answered,
    )  # fmt: skip


def turns(totals: Totals) -> Iterator[Figure]:
    """Acknowledged, answered, and answered again."""
    first, answer, following = (totals[name] for name in (ACKNOWLEDGED, ANSWER, NEXT))
    yield _median(
        "acknowledged_median", _("First reply, median"), first,
        _("From the first unanswered message of a case to the first human reply, a holding reply "
          "included. Live cases."),
    )  # fmt: skip
    yield _median(
        "answer_median",
        _("First answer, median"),
        answer,
        _("The same to the first answer of substance: holding replies do not end it."),
    )
    yield figure_of(
        "answer_mean", _("First answer, mean"),
        _("The mean of the same; a few long waits move it far, so read the median."),
        answer.total_s / answer.n() if answer.n() else None, "s", answer.n(),
    )  # fmt: skip
    yield _median(
        "next_median",
        _("Next answer, median"),
        following,
        _("Every later question of a case, from its oldest unanswered message to the answer."),
    )
    outside, n = sum(one.n("outside") for one in (answer, following)), answer.n() + following.n()
    yield figure_of(
        "native_share", _("Answered in the network itself"),
        _("Answers that were written outside Hearwell, of all answers. They count everywhere."),
        share(outside, n), "share", n,
    )  # fmt: skip


def waiting(totals: Totals, moment: datetime) -> Iterator[Figure]:
    """Who still waits, and the median in which they count."""
    need, n = totals[NEED], totals[NEED].n()
    open_now = need.n("waiting")
    yield figure_of(
        "waiting", _("Still without an answer"),
        _("Messages of this period that need an answer and have none yet, however old."),
        float(open_now), "n", n,
    )  # fmt: skip
    median = survival_quantile(need.times(), waits_so_far(need, moment))
    yield figure_of(
        "all_median", _("Median of all, the waiting included"),
        _("Kaplan-Meier: everybody counts, who still waits with the time waited so far. Late "
          "answers count with the time they took."),
        median, "s", n, _NOT_REACHED if n and median is None else "",
    )  # fmt: skip
    yield figure_of(
        "seen_unanswered", _("Seen but unanswered"),
        _("Messages without an answer whose case somebody closed, of those without an answer."),
        share(need.n("closed_silent"), open_now), "share", open_now,
    )  # fmt: skip


def promises(kept: Iterable[Attainment]) -> Iterator[Figure]:
    """How promises were kept; what is open past its time is broken."""
    titles = {
        ClockKind.FIRST_REPLY: _("First replies in time"),
        ClockKind.ANSWER: _("Answers in time"),
        ClockKind.RESOLUTION: _("Settled in time"),
    }
    for one in kept:
        n = one.met + one.breached
        yield figure_of(
            f"promise_{one.kind}", titles[ClockKind(one.kind)],
            _("Promises that were kept, of those kept or broken; open past its time is broken, "
              "still within it is neither. By when the clock began."),
            one.share, "share", n,
        )  # fmt: skip


def resolution(totals: Totals, ripe: int, *, is_ripening: bool) -> Iterator[Figure]:
    """How cases ended. `ripe` are the closings that had a week to come back."""
    solved = totals[SOLVED]
    n, first = solved.n(), solved.n("first")
    yield figure_of(
        "resolution_median", _("To the first solution, median"),
        _("From a case's first message to when it was first closed; not spam, duplicates or what "
          "is not about us. By the day of closing."),
        solved.quantile(0.5), "s", first,
    )  # fmt: skip
    yield figure_of(
        "reopened", _("Came back"),
        _("Closings after which the case was opened again, of all closings."),
        share(solved.n("back"), n), "share", n,
    )  # fmt: skip
    yield figure_of(
        "stayed_solved", _("Stayed solved for a week"),
        _("Closings after which the case did not come back within 7 days, of those closed at "
          "least 7 days ago."),
        1 - solved.n("back_soon") / ripe if ripe else None, "share", ripe,
        _RIPENING if is_ripening and ripe else "",
    )  # fmt: skip
    yield figure_of(
        "first_contact", _("Solved at the first contact"),
        _("Cases closed for the first time after exactly one reply that did not come back within "
          "7 days, of all closed for the first time."),
        share(solved.n("one_contact"), first), "share", first,
    )  # fmt: skip


def hands(totals: Totals) -> Iterator[Figure]:
    """Through how many hands a case went before it was solved, and how long they worked."""
    solved, handled = totals[SOLVED], totals[HANDLED]
    first, never, once = (solved.n(one) for one in ("first", "passed_never", "passed_once"))
    yield figure_of(
        "without_handoff", _("Solved without a hand-off"),
        _("Cases closed for the first time that no second person and no other team had before, of "
          "all closed for the first time. Given to somebody who had nobody before them is none."),
        share(never, first), "share", first,
    )  # fmt: skip
    yield figure_of(
        "one_handoff", _("Solved after one hand-off"),
        _("The same with exactly one change of person or team."),
        share(once, first), "share", first,
    )  # fmt: skip
    yield figure_of(
        "more_handoffs", _("Solved after several hand-offs"),
        _("The same with two or more."),
        share(first - never - once, first), "share", first,
    )  # fmt: skip
    n = handled.n()
    yield figure_of(
        "handle_time", _("Active handle time, median"),
        _("A lower bound, of cases closed for the first time: from one thing that somebody did at "
          "a case (took it, let it go, replied, closed it) to their next, where no more than ten "
          "minutes lie between. Cases with one such thing alone are left out: reading is not "
          "recorded."),
        handled.quantile(0.5), "s", n, "" if n else _NO_DATA,
    )  # fmt: skip


def personal(totals: Totals) -> Iterator[Figure]:
    """How personal the replies of people are."""
    reply, n = totals[REPLY], totals[REPLY].n()
    yield figure_of(
        "personal_share", _("Personal replies"),
        _("Replies of people that end with somebody's initials and say the customer's first name "
          "or are no saved reply word for word; of all replies of people, by when they were sent. "
          "A saved reply whose blanks were filled in counts as own words."),
        share(reply.n("personal"), n), "share", n,
    )  # fmt: skip
    yield figure_of(
        "named_share", _("Replies that say the name"),
        _("Replies of people with the first name that we know of the customer, of the same."),
        share(reply.n("named"), n), "share", n,
    )  # fmt: skip


def waits_so_far(need: Tally, moment: datetime) -> np.ndarray[Any, Any]:
    """Return how long those have waited who still wait: rows of (seconds, how many)."""
    import numpy as np

    since = need.since.weighted()
    so_far = np.maximum(int(moment.timestamp()) // MINUTE_S - since[:, 0], 0) * MINUTE_S
    return np.stack([so_far, since[:, 1]], axis=1)


def _median(key: str, title: str, tally: Tally, method: str) -> Figure:
    return figure_of(key, title, method, tally.quantile(0.5), "s", tally.n())
