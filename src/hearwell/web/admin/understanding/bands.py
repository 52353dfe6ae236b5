"""When to act, to ask a person and to quiet; what was learned, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.kit.numbers import whole_number
from hearwell.triage import services as triage
from hearwell.triage.learning.accuracy import HeadFigures, accuracy_of
from hearwell.triage.learning.limits import ENOUGH_TO_QUIET
from hearwell.triage.learning.queries import quiet_figures, state_of, versions_of
from hearwell.triage.models import Understanding
from hearwell.web.admin.frame import draw
from hearwell.web.agent.understanding.faces import BANDS, HEADS, ShareWords, share_words
from hearwell.web.components.numbers import one_decimal

PAGE: Final = "settings_understanding"
# Whether a person is asked hangs on the duty alone.
CHOSEN: Final = ("duty",)


@dataclass(frozen=True)
class HeadForm:
    """A head as a row of the form: where it begins to act, and how its bands have done."""

    name: str
    title: str
    percent: str
    bands: list[tuple[str, ShareWords]]


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def bands(request: MemberRequest) -> HttpResponse:
    """Show the bands with the accuracy that they have had here, or keep others."""
    if request.method != "POST":
        return _draw(request)
    try:
        is_new = triage.choose_bands(request.membership, **_wanted(request.POST))
    except (triage.BadChoiceError, ValueError) as error:
        is_said = isinstance(error, triage.BadChoiceError)
        words = str(error) if is_said else _("Write percentages as numbers.")
        return _draw(request, words, status=422)
    if is_new:
        messages.success(request, _("Saved. It holds for what is judged from now on."))
    return redirect(PAGE)


def _wanted(form: QueryDict) -> dict[str, Any]:
    """Read the form; an empty certainty means the shipped model's. Raises ValueError."""
    typed = {name: form.get(f"sure-{name}", "").strip() for name in CHOSEN}
    return {
        "may_quiet": form.get("may_quiet") == "1",
        "miss_budget": _share(form.get("budget", "2")),
        "sure": {name: _share(text) for name, text in typed.items() if text},
    }


def _share(text: str) -> float:
    return round(float(text[:8].replace(",", ".").replace("%", "")) / 100, 4)


def _draw(request: MemberRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    state = state_of(request.workspace.id)
    known = quiet_figures(state)
    figures = accuracy_of(request.workspace.id, request.workspace.time_zone)
    missing = ngettext(
        "%(n)s more message must be labelled before anything is quieted.",
        "%(n)s more messages must be labelled before anything is quieted.",
        known.missing,
    )
    context = {
        "state": state,
        "heads": [_head(name, state, figures.get(name)) for name in CHOSEN],
        "budget": one_decimal(100 * state.miss_budget),
        "missing": missing % {"n": known.missing} if known.missing else "",
        "enough": ENOUGH_TO_QUIET,
        "quieting": {
            "missed": share_words(known.missed),
            "quieted": share_words(known.quieted),
            "looked_at": share_words(known.looked_at),
            "threshold": None if known.threshold is None else one_decimal(100 * known.threshold),
        },
        "versions": versions_of(request.workspace.id, 20),
        "may": {"manage": True, "tag": True},
        "error": error,
    }
    return draw(request, "understanding/bands", PAGE, context, status=status)


def _head(name: str, state: Understanding, figures: HeadFigures | None) -> HeadForm:
    bands = figures.bands if figures else {}
    own = state.sure.get(name)
    return HeadForm(
        name=name,
        title=str(HEADS[name]),
        percent=one_decimal(100 * own) if own is not None else "",
        bands=[(str(BANDS[band]), share_words(share)) for band, share in bands.items()],
    )


@requires("manage_settings")
@require_POST
def back(request: MemberRequest) -> HttpResponse:
    """Let an earlier version judge again; 0 is the shipped model alone."""
    number = whole_number(request.POST.get("version"), digits=9)
    if number is None:  # nothing that was meant: 0 would leave out all that was taught
        raise Http404
    try:
        triage.go_back(number, request.membership)
    except triage.UnknownVersionError as error:
        raise Http404 from error
    messages.success(request, _("Done. The next message is judged by it."))
    return redirect(PAGE)


@requires("manage_settings")
@require_POST
def forget(request: MemberRequest) -> HttpResponse:
    """Forget what this workspace taught, for good."""
    if request.POST.get("sure") != "yes":
        messages.warning(request, _("Nothing was forgotten: tick the box first."))
        return redirect(PAGE)
    gone = triage.forget_taught(request.membership)
    words = ngettext("%(n)s label is forgotten.", "%(n)s labels are forgotten.", gone)
    messages.success(request, words % {"n": gone})
    return redirect(PAGE)
