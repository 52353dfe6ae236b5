"""The brand's health beside an imported series; and the import of one. Correlation, not cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.outcomes.correlating import Correlation
from hearwell.outcomes.files import FileError
from hearwell.outcomes.health import (
    MENTIONS,
    RATE,
    Beside,
    Held,
    Measure,
    beside,
    latest_name,
    names_of,
)
from hearwell.outcomes.models import Grain, What
from hearwell.outcomes.queries import imports_of
from hearwell.outcomes.series import LONGEST_NAME, Line, read_series, written
from hearwell.outcomes.services import Taken, check_series, take_series
from hearwell.web.agent.outcomes.purchases import (
    UNPROCESSABLE,
    Preview,
    preview_of,
    refused_of,
    sent_file,
    tell,
    today_of,
)
from hearwell.web.agent.reports.faces import changed
from hearwell.web.components.dates import dated
from hearwell.web.components.lagchart import Ends, Lag, lag_bars, value_line
from hearwell.web.components.numbers import grouped, one_decimal, signed
from hearwell.web.components.tables import as_csv

HEAD: Final = (
    "series", "unit", "step", "measure", "of", "lag", "n", "r", "low", "high", "pairs_worth",
    "note",
)  # fmt: skip
_NOTE: Final = "correlation, not cause"
_NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class MeasureFace:
    """One measure beside the series: two charts, r of levels and changes, the lags, warnings."""

    key: str
    title: str
    method: str
    is_known: bool
    line: str
    levels: str
    changes: str
    warnings: list[str]
    lags: str
    table: list[tuple[str, str, str, str]]


@requires("read")
@require_safe
def series(request: MemberRequest) -> HttpResponse:
    """Show a series with the brand's health beside it, or give the correlations as CSV."""
    names = names_of(request.workspace.id)
    asked = request.GET.get("series", "")
    name = asked if asked in names else latest_name(request.workspace.id)
    found = beside(request.workspace, name) if name else None
    if request.GET.get("format") == "csv":
        return as_csv("series", HEAD, table_of(found) if found else ())
    context = {
        "section": "reports",
        "names": names,
        "name": name,
        "found": found,
        "may_import": can(request.membership.role, "import"),
        "csv_url": changed(request.GET, format="csv"),
        **(_shown(found) if found else {}),
    }
    return render(request, "hearwell/outcomes/series.html", context)


def _shown(found: Beside) -> dict[str, Any]:
    held, days = found.held, _seen_days(found)
    values = [held.values.get(day) for day in days]
    return {
        "line": _line(found, held.values, held.name, _scaled, css="2"),
        "said": _said(found),
        "measures": [_face(found, one) for one in found.measures],
        "rows": [
            (dated(day, "j M Y"), _number(value, held.unit),
             *(_measured(one.key, one.values.get(day)) for one in found.measures))
            for day, value in zip(days, values, strict=True)
        ],
        "titles": [_(one.title) for one in found.measures],
        "most": found.measures[0].beside.lags[-1][0] if found.measures else 0,
    }  # fmt: skip


def _seen_days(found: Beside) -> list[date]:
    """Return the days from the first to the last of which anything is known."""
    known = {*found.held.values, *(day for one in found.measures for day in one.values)}
    return [day for day in found.days if min(known) <= day <= max(known)]


def _said(found: Beside) -> list[str]:
    """Say of a series what was left out, and how days became weeks."""
    held, said = found.held, []
    if held.holes:
        said.append(_holes(held))
    if held.torn:
        words = ngettext(
            "%(n)s week has some of its days only, and counts as missing: a day without sales is "
            "a 0 in the file.",
            "%(n)s weeks have some of their days only, and count as missing: a day without sales "
            "is a 0 in the file.",
            held.torn,
        )
        said.append(words % {"n": grouped(held.torn)})
    for unit, n in held.other_units.items():
        words = ngettext(
            "%(n)s value is in %(unit)s, not in %(mine)s: it is left out, nothing is converted.",
            "%(n)s values are in %(unit)s, not in %(mine)s: they are left out, nothing is "
            "converted.",
            n,
        )
        said.append(words % {"n": grouped(n), "unit": unit, "mine": held.unit})
    return said


def _holes(held: Held) -> str:
    if held.step == "month":
        words = ngettext(
            "%(n)s month has no value: it is a gap, not a nought.",
            "%(n)s months have no value: they are gaps, not noughts.",
            held.holes,
        )
    else:
        words = ngettext(
            "%(n)s week has no value: it is a gap, not a nought.",
            "%(n)s weeks have no value: they are gaps, not noughts.",
            held.holes,
        )
    return words % {"n": grouped(held.holes)}


def _face(found: Beside, one: Measure) -> MeasureFace:
    title, both = _(one.title), one.beside
    words = _("%(series)s beside %(measure)s, by lag") % {
        "series": found.held.name, "measure": title,
    }  # fmt: skip
    return MeasureFace(
        one.key, title, _(one.method), _is_known(one),
        _line(found, one.values, title, partial(_measured, one.key)),
        r_words(both.levels), r_words(both.changes), [_(text) for text in both.warnings],
        lag_bars([_lag(lag, it) for lag, it in both.lags], words),
        [(f"{lag:+d}" if lag else "0", grouped(it.n), _r(it.r), _interval(it))
         for lag, it in both.lags],
    )  # fmt: skip


