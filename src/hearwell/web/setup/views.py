"""The first page after the installation: three ways on."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.models import ChannelState
from hearwell.channels.queries import channels_of
from hearwell.strategy.queries import readiness
from hearwell.web.admin.playbook.words import lack_of


@requires("read")
@require_safe
def setup(request: MemberRequest) -> HttpResponse:
    """Offer to play the demo brand, to import an archive, to connect a channel."""
    channels = channels_of(request.workspace.id)
    ready = readiness(request.workspace)
    context = {
        "section": "setup",
        "ready": ready,
        "lacks": [lack_of(one) for one in ready.missing],
        # An archive's channel has nobody behind it: it is not an account that was connected.
        "channels": [one for one in channels if one.state != ChannelState.READ_ONLY],
        "demo_channels": [channel for channel in channels if channel.is_demo],
        "demo_url": address("sandbox:demo_start"),
        "may_connect": can(request.membership.role, "manage_channels"),
        "may_import": can(request.membership.role, "import"),
    }
    return render(request, "hearwell/setup/setup.html", context)


@requires("see_self")
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Go to the inbox, or to what one sees instead; to the first page if nothing is connected."""
    if not can(request.membership.role, "read"):
        return redirect("held_back")
    if channels_of(request.workspace.id):
        return redirect("inbox")
    return redirect("setup")


def address(name: str) -> str:
    """Return the address of a page that may not be installed, else an empty string."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
