"""Networks: the accounts, their health, and the kill switches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.channels import queries, standing
from hearwell.connect.abilities import portrait_of
from hearwell.connect.registry import all_connectors
from hearwell.outbound.models import KillSwitch, SwitchScope
from hearwell.outbound.services import switches
from hearwell.web.admin.frame import draw
from hearwell.web.admin.networks.faces import AccountRow, account_row
from hearwell.web.components.marks import badge_of
from hearwell.web.setup.views import address

# What the short table of abilities shows: the heading and the ability's key.
SHOWN = (
    (gettext_lazy("Read"), "reads"),
    (gettext_lazy("Reply"), "public"),
    (gettext_lazy("Private"), "private"),
    (gettext_lazy("Edits"), "edits"),
    (gettext_lazy("Hide"), "hide"),
)


@requires("view_health")
@require_safe
def networks(request: MemberRequest) -> HttpResponse:
    """Show every account with its health, the switches, and what each network allows."""
    place, role = request.workspace.id, request.membership.role
    on = switches.active_switches(place)
    found = queries.health_rows(place)
    rows = [account_row(row, on) for row in found]
    checked = [row.health.checked_at for row in found if row.health and row.health.checked_at]
    context = {
        "rows": rows,
        "checked_at": max(checked, default=None),
        "troubled": [row for row in rows if row.verdict.tone == "late"],
        "switches": [_switch_words(switch, rows) for switch in on],
        "whole_stop": next((s for s in on if s.scope == SwitchScope.WORKSPACE), None),
        "networks": sorted({row.channel.network for row in rows}),
        "warned": standing.warnings(place),
        "headings": [heading for heading, _key in SHOWN],
        "abilities": _abilities(),
        "may_connect": can(role, "manage_channels"),
        "may_stop": can(role, "kill_switch"),
        "sandbox_open": address("sandbox:open"),
        "sandbox_control": address("sandbox:control"),
    }
    return draw(request, "networks", "settings_networks", context)


def _abilities() -> list[dict[str, Any]]:
    """Return each network with its marks for the short table."""
    portraits = sorted(map(portrait_of, all_connectors()), key=lambda one: not one.is_connectable)
    return [
        {
            "network": one.network,
            "title": one.title,
            "is_by_contract": one.is_by_contract,
            "marks": [one.can(key).value for _heading, key in SHOWN],
        }
        for one in portraits
    ]


def _switch_words(switch: KillSwitch, rows: Sequence[AccountRow]) -> dict[str, Any]:
    handles = {str(row.channel.id): row.channel.handle for row in rows}
    what = {
        SwitchScope.WORKSPACE.value: _("everything"),
        SwitchScope.NETWORK.value: badge_of(switch.value).title,
        SwitchScope.ACCOUNT.value: handles.get(switch.value, switch.value),
        SwitchScope.UNATTENDED.value: _("planned and automatic posts, by an incident"),
    }[switch.scope]
    return {"switch": switch, "what": what}


@requires("kill_switch")
@require_POST
def kill_switch(request: MemberRequest) -> HttpResponse:
    """Stop or allow sending for everything, a network or an account; the reason is kept."""
    place, user = request.workspace.id, cast("User", request.user)
    scope, value = request.POST.get("scope", ""), request.POST.get("value", "")
    reason = request.POST.get("reason", "").strip()[:300]
    if not _is_known(request, scope, value):
        raise Http404
    if request.POST.get("act") == "resume":
        switches.resume(place, scope, value, reason=reason, by=user)
        text = _("Sending is allowed again. What was held stays held until somebody releases it.")
        messages.success(request, text)
    elif not reason:
        messages.error(request, _("Nothing was stopped: say why, your colleagues will ask."))
    else:
        switches.stop(place, scope, value, reason=reason, by=user)
        messages.warning(request, _("Sending is stopped. Nothing new goes out."))
    return redirect("settings_networks")


def _is_known(request: MemberRequest, scope: str, value: str) -> bool:
    """Say whether there is something of ours to be stopped by this name."""
    channels = queries.channels_of(request.workspace.id)
    known = {
        SwitchScope.WORKSPACE.value: {""},
        SwitchScope.NETWORK.value: {channel.network for channel in channels},
        SwitchScope.ACCOUNT.value: {str(channel.id) for channel in channels},
    }
    return value in known.get(scope, set())
