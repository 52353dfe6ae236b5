"""How long what is held about customers is kept, and of whom it may not go."""

from __future__ import annotations

from typing import Final, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.contacts.models import Contact
from hearwell.kit.numbers import whole_number
from hearwell.privacy.models import Keeping
from hearwell.privacy.services import BadKeepingError, keep_for
from hearwell.privacy.services.keeping import MOST_MONTHS
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_keeping"
_WRONG: Final = 422
_SHOWN: Final = 100


@requires("manage_privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: MemberRequest) -> HttpResponse:
    """Show for how long and who is under legal hold, or keep for another time."""
    if request.method != "POST":
        kept = Keeping.objects.filter(workspace_id=request.workspace.id).first()
        return _draw(request, str(kept.months) if kept else "")
    given = request.POST.get("months", "").strip()
    months = (whole_number(given, digits=4) or 0) if given else None
    try:
        keep_for(request.workspace.id, months, cast("User", request.user))
    except BadKeepingError:
        return _draw(request, given, is_wrong=True)
    messages.success(request, _("Saved. Whoever it concerns is erased within some hours."))
    return redirect(PAGE)


def _draw(request: MemberRequest, months: str, *, is_wrong: bool = False) -> HttpResponse:
    held = Contact.objects.filter(workspace_id=request.workspace.id, hold_since__isnull=False)
    context = {
        "months": months,
        "most": MOST_MONTHS,
        "is_wrong": is_wrong,
        "held": held.order_by("-hold_since")[:_SHOWN],
    }
    return draw(request, "keeping", PAGE, context, status=_WRONG if is_wrong else 200)
