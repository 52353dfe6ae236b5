"""Are we better than last quarter, and than our peers? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hearwell.kit.comparing import difference
from hearwell.kit.marking import marked as _
from hearwell.kit.shares import Share
from hearwell.reports.overview.figure import EMPTY, figure_of
from hearwell.reports.rolling.measures import NEED
from hearwell.reports.rolling.tally import Tally
from hearwell.reports.summary.answer import UNKNOWN, Answer, Said, Value, hedged

QUESTION: Final = _("Are we better than last quarter, and than our peers?")
_MORE: Final = _(
    "Answered within 24 hours: %(now)s, against %(before)s in the same days of the quarter before; "
    "%(low)s to %(high)s points apart, which is more than chance."
)
_CHANCE: Final = _(
    "Answered within 24 hours: %(now)s, against %(before)s in the same days of the quarter before; "
    "%(low)s to %(high)s points apart, which is within chance."
)
_NOTHING_NOW: Final = _("Nothing needed an answer in this quarter so far: nothing to compare.")
_NOTHING_THEN: Final = _(
    "Nothing needed an answer in the same days of the quarter before: nothing to compare with."
)
PEERS: Final = _(
    "How we stand among our peers is not reckoned here: a panel under Benchmarks sets brands side "
    "by side, by public messages alone."
)
_METHOD: Final = _(
    "Messages that need an answer and had a human one within 24 hours, of all that need one. The "
    "95 % interval of the difference is Newcombe's."
)
Totals = Mapping[str, Tally]


def better(now: Totals, before: Totals, days: int) -> Answer:
    """Answer by the response rate and the interval of the difference."""
    one, other = (Share(some[NEED].n("answered"), some[NEED].n()) for some in (now, before))
    word, tone, sentence = _compared(one, other)
    figures = (
        figure_of("rate_now", _("This quarter"), _METHOD, one.value, "share", one.n),
        figure_of("rate_before", _("Quarter before"), _METHOD, other.value, "share", other.n),
    )
    few = min(one.n, other.n)
    return Answer(
        "better", QUESTION, word, sentence, "report_response", _("Response"), tone,
        more=hedged(few, days), figures=tuple(f for f in figures if f.caveat != EMPTY),
        notes=(Said(PEERS),),
    )  # fmt: skip


def _compared(one: Share, other: Share) -> tuple[str, str, Said]:
    apart = difference(one, other)
    if apart is None:
        return UNKNOWN, "", Said(_NOTHING_THEN if one.n else _NOTHING_NOW)
    by, low, high = apart
    values = {
        "now": Value(one.value or 0.0, "share", one.n),
        "before": Value(other.value or 0.0, "share", other.n),
        "low": Value(100 * low, "points"),
        "high": Value(100 * high, "points"),
    }
    if low <= 0 <= high:
        return _("Neither better nor worse"), "", Said(_CHANCE, values)
    is_better = by > 0
    word = _("Better") if is_better else _("Worse")
    return word, "ok" if is_better else "warn", Said(_MORE, values)
