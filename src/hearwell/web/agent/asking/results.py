"""The results of surveys: scores with formula, n and interval; never a figure without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.kit.comparing import difference, two_shares
from hearwell.kit.shares import Share
from hearwell.surveys.items import Formula, Item
from hearwell.surveys.queries import surveys_of
from hearwell.surveys.results import Group, Results, Row, results_of
from hearwell.surveys.rules import FAST, NEVER, SLOW
from hearwell.surveys.scores import Score
from hearwell.web.agent.reports.faces import FEW
from hearwell.web.agent.reports.spans import period_of, span_of
from hearwell.web.components.numbers import one_decimal
from hearwell.web.components.tables import as_csv
from hearwell.web.templatetags.hearwell import network_name

GROUPS: Final[dict[str, str | Promise]] = {
    "satisfied": gettext_lazy("Satisfied (4 and 5 of 5)"),
    "others": gettext_lazy("All others"),
    FAST: gettext_lazy("Answered within an hour"),
    SLOW: gettext_lazy("Answered later"),
    NEVER: gettext_lazy("Not answered"),
}
ALPHA: Final = 0.05
_HEAD: Final = ("part", "of", "question", "formula", "n", "value", "low", "high")


@dataclass(frozen=True, slots=True)
class ScoreFace:
    """A figure in words, with where it may lie and how many it rests on."""

    title: str
    how: str
    value: str
    interval: str
    n: int
    is_few: bool
    shares: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GroupFace:
    """A part of those who answered."""

    label: str
    share: str
    interval: str
    n: int
    is_few: bool


@requires("read")
@require_safe
def results(request: MemberRequest) -> HttpResponse:
    """Show what customers answered, or give it as CSV."""
    period, surveys = period_of(request), surveys_of(request.workspace.id)
    chosen = next((one for one in surveys if str(one.id) == request.GET.get("survey")), None)
    found = results_of(
        request.workspace.id, period.starts_at, period.ends_at,
        zone=request.workspace.time_zone, survey_id=chosen.id if chosen else None,
    )  # fmt: skip
    if request.GET.get("format") == "csv":
        return as_csv("surveys", _HEAD, table_of(found))
    query = {**request.GET.dict(), "format": "csv"}
    context = {
        "section": "reports",
        "surveys": surveys,
        "chosen": chosen,
        "span": span_of(request),
        "again": _again(found.again),
        "response": share_face(_("All"), found.response),
        "asked": [share_face(network_name(net), share) for net, share in found.asked.items()],
        "total": [score_face(row) for row in found.total],
        "parts": [
            (_("By network"), [(network_name(k), _faces(r)) for k, r in found.by_network]),
            (_("By month in which was asked"), [(k, _faces(r)) for k, r in found.by_month]),
        ],
        "buys": _groups(found.buys),
        "buys_words": compared(found.buys[0].share, found.buys[1].share),
        "recommends": [_recommends(item, groups) for item, groups in found.recommends],
        "csv_url": reverse("survey_results") + "?" + urlencode(query),
        "few": FEW,
    }
    return render(request, "hearwell/asking/results.html", context)


def _again(n: int) -> str:
    return (
        _("Answered more than once: %(n)s. The last answer of each stands.") % {"n": n} if n else ""
    )


def _faces(rows: list[Row]) -> list[ScoreFace]:
    return [score_face(row) for row in rows]


def score_face(row: Row) -> ScoreFace:
    """Put one score into words; few answers are shown as few."""
    score = row.score
    shares = []
    if row.item.formula == Formula.CHOICE:
        for value, label in row.item.choices:
            share = Share(row.answers.get(value, 0), score.n)
            shares.append((label, f"{percent(share.value)} ({between(share.interval)})"))
    return ScoreFace(
        str(row.item.title), str(row.item.how), written(row.item, score.value),
        _interval(row.item, score), score.n, score.n < FEW, shares,
    )  # fmt: skip


def written(item: Item, value: float | None) -> str:
    """Write a score on its own scale."""
    if value is None:
        return _("none")
    if item.formula == Formula.NET:
        return one_decimal(value, is_signed=True)
    return one_decimal(value) if item.formula == Formula.MEAN else percent(value)


def _interval(item: Item, score: Score) -> str:
    if score.interval is None:
        return _("none")
    low, high = (written(item, end) for end in score.interval)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def percent(share: float | None) -> str:
    """Write a share of 0 to 1 in per cent."""
    return _("none") if share is None else _("%(share)s %%") % {"share": one_decimal(100 * share)}


def between(interval: tuple[float, float] | None) -> str:
    """Write an interval of shares."""
    if interval is None:
        return _("none")
    return _("%(low)s to %(high)s") % {"low": percent(interval[0]), "high": percent(interval[1])}


def share_face(label: str, share: Share) -> GroupFace:
    """Put a share into words."""
    return GroupFace(label, percent(share.value), between(share.interval), share.n, share.n < FEW)


def _groups(groups: list[Group]) -> list[GroupFace]:
    return [share_face(str(GROUPS[one.key]), one.share) for one in groups]


def _recommends(item: Item, groups: list[Group]) -> tuple[str, list[GroupFace], str]:
    fast, _slow, never = (one.share for one in groups)
    return str(item.title), _groups(groups), compared(fast, never)


def compared(one: Share, other: Share) -> str:
    """Say how far the first share is from the second, how sure that is, and whether by chance."""
    apart, p = difference(one, other), two_shares(one, other)
    if apart is None:
        return _("One of them has no answers: there is nothing to compare.")
    if min(one.n, other.n) < FEW:
        return _("Too few answers to compare: less than %(few)s in one of them.") % {"few": FEW}
    words = _("%(points)s points apart (95 %%: %(low)s to %(high)s).") % dict(
        zip(("points", "low", "high"), (one_decimal(100 * end, is_signed=True) for end in apart),
            strict=True)
    )  # fmt: skip
    return f"{words} {significance(p)}"


def significance(p: float | None) -> str:
    """Say whether a difference is more than chance would have it."""
    if p is None:
        return _("Everybody answered alike.")
    if p < ALPHA:
        return _("More than chance: p = %(p)s.") % {"p": f"{p:.3f}" if p >= 0.001 else "< 0.001"}  # noqa: PLR2004
    return _("It may be chance: p = %(p)s.") % {"p": f"{p:.2f}"}


def table_of(found: Results) -> list[list[object]]:
    """Return every figure as one row: what part, of whom, which question, formula, n, interval."""
    table = [_line("response", "all", "", "answered / asked", found.response)]
    for network, share in found.asked.items():
        table.append(_line("response", network, "", "answered / asked", share))
    parts = [("all", "all", found.total)]
    parts += [("network", key, rows) for key, rows in found.by_network]
    parts += [("month", key, rows) for key, rows in found.by_month]
    for part, key, rows in parts:
        table += [line for row in rows for line in _lines(part, key, row)]
    for group in found.buys:
        table.append(_line("association", group.key, "buy", "4-5 / n", group.share))
    for item, groups in found.recommends:
        table += [_line("association", g.key, item.key, "top / n", g.share) for g in groups]
    return table


def _lines(part: str, key: str, row: Row) -> list[list[object]]:
    item, score = row.item, row.score
    if item.formula == Formula.CHOICE:
        return [
            _line(part, key, f"{item.key}={value}", "answer / n", Share(count, score.n))
            for value, count in sorted(row.answers.items())
        ]
    ends = score.interval or (None, None)
    return [[part, key, item.key, str(item.formula), score.n, score.value, *ends]]


def _line(part: str, key: str, question: str, formula: str, share: Share) -> list[object]:
    return [part, key, question, formula, share.n, share.value, *(share.interval or (None, None))]
