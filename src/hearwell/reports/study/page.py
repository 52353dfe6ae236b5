"""The study as one HTML file that needs nothing else: charts, the numbers, the method."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from importlib import resources
from string import Template

from hearwell.reports.study import charts
from hearwell.reports.study.figures import SMALL, STEPS, UNRIPE_SHARE, Figures, ranked
from hearwell.reports.study.methods import ALL, Method
from hearwell.reports.study.period import BEGINNING, END, Period
from hearwell.reports.study.study import Study
from hearwell.reports.study.words import NOTHING, count, day, duration, percent

MOST_BRANDS = 16
MOST_DAYS = 48
COLUMNS = (
    "#", "Brand", "Inbound", "Needs reply", "Answered", "Rate", "Median", "p90", "Mean",
    *(f"≤ {step}" for step in STEPS), "Waiting", "Note",
)  # fmt: skip
WAITS = (
    ("to_5m", "under 5 min"), ("to_15m", "5 to 15"), ("to_30m", "15 to 30"), ("to_1h", "30 to 60"),
    ("to_8h", "1 to 8 h"), ("to_24h", "8 to 24 h"), ("longer", "over 24 h"),
    ("late", "too late to count"), ("waiting", "still waiting"),
)  # fmt: skip
Day = tuple[datetime, int, int]


def report(study: Study, method: Method, period: Period) -> str:
    """Return the whole page as text."""
    figures, total = study.figures(method, period), study.total(method, period)
    league = ranked(figures)
    spread, days = study.spread(method, period), study.days(method, period)
    values = {
        "title": escape(f"Response study: {study.path.name}"),
        "style": _paper("report.css"),
        "heading": escape(_heading(study)),
        "file": escape(study.path.name),
        "period": escape(_period(study, period)),
        "rows": count(study.span.rows),
        "method": method.name,
        "version": str(method.version),
        "definition": escape(method.definition),
        "headline": _headline(total, len(figures)),
        "rates": _rates(league),
        "rates_note": _rates_note(league),
        "spread": _spread(spread),
        "spread_note": f"n {count(total.answered)} answered, {count(total.waiting)} waiting",
        "times": _times(league),
        "methods": _methods([study.total(one, period) for one in ALL]),
        "days": _days(days),
        "days_title": "By day, where there were messages"
        if _is_daily(days)
        else "By when they came",
        "columns": "".join(f'<th scope="col">{name}</th>' for name in COLUMNS),
        "table": "\n".join(_row(place, one) for place, one in league),
        "table_note": _table_note(league),
        "small": str(SMALL),
        "unripe": percent(UNRIPE_SHARE),
        "rejected": _rejected(study),
        "versions": ", ".join(f"{one.name} {one.version}" for one in ALL),
    }
    return Template(_paper("report.html")).substitute(values)


def _paper(name: str) -> str:
    return resources.files(__package__).joinpath("paper", name).read_text("utf-8")


def _heading(study: Study) -> str:
    brands = study.brands
    return brands[0] if len(brands) == 1 else f"{len(brands)} brands, how they answered"


def _period(study: Study, period: Period) -> str:
    first = max(study.span.first, period.starts_at) if period.starts_at > BEGINNING else None
    last = (
        min(study.span.last, period.ends_at - timedelta(days=1)) if period.ends_at < END else None
    )
    return f"{day(first or study.span.first)} to {day(last or study.span.last)} (UTC)"


def _headline(total: Figures, brands: int) -> str:
    times = total.first_response_s
    rate = f"{count(total.answered)} of {count(total.needs_reply)}"
    rate += f", {brands} brands together" if brands > 1 else ""
    rate += f" · {total.caveat}" if total.caveat else ""
    spread = f"n {count(times.n)} · mean {duration(times.mean)} · p90 {duration(times.p90)}"
    hour = f"8 h {percent(total.within['8h'])} · 24 h {percent(total.within['24h'])}"
    waiting = percent(total.waiting / total.needs_reply if total.needs_reply else None)
    grey = " grey" if total.caveat else ""
    return "".join(
        f'<div class="fig"><p class="k">{name}</p><p class="v{grey}">{value}</p>'
        f'<p class="how">{escape(how)}</p></div>'
        for name, value, how in (
            ("Response rate", percent(total.response_rate), rate),
            ("First response, median", duration(times.median), spread),
            ("Answered within 1 h", percent(total.within["1h"]), hour),
            ("Still waiting", count(total.waiting), f"{waiting} of what needed a reply"),
        )
    )


def _table_note(league: Sequence[tuple[int | None, Figures]]) -> str:
    brands = "1 brand" if len(league) == 1 else f"{len(league)} brands"
    return f"{brands}, {len(_ranked(league))} ranked"


def _ranked(league: Sequence[tuple[int | None, Figures]]) -> list[Figures]:
    return [one for place, one in league if place is not None]


def _shown(league: Sequence[tuple[int | None, Figures]]) -> list[Figures]:
    """The brands that the charts draw: the ranked ones, or the largest where none can be."""
    best = _ranked(league) or [one for _, one in league if one.needs_reply]
    return best[:MOST_BRANDS]


def _rates(league: Sequence[tuple[int | None, Figures]]) -> str:
    shown = [
        charts.rate_bar(one.brand, one.response_rate, one.needs_reply, "f5" if one.caveat else "f1")
        for one in _shown(league)
    ]
    is_ranked = bool(_ranked(league))
    best = f"{shown[0].label} leads with {shown[0].value}." if is_ranked else "None can be ranked."
    return charts.bars(shown, f"Response rate by brand, {len(shown)} drawn. {best}")


def _rates_note(league: Sequence[tuple[int | None, Figures]]) -> str:
    if len(league) == 1:
        return "The one brand cannot be ranked." if league[0][1].caveat else ""
    drawn, grey = len(_shown(league)), len(league) - len(_ranked(league))
    more = len(_ranked(league)) - drawn
    rest = f" {more} more ranked brands are in the table." if more > 0 else ""
    return f"{grey} of {len(league)} brands cannot be ranked and are greyed in the table.{rest}"


def _spread(spread: dict[str, int]) -> str:
    highest = max(spread.values(), default=0) or 1
    rows = [
        charts.Bar(
            label, spread.get(name, 0) / highest, count(spread.get(name, 0)), tone=_tone(name)
        )
        for name, label in WAITS
        if name != "late" or spread.get(name)
    ]
    return charts.bars(rows, "; ".join(f"{row.label}: {row.value}" for row in rows))


def _tone(name: str) -> str:
    return "f2" if name in {"late", "waiting"} else "f1"


def _times(league: Sequence[tuple[int | None, Figures]]) -> str:
    rows = [
        charts.Range(one.brand, times.median, times.p90)
        for one in _shown(league)
        if (times := one.first_response_s).median is not None and times.p90 is not None
    ]
    rows.sort(key=lambda row: row.median)
    if not rows:
        return '<p class="none">No message was answered.</p>'
    fastest = f"{rows[0].label} is fastest, {duration(rows[0].median)}."
    return charts.ranges(rows, f"First response time by brand, {len(rows)} drawn. {fastest}")


def _methods(totals: Sequence[Figures]) -> str:
    rows = [
        charts.rate_bar(
            one.method, one.response_rate, one.needs_reply, "f5" if one.caveat else "f1"
        )
        for one in totals
    ]
    return charts.bars(rows, "; ".join(f"{row.label}: {row.value}" for row in rows))


def _is_daily(days: Sequence[Day]) -> bool:
    return len(days) <= MOST_DAYS


def _days(days: Sequence[Day]) -> str:
    """One column a day, or for longer records as many days a column as make them fit."""
    size = -(-len(days) // MOST_DAYS) or 1
    groups = [days[at : at + size] for at in range(0, len(days), size)]
    shown = [
        (f"{part[0][0].day} {part[0][0]:%b}", sum(d[1] for d in part), sum(d[2] for d in part))
        for part in groups
    ]
    return charts.columns(shown, f"Messages that needed a reply on {len(days)} days with messages.")


def _row(place: int | None, one: Figures) -> str:
    times = one.first_response_s
    cells = [
        count(one.inbound), count(one.needs_reply), count(one.answered),
        percent(one.response_rate), duration(times.median), duration(times.p90),
        duration(times.mean), *(percent(one.within[step]) for step in STEPS),
        count(one.waiting), one.caveat or "",
    ]  # fmt: skip
    grey = ' class="grey"' if one.caveat else ""
    body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    head = f'<td>{place or NOTHING}</td><th scope="row">{escape(one.brand)}</th>'
    return f"<tr{grey}>{head}{body}</tr>"


def _rejected(study: Study) -> str:
    if not study.rejected:
        return "Every row of the file could be read."
    why = ", ".join(f"{count(n)} {escape(reason)}" for reason, n in study.rejected.most_common())
    return f"{count(study.rejected.total())} rows of the file: {why}."
