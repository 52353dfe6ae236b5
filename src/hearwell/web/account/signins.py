"""Where a person is signed in, and how they end it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.services.signins import end_one, end_others, sign_ins_of
from hearwell.web.account.browsers import named


@requires("see_self")
@require_safe
def sign_ins(request: MemberRequest) -> HttpResponse:
    """Show every browser in which one is signed in; this one first."""
    key = request.session.session_key
    rows = [
        {"row": row, "name": named(row.agent), "is_here": row.session_key == key}
        for row in sign_ins_of(cast("User", request.user))
    ]
    rows.sort(key=lambda one: not one["is_here"])
    context = {"section": "me", "rows": rows}
    return render(request, "hearwell/account/sign_ins.html", context)


@requires("see_self")
@require_POST
def end_sign_in(request: MemberRequest, sign_in_id: UUID) -> HttpResponse:
    """Sign one browser out at once."""
    if not end_one(cast("User", request.user), sign_in_id):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("sign_ins")


@requires("see_self")
@require_POST
def end_other_sign_ins(request: MemberRequest) -> HttpResponse:
    """Sign every browser out but this one."""
    count = end_others(cast("User", request.user), request.session.session_key or "")
    said = ngettext("%(n)s browser is signed out.", "%(n)s browsers are signed out.", count)
    messages.success(request, said % {"n": count})
    return redirect("sign_ins")
