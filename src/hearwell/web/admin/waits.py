"""What customers may know of their wait: an owner's choice, and how what was told came true."""

from __future__ import annotations

from typing import Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.waits import queries
from hearwell.waits.services import Chosen, choose
from hearwell.web.admin.frame import draw
from hearwell.web.waits.words import sentence

PAGE: Final = "settings_waits"


@requires("manage_workspace")
@require_http_methods(["GET", "HEAD", "POST"])
def wait_settings(request: MemberRequest) -> HttpResponse:
    """Show what is chosen and what is told, or keep another choice."""
    place = request.workspace
    if request.method == "POST":
        wanted = {name: request.POST.get(name) == "1" for name in Chosen.__dataclass_fields__}
        choose(place.id, Chosen(**wanted), by=cast("User", request.user))
        messages.success(request, _("Saved. The first figures are there within a minute."))
        return redirect(PAGE)
    told = queries.told_now(place)
    context = {
        "choice": queries.choice_of(place.id),
        "told": told,
        "sentence": sentence(told),
        "kept": queries.kept_lately(place.id),
        "roster": queries.roster_of(place.id),
        "address": settings.HEARWELL_URL + reverse("wait", args=[place.slug]),
        "badge": settings.HEARWELL_URL + reverse("wait_badge", args=[place.slug]),
        "json": settings.HEARWELL_URL + reverse("wait_json", args=[place.slug]),
    }
    return draw(request, "waits", PAGE, context)
