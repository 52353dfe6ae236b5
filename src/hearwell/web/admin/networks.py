"""Networks: accounts, their health, what could not be taken in, and the kill switches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.channels import queries
from hearwell.channels.models import Channel
from hearwell.channels.queries import HealthRow
from hearwell.channels.services.connecting import (
    ReadOnlyChannelError,
    pause,
    resume,
    rotate_secret,
)
from hearwell.channels.services.parking import dismiss, replay
from hearwell.connect.contract import Connector, Replies
from hearwell.connect.manifest import Changes
from hearwell.connect.model import Audience
from hearwell.connect.registry import all_connectors
from hearwell.kit.clock import now
from hearwell.outbound.models import KillSwitch, SwitchScope
from hearwell.outbound.services import switches
from hearwell.web.admin.frame import draw
from hearwell.web.components.clocks import duration
from hearwell.web.components.marks import badge_of
from hearwell.web.setup.views import address


@dataclass(frozen=True)
class AccountRow:
    """An account as the table shows it. `tone` and `icon` go with the words, never alone."""

    channel: Channel
    tone: str
    icon: str
    words: str
    detail: str
    behind: str
    parked: int
    stopped: KillSwitch | None


@dataclass(frozen=True)
class Ability:
    """What a network's connector can do, for the table of abilities."""

    network: str
    title: str
    reads: bool
    replies: bool
    writes_privately: bool
    sees_edits: bool
    sees_deletions: bool


_FACES = {
    "ok": ("ok", "check"),
    "healthy": ("ok", "check"),
    "warning": ("warn", "triangle-alert"),
    "degraded": ("warn", "triangle-alert"),
    "failing": ("late", "triangle-alert"),
    "failed": ("late", "triangle-alert"),
    "error": ("late", "triangle-alert"),
}


def account_row(row: HealthRow, on: Sequence[KillSwitch]) -> AccountRow:
    """Put a channel's health into words."""
    tone, icon, words = _health_words(row)
    health = row.health
    last = health.last_event_at if health else None
    return AccountRow(
        channel=row.channel,
        tone=tone,
        icon=icon,
        words=words,
        detail=health.failure_message if health else "",
        behind=duration((now() - last).total_seconds()) if last else _("nothing yet"),
        parked=row.parked,
        stopped=switches.switch_for(on, row.channel.network, row.channel.id),
    )


def _health_words(row: HealthRow) -> tuple[str, str, str]:
    state, health = row.channel.state, row.health
    if state == "paused":
        return "warn", "pause", _("Paused")
    if state == "read_only":
        return "ok", "archive", _("Read only")
    if health is not None and health.failing_since is not None:
        code = health.failure_code
        return "late", "triangle-alert", _("Failing: %(code)s") % {"code": code}
    if row.parked:
        n = row.parked
        words = ngettext("%(n)s message parked", "%(n)s messages parked", n) % {"n": n}
        return "warn", "triangle-alert", words
    if health is None or health.state == "unknown":
        return "", "clock", _("Not checked yet")
    tone, icon = _FACES.get(health.state, ("warn", "triangle-alert"))
    return tone, icon, _("Healthy") if tone == "ok" else _("Needs a look")


def _ability(connector: Connector) -> Ability:
    manifest = connector.manifest
    return Ability(
        network=manifest.network,
        title=manifest.title,
        reads=bool(manifest.kinds),
        replies=isinstance(connector, Replies) and Audience.PUBLIC in manifest.reply_audiences,
        writes_privately=Audience.PRIVATE in manifest.reply_audiences,
        sees_edits=manifest.edits is not Changes.NEVER,
        sees_deletions=manifest.deletions is not Changes.NEVER,
    )


@requires("view_health")
@require_safe
def networks(request: MemberRequest) -> HttpResponse:
    """Show every account with its health, the switches, and what each network allows."""
    place = request.workspace.id
    on = switches.active_switches(place)
    rows = [account_row(row, on) for row in queries.health_rows(place)]
    context = {
        "rows": rows,
        "troubled": [row for row in rows if row.tone == "late"],
        "switches": [_switch_words(switch, rows) for switch in on],
        "whole_stop": next((s for s in on if s.scope == SwitchScope.WORKSPACE), None),
        "networks": sorted({row.channel.network for row in rows}),
        "abilities": [_ability(connector) for connector in all_connectors()],
        "may_connect": can(request.membership.role, "manage_channels"),
        "may_stop": can(request.membership.role, "kill_switch"),
        "sandbox_open": address("sandbox:open"),
        "sandbox_control": address("sandbox:control"),
    }
    return draw(request, "networks", "settings_networks", context)


