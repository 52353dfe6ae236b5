"""The page of who must set up a second factor before they see anything."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public
from hearwell.accounts.models import Membership, User


@public
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Lead a member to set one up; nobody else has anything to do here."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.path)
    kept_out: Membership | None = getattr(request, "kept_out", None)
    if kept_out is None:
        return redirect("home")
    others = Membership.objects.select_related("workspace").filter(user=request.user)
    context = {"kept_out": kept_out, "others": list(others.exclude(id=kept_out.id))}
    return render(request, "hearwell/account/second_factor.html", context)
