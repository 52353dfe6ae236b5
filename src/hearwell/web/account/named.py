"""Whether customers may know the first name behind one's initials."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.waits.services import BadNameError, be_named


@requires("reply")
@require_POST
def named(request: MemberRequest) -> HttpResponse:
    """Let oneself be named, or no longer."""
    name = request.POST.get("first_name", "") if request.POST.get("agreed") == "1" else ""
    try:
        be_named(request.workspace.id, cast("User", request.user), name)
    except BadNameError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("me")
