"""How soon to be told of spikes."""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.kit.numbers import whole_number
from hearwell.spikes.queries import choice_of
from hearwell.spikes.rules import Sensitivity
from hearwell.spikes.services import BadSpikeChoiceError, choose
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_spikes"
_WRONG: Final = 422
_LONGEST_NUMBER: Final = 6
SENSITIVITIES: Final[tuple[tuple[str, str | Promise], ...]] = (
    (Sensitivity.LOW.value, gettext_lazy("Late: only what is very large")),
    (Sensitivity.NORMAL.value, gettext_lazy("Normal: as measured")),
    (Sensitivity.HIGH.value, gettext_lazy("Soon: smaller ones, too, and more false alarms")),
)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def spike_settings(request: MemberRequest) -> HttpResponse:
    """Show what is chosen, or keep another choice."""
    if request.method != "POST":
        choice = choice_of(request.workspace.id)
        return _draw(request, {name: getattr(choice, name) for name in _NAMES})
    form = request.POST
    typed: dict[str, Any] = {
        "is_on": form.get("is_on") == "1",
        "sensitivity": form.get("sensitivity", ""),
        "least_authors": _number(form.get("least_authors", "")),
        "cool_down_h": _number(form.get("cool_down_h", "")),
    }
    try:
        choose(request.workspace.id, **typed, by=cast("User", request.user))
    except BadSpikeChoiceError as error:
        return _draw(request, typed, error=str(error), field=error.field)
    messages.success(request, _("Saved. It holds from the next minute on."))
    return redirect(PAGE)


_NAMES: Final = ("is_on", "sensitivity", "least_authors", "cool_down_h")


def _number(text: str) -> int:
    """Return a number that was typed; what is none is 0, which no field allows."""
    return whole_number(text.strip(), digits=_LONGEST_NUMBER) or 0


def _draw(
    request: MemberRequest, values: dict[str, Any], *, error: str = "", field: str = ""
) -> HttpResponse:
    context = {
        "values": values,
        "sensitivities": SENSITIVITIES,
        "error": error,
        "field": field,
    }
    return draw(request, "spikes", PAGE, context, status=_WRONG if error else 200)