def _switch_words(switch: KillSwitch, rows: Sequence[AccountRow]) -> dict[str, Any]:
    handles = {str(row.channel.id): row.channel.handle for row in rows}
    what = {
        SwitchScope.WORKSPACE.value: _("everything"),
        SwitchScope.NETWORK.value: badge_of(switch.value).title,
        SwitchScope.ACCOUNT.value: handles.get(switch.value, switch.value),
    }[switch.scope]
    return {"switch": switch, "what": what}


def _channel(request: MemberRequest, channel_id: UUID) -> Channel:
    channel = queries.channel_by_id(request.workspace.id, channel_id)
    if channel is None:
        raise Http404
    return channel


@requires("view_health")
@require_safe
def network(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Show one account: checks, what was parked and why, what was counted at its door."""
    channel = _channel(request, channel_id)
    return _draw_network(request, channel)


def _draw_network(request: MemberRequest, channel: Channel, *, secret: str = "") -> HttpResponse:
    place = request.workspace.id
    on = switches.active_switches(place)
    health = {row.channel.id: row for row in queries.health_rows(place)}[channel.id]
    hook = queries.hook_path(channel)
    context = {
        "channel": channel,
        "row": account_row(health, on),
        "health": health.health,
        "parked": queries.parked_rows(place, channel.id),
        "counts": sorted(queries.counts_of(channel).items()),
        "hook": f"{settings.HEARWELL_URL}{hook}" if hook else "",
        "secret": secret,
        "may_connect": can(request.membership.role, "manage_channels"),
        "may_stop": can(request.membership.role, "kill_switch"),
        "account_stop": next((s for s in on if s.value == str(channel.id)), None),
    }
    return draw(request, "network", "settings_networks", context)


@requires("manage_channels")
@require_POST
def set_state(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Pause or resume an account, or give its webhook a new secret."""
    channel, user = _channel(request, channel_id), cast("User", request.user)
    act = request.POST.get("act")
    if act == "rotate":
        return _draw_network(request, channel, secret=rotate_secret(channel, actor=user))
    try:
        pause(channel, actor=user) if act == "pause" else resume(channel, actor=user)
    except ReadOnlyChannelError:
        messages.warning(request, _("An archive has no network behind it: nothing to pause."))
    return redirect("settings_network", channel.id)


@requires("manage_channels")
@require_POST
def settle_parked(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Replay or dismiss parked deliveries, one or all of the account."""
    channel, user = _channel(request, channel_id), cast("User", request.user)
    place = request.workspace.id
    known = [row.id for row in queries.parked_rows(place, channel.id)]
    wanted = request.POST.get("parked")
    chosen = [row_id for row_id in known if wanted in {None, "", str(row_id)}]
    if request.POST.get("act") == "dismiss":
        n = dismiss(place, chosen, actor=user)
        said = ngettext("%(n)s dismissed.", "%(n)s dismissed.", n)
    else:
        n = replay(place, chosen, actor=user)
        said = ngettext("%(n)s is taken in again.", "%(n)s are taken in again.", n)
    messages.success(request, said % {"n": n})
    return redirect("settings_network", channel.id)


@requires("kill_switch")
@require_POST
def kill_switch(request: MemberRequest) -> HttpResponse:
    """Stop or allow sending for everything, a network or an account; the reason is kept."""
    place, user = request.workspace.id, cast("User", request.user)
    scope, value = request.POST.get("scope", ""), request.POST.get("value", "")
    reason = request.POST.get("reason", "").strip()[:300]
    if not _is_known(place, scope, value):
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


def _is_known(workspace_id: UUID, scope: str, value: str) -> bool:
    """Say whether there is something of ours to be stopped by this name."""
    channels = queries.channels_of(workspace_id)
    known = {
        SwitchScope.WORKSPACE.value: {""},
        SwitchScope.NETWORK.value: {channel.network for channel in channels},
        SwitchScope.ACCOUNT.value: {str(channel.id) for channel in channels},
    }
    return value in known.get(scope, set())