def _is_known(one: Measure) -> bool:
    """Whether there is anything to draw: a week without messages is a nought, not a gap."""
    return any(one.values.values()) if one.key == MENTIONS else bool(one.values)


def _lag(lag: int, one: Correlation) -> Lag:
    return Lag(f"{lag:+d}" if lag else "0", one.r, one.low, one.high)


def r_words(one: Correlation) -> str:
    """Write a correlation with its interval and n."""
    if one.r is None:
        return _("cannot be said (n %(n)s)") % {"n": grouped(one.n)}
    words = _("r %(r)s (95 %%: %(interval)s), n %(n)s")
    return words % {"r": _r(one.r), "interval": _interval(one), "n": grouped(one.n)}


def _r(r: float | None) -> str:
    return _NOTHING if r is None else signed(r)


def _interval(one: Correlation) -> str:
    if one.low is None or one.high is None:
        return _NOTHING
    return _("%(low)s to %(high)s") % {"low": _r(one.low), "high": _r(one.high)}


def _line(
    found: Beside,
    values: Mapping[date, float],
    title: str,
    write: Callable[[float], str],
    *,
    css: str = "1",
) -> str:
    some = list(values.values())
    low, high = (min(some), max(some)) if some else (0.0, 0.0)
    points = [(dated(day, "j M Y"), values.get(day)) for day in _seen_days(found)]
    return value_line(points, Ends(low, high, write(low), write(high)), title, css=css)


def _measured(key: str, value: float | None) -> str:
    """Write a value of a measure in its own unit."""
    if value is None:
        return _NOTHING
    if key == MENTIONS:
        return grouped(int(value))
    if key == RATE:
        return f"{one_decimal(100 * value)} %"
    return one_decimal(100 * value, is_signed=True)


def _scaled(value: float) -> str:
    """Write a value short enough for an axis."""
    thousand = 1e3
    for size, letter in ((1e9, "G"), (1e6, "M"), (thousand, "k")):
        if abs(value) >= 10 * size:
            return f"{one_decimal(value / size)} {letter}"
    return grouped(round(value)) if abs(value) >= thousand else one_decimal(value)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return _NOTHING
    places = 0 if value == int(value) else 2
    return f"{number_format(value, decimal_pos=places, force_grouping=True)} {unit}"


def table_of(found: Beside) -> Iterator[tuple[object, ...]]:
    """Yield every correlation as one row, numbers bare, texts in English."""
    held = found.held
    for one in found.measures:
        lines = [("changes", 0, one.beside.changes)]
        lines += [("levels", lag, it) for lag, it in one.beside.lags]
        for what, lag, it in lines:
            yield (
                held.name, held.unit, held.step, one.key, what, lag, it.n, it.r, it.low, it.high,
                it.worth, "; ".join((_NOTE, *one.beside.warnings)),
            )  # fmt: skip


class SeriesForm(forms.Form):
    """A file, how long a value of it is of, and what it is called."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        required=False,
    )
    grain = forms.ChoiceField(label=gettext_lazy("One value is of"), choices=Grain.choices)
    name = forms.CharField(
        label=gettext_lazy("Name of the series"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Such as “Sales” or “Cost of care”; of lines without a name."),
    )


@requires("import")
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: MemberRequest) -> HttpResponse:
    """Show what a file of a series says; take it in once it was looked at."""
    if request.method != "POST":
        return _draw(request)
    file_name, body = sent_file(request)
    grain = request.POST.get("grain", "")
    if grain not in Grain.values:
        return _draw(request, error=_("Say first of what time one value is."))
    try:
        lines = read_series(body, grain, request.POST.get("name", ""), today_of(request))
    except FileError as error:
        return _draw(request, error=_(str(error)))
    checked, known = check_series(request.workspace.id, lines, grain)
    found = preview_of(file_name, checked, written(checked), known, _cells)
    if request.POST.get("act") != "take" or not found.n:
        return _draw(request, found)
    taken = Taken(file_name, refused_of(request), cast("User", request.user))
    tell(request, take_series(request.workspace.id, checked, grain, what=taken))
    return redirect("series_import")


def _cells(one: Line) -> tuple[str, ...]:
    it = one.value
    return (it.name, str(it.starts_on), _number(it.value, it.unit)) if it else ()


def _draw(request: MemberRequest, found: Preview | None = None, *, error: str = "") -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    context = {
        "section": "reports",
        "form": SeriesForm(sent) if sent and (error or found) else SeriesForm(),
        "found": found,
        "grain": sent.get("grain", "") if sent else "",
        "error": error,
        "head": [_("Name"), _("From"), _("Value")],
        "imports": imports_of(request.workspace.id, What.SERIES),
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "hearwell/outcomes/series_import.html", context, status=status)
