"""Figures as the report pages and their files show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.connect.model import MessageKind
from hearwell.powers.money import shown_amount
from hearwell.reports.overview.figure import Figure
from hearwell.reports.overview.report import Line, Overview
from hearwell.reports.rolling.cube import Side
from hearwell.web.components.clocks import duration
from hearwell.web.components.numbers import grouped, one_decimal
from hearwell.web.components.routed import language_name

NOTHING: Final = "\N{EN DASH}"
FEW: Final = 20
"""Below this, a count of a count is shown and no percentage."""
GROUPS: Final[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = (
    (
        gettext_lazy("Answered"),
        ("response_rate", "within_1h", "response_median", "response_p90", "native_share"),
    ),
    (
        gettext_lazy("Acknowledged, answered, answered again"),
        ("acknowledged_median", "answer_median", "answer_mean", "next_median"),
    ),
    (gettext_lazy("Still waiting"), ("waiting", "all_median", "seen_unanswered")),
    (
        gettext_lazy("Promises"),
        ("promise_first_reply", "promise_answer", "promise_resolution"),
    ),
    (
        gettext_lazy("Solved"),
        ("resolution_median", "stayed_solved", "reopened", "first_contact"),
    ),
    (
        gettext_lazy("Hand-offs"),
        ("without_handoff", "one_handoff", "more_handoffs"),
    ),
    (gettext_lazy("Personal"), ("personal_share", "named_share")),
    (gettext_lazy("Effort"), ("handle_time", "cost")),
    (gettext_lazy("Given to customers"), ("granted_cases", "grants", "granted_")),
)
"""Titles and the figures' keys; "granted_" stands for the sum in each currency."""
KIND_WORDS: Final[dict[str, str | Promise]] = {
    MessageKind.POST: gettext_lazy("Post"),
    MessageKind.COMMENT: gettext_lazy("Comment"),
    MessageKind.MENTION: gettext_lazy("Mention"),
    MessageKind.DM: gettext_lazy("Direct message"),
    MessageKind.REVIEW: gettext_lazy("Review"),
    MessageKind.MAIL: gettext_lazy("E-mail"),
    MessageKind.CALL: gettext_lazy("Call"),
    MessageKind.CHAT: gettext_lazy("Chat"),
}
SIDE_WORDS: Final[dict[Side, str | Promise]] = {
    "channel_id": gettext_lazy("By account"),
    "kind": gettext_lazy("By kind of message"),
    "language": gettext_lazy("By language"),
    "team_id": gettext_lazy("By team"),
}


@dataclass(frozen=True, slots=True)
class FigureFace:
    """A figure in words."""

    title: str
    value: str
    how: str
    caveat: str
    method: str


@dataclass(frozen=True, slots=True)
class LineFace:
    """A line of a table in words; `url` shows the report of it alone, empty where it is."""

    label: str
    network: str
    url: str
    n: str
    rate: str
    acknowledged: str
    answer: str
    waiting: str
    issues: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class TableFace:
    """One way of cutting the report."""

    side: str
    title: str
    rows: list[LineFace]


def groups_of(report: Overview) -> Iterator[tuple[str, list[FigureFace]]]:
    """Yield the title and the figures of each card; a card without any is left out."""
    by_key = {one.key: one for one in report.figures}
    for title, keys in GROUPS:
        wanted = [name for key in keys for name in by_key if _is_of(name, key)]
        if found := [face_of(by_key[name]) for name in wanted]:
            yield str(title), found


def _is_of(name: str, key: str) -> bool:
    """Say whether a figure is meant; sums are one a currency (granted_eur)."""
    return name == key or (key == "granted_" and name.startswith(key) and name != "granted_cases")


def face_of(figure: Figure) -> FigureFace:
    """Put a figure into words."""
    return FigureFace(
        title=_(figure.title),
        value=_value(figure),
        how=_("n %(n)s") % {"n": grouped(figure.n)},
        caveat=_(figure.caveat) if figure.caveat else "",
        method=_(figure.method),
    )


def _value(figure: Figure) -> str:
    if figure.value is None:
        return NOTHING
    if figure.unit == "share":
        return share_words(figure.value, figure.n)
    if figure.unit == "s":
        return duration(figure.value)
    if figure.unit == "money":
        return shown_amount(int(figure.value), figure.currency)
    return grouped(int(figure.value))


def share_words(share: float | None, n: int) -> str:
    """Put a share into words: a percentage, or of few how many of them."""
    if share is None:
        return NOTHING
    if n < FEW:
        return _("%(a)s of %(n)s") % {"a": round(share * n), "n": n}
    return f"{one_decimal(100 * share)} %"


def tables_of(report: Overview, query: QueryDict) -> list[TableFace]:
    """Return the report by account, kind, language and team."""
    return [
        TableFace(
            side.removesuffix("_id"),
            str(SIDE_WORDS[side]),
            [_line(line, side, report, query) for line in lines],
        )
        for side, lines in report.lines.items()
    ]


def _line(line: Line, side: Side, report: Overview, query: QueryDict) -> LineFace:
    name = side.removesuffix("_id")
    is_chosen = getattr(report.chosen, side) is not None
    can_choose = bool(line.key) and not is_chosen
    return LineFace(
        label=label_of(side, line),
        network=line.network,
        url=changed(query, **{name: str(line.key)}) if can_choose else "",
        n=grouped(line.n),
        rate=share_words(line.response_rate, line.n),
        acknowledged=_length(line.acknowledged_s),
        answer=_length(line.answer_s),
        waiting=grouped(line.waiting),
        issues=share_words(line.of_issues, sum(one.issues for one in report.lines[side])),
        is_small=line.is_small,
    )


def label_of(side: Side, line: Line) -> str:
    """Name an account, kind, language or team."""
    if not line.key:
        return _("not known")
    if side == "kind":
        return str(KIND_WORDS.get(str(line.key), line.key))
    if side == "language":
        return language_name(str(line.key))
    return line.label or _("no longer there")


def _length(seconds: float | None) -> str:
    return NOTHING if seconds is None else duration(seconds)


def changed(query: QueryDict, **changes: str) -> str:
    """Return the query of a page with something changed; an empty value takes it out."""
    kept = {key: query[key] for key in query} | changes
    return "?" + urlencode({key: value for key, value in kept.items() if value})


SHEET: Final = ("section", "what", "figure", "value", "unit", "n", "caveat", "method")


def sheet_of(report: Overview) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the report as a long table; numbers bare, texts in English."""
    for one in report.figures:
        unit = one.currency or one.unit
        yield ("total", "", one.key, one.value, unit, one.n, one.caveat, one.method)
    for side, lines in report.lines.items():
        for line in lines:
            what = f"{line.network}:{line.label}" if line.network else line.label or line.key
            yield from _cells(f"by_{side.removesuffix('_id')}", str(what or ""), line)
    for hour in report.hours:
        what = f"{hour.hour:02d}"
        yield ("by_hour", what, "answered", hour.answered, "n", hour.n, "", "")
        yield ("by_hour", what, "within_1h", hour.within_1h, "n", hour.n, "", "")


def _cells(section: str, what: str, line: Line) -> Iterable[tuple[Any, ...]]:
    return (
        (section, what, "response_rate", line.response_rate, "share", line.n, "", ""),
        (section, what, "acknowledged_median", line.acknowledged_s, "s", line.n, "", ""),
        (section, what, "answer_median", line.answer_s, "s", line.n, "", ""),
        (section, what, "waiting", line.waiting, "n", line.n, "", ""),
        (section, what, "of_issues", line.of_issues, "share", line.issues, "", ""),
    )
