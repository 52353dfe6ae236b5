"""The owner's control page: open and close Harbour, play the demo, let the network misbehave."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.kit.numbers import whole_number
from hearwell.sandbox import queries
from hearwell.sandbox.demo import playing
from hearwell.sandbox.models import Faults, Page
from hearwell.sandbox.services import misbehaving, opening, trading
from hearwell.sandbox.services.trading import TradeFault
from hearwell.strategy.queries import readiness

_RIGHT = "manage_channels"
TRADE_FAULTS = {
    TradeFault.HANG_AFTER: gettext_lazy("Acts, then does not answer in time"),
    TradeFault.FAIL_AFTER: gettext_lazy("Acts, then says 500"),
    TradeFault.FAIL_BEFORE: gettext_lazy("Says 500 and does nothing"),
    TradeFault.SLOW_DOWN: gettext_lazy("Says 429, slow down"),
    TradeFault.SAY_TWICE: gettext_lazy("Gets the call twice"),
}


@requires(_RIGHT)
def control(request: MemberRequest) -> HttpResponse:
    """See and change how the network behaves."""
    page = Page.objects.select_related("profile").filter(is_sister=False).first()
    if request.method == "POST" and page is not None:
        _apply(request, page)
        notices.success(request, _("Saved."))
        return redirect("sandbox:control")
    return _draw(request, page)


def _draw(
    request: MemberRequest, page: Page | None, *, keys: opening.Keys | None = None
) -> HttpResponse:
    context = {
        "page": page,
        "keys": keys,
        "faults": Faults.objects.filter(page=page).first(),
        "play": playing.progress(request.workspace.id),
        "entries": queries.latest_entries(),
        "houses": queries.trade_houses(),
        "trade_faults": [(one.value, words) for one, words in TRADE_FAULTS.items()],
    }
    return render(request, "sandbox/control.html", context)


def _apply(request: MemberRequest, page: Page) -> None:
    wanted = {name: _number(request, name) for name in (*misbehaving.COUNTED, "delay_s")}
    wanted |= {name: int(name in request.POST) for name in misbehaving.SWITCHES}
    misbehaving.set_faults(page, wanted)
    has_webhook, has_stream = (name in request.POST for name in ("has_webhook", "has_stream"))
    misbehaving.set_ways(page, has_webhook=has_webhook, has_stream=has_stream)


def _number(request: MemberRequest, name: str) -> int:
    return whole_number(request.POST.get(name), digits=4) or 0


def _done(request: MemberRequest, words: str, fallback: str = "sandbox:control") -> HttpResponse:
    """Say what was done and go where the form says, if that is one of our own pages."""
    notices.success(request, words)
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if is_ours else fallback)


def _who(request: MemberRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@requires(_RIGHT)
def open_it(request: MemberRequest) -> HttpResponse:
    """Open Harbour in this workspace."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    opening.open_for(request.workspace, by=_who(request))
    return _done(request, _("Harbour is open. Anyone with its address can write there."))


@requires(_RIGHT)
def close_it(request: MemberRequest) -> HttpResponse:
    """Take its pages away."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    opening.close_for(request.workspace, by=_who(request))
    return _done(request, _("Harbour is closed. Its pages are gone; the cases stay."))


@requires(_RIGHT)
def make_keys(request: MemberRequest) -> HttpResponse:
    """Make keys with which the page can be connected by hand, and show them once."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    may_write = request.POST.get("rights") != "read"
    is_sister = request.POST.get("account") == "care"
    keys = opening.make_keys(
        request.workspace, may_write=may_write, is_sister=is_sister, by=_who(request)
    )
    return _draw(request, queries.open_page(), keys=keys)


@requires(_RIGHT)
def expire(request: MemberRequest) -> HttpResponse:
    """Let the brand's access token expire now."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    page = queries.open_page()
    if page is not None:
        opening.expire_token(page)
    return _done(request, _("The token has expired. The next call will find out."))


@requires(_RIGHT)
def demo_start(request: MemberRequest) -> HttpResponse:
    """Play Northwind Air."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    playing.start(request.workspace, by=_who(request))
    return _done(request, _("Northwind Air is on its way: its first customers arrive now."), "/")


@requires(_RIGHT)
def demo_stop(request: MemberRequest) -> HttpResponse:
    """Stop playing; what was said stays."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    playing.stop(request.workspace.id)
    return _done(request, _("The demo has stopped. What was said stays."))


@requires(_RIGHT)
def demo_remove(request: MemberRequest) -> HttpResponse:
    """Stop playing and take everything off Harbour that the demo put there."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    playing.remove(request.workspace)
    if not readiness(request.workspace).is_ready:
        words = _("Before real customers write to you: the playbook leaves questions open.")
        notices.warning(request, words)
    return _done(request, _("The demo is gone from Harbour, and its cases are closed."))


@requires(_RIGHT)
def trade_faults(request: MemberRequest) -> HttpResponse:
    """Let the next call that acts in the shop or the airline go wrong."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    fault, house = request.POST.get("fault", ""), request.POST.get("house", "")
    trading.set_faults(house, [fault] if fault in set(TradeFault) else [])
    return _done(request, _("Saved."))
