"""How long promotions stay held back, and whether addresses are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.kit.numbers import whole_number
from hearwell.promotions.queries import choice_of
from hearwell.promotions.services import BadHoldChoiceError, Wish, choose
from hearwell.web.admin.frame import draw
from hearwell.web.components.holds import BASES

PAGE: Final = "settings_promotions"
_WRONG: Final = 422
_LONGEST_NUMBER: Final = 6


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def promotion_settings(request: MemberRequest) -> HttpResponse:
    """Show what is chosen, or keep another choice."""
    if request.method != "POST":
        choice = choice_of(request.workspace.id)
        return _draw(request, {name: getattr(choice, name) for name in Wish.__dataclass_fields__})
    form = request.POST
    hours = whole_number(form.get("cool_off_h", "").strip(), digits=_LONGEST_NUMBER)
    wish = Wish(
        cool_off_h=-1 if hours is None else hours,
        counts_praise=form.get("counts_praise") == "1",
        email_basis=form.get("email_basis", ""),
        email_statement=form.get("email_statement", ""),
    )
    try:
        choose(
            request.workspace.id,
            wish,
            by=cast("User", request.user),
            may_state_basis=_may_state(request),
        )
    except BadHoldChoiceError as error:
        return _draw(request, asdict(wish), error=str(error), field=error.field)
    messages.success(request, _("Saved. It holds at once."))
    return redirect(PAGE)


def _may_state(request: MemberRequest) -> bool:
    return can(request.membership.role, "manage_workspace")


def _draw(
    request: MemberRequest, values: dict[str, Any], *, error: str = "", field: str = ""
) -> HttpResponse:
    context = {
        "values": values,
        "bases": BASES.items(),
        "may_state": _may_state(request),
        "error": error,
        "field": field,
    }
    return draw(request, "promotions", PAGE, context, status=_WRONG if error else 200)
