"""One account: its checks, what was parked and why, and everything that can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.channels import queries
from hearwell.channels.models import Channel, ChannelHealth, ChannelState, HookState, Purpose
from hearwell.channels.queries import account_of
from hearwell.channels.services.connecting import (
    DisconnectedChannelError,
    ReadOnlyChannelError,
    is_called,
    pause,
    resume,
    set_purpose,
)
from hearwell.channels.services.health import ask_for_check
from hearwell.channels.services.hooksecrets import read_secrets, replace_secrets, secret_fields
from hearwell.channels.services.parking import dismiss, replay
from hearwell.channels.services.subscribing import rotate
from hearwell.channels.services.trying import NotConnectableError, ways_in
from hearwell.connect.contract import Authorizes, Connects, Replies
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.templates import SETTING, SendsTemplates
from hearwell.inbox.parting import disconnect_account
from hearwell.kit.clock import now
from hearwell.outbound.services import switches
from hearwell.web.admin.frame import draw
from hearwell.web.admin.networks import faces
from hearwell.web.admin.networks.asking import PREFIX, field_faces
from hearwell.web.admin.networks.chat import tag_of
from hearwell.web.admin.networks.onward import onward_form

# A check that was asked for and has not come by then will not: the worker is away.
PATIENCE: Final = timedelta(seconds=30)
UNPROCESSABLE: Final = 422


def channel_or_404(request: MemberRequest, channel_id: UUID) -> Channel:
    """Return an account of the workspace. Raises Http404 for an absent or foreign one."""
    channel = queries.channel_by_id(request.workspace.id, channel_id)
    if channel is None:
        raise Http404
    return channel


def health_context(channel: Channel, health: ChannelHealth | None) -> dict[str, Any]:
    """What the card of checks shows, and whether a check is on its way."""
    asked = health.asked_at if health else None
    checked = health.checked_at if health else None
    is_asked = asked is not None and (checked is None or checked < asked)
    is_waiting = health is not None and health.hook_state == HookState.WAITING
    recent = now() - PATIENCE
    return {
        "channel": channel,
        "health": health,
        "checks": faces.check_faces(health.checks if health else ()),
        "hook": faces.hook_face(health),
        "sign_in": faces.sign_in_face(health or ChannelHealth()),
        "allowance": faces.allowance_face(health.allowance if health else None),
        "behind": faces.behind_by(channel, health or ChannelHealth()),
        "is_checking": (is_asked and asked is not None and asked > recent)
        or (is_waiting and channel.connected_at > recent),
        "is_overdue": is_asked and asked is not None and asked <= recent,
    }


@requires("view_health")
@require_safe
def network(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Show one account: checks, what was parked and why, what was counted at its door."""
    return _draw(request, channel_or_404(request, channel_id))


def _draw(
    request: MemberRequest,
    channel: Channel,
    *,
    secret: str = "",
    refused: Mapping[str, str] | None = None,
) -> HttpResponse:
    place, role = request.workspace.id, request.membership.role
    on = switches.active_switches(place)
    row = queries.health_row(channel)
    tag = tag_of(channel)
    context = {
        **health_context(channel, row.health),
        "row": faces.account_row(row, on),
        "purposes": Purpose.choices,
        "parked": queries.parked_rows(place, channel.id),
        "counts": sorted(queries.counts_of(channel).items()),
        "hook_url": "" if tag else hook_url(channel),
        "tag": tag,
        "onward": onward_form(channel),
        "can_rotate": bool(tag or hook_url(channel)),
        "secret": secret,
        "secret_fields": field_faces(secret_fields(channel), {}, refused or {}),
        "is_refused": bool(refused),
        "is_live": channel.state in {ChannelState.ACTIVE, ChannelState.PAUSED},
        "can_connect": _can_connect(channel.network),
        "is_by_contract": _is_by_contract(channel.network),
        "settings": _shown_settings(channel),
        "may_connect": can(role, "manage_channels"),
        "may_stop": can(role, "kill_switch") and _can_speak(channel.network),
        "account_stop": next((s for s in on if s.value == str(channel.id)), None),
    }
    page = draw(request, "network", "settings_networks", context)
    page.status_code = UNPROCESSABLE if refused else page.status_code
    return page


def hook_url(channel: Channel) -> str:
    """Return where the network is to call us; empty for one that calls nobody."""
    path = queries.hook_path(channel) if is_called(channel.network) else None
    return f"{settings.HEARWELL_URL}{path}" if path else ""


def _can_speak(network: str) -> bool:
    """Whether anything can ever leave for this network. An unknown one is taken for able."""
    try:
        return isinstance(connector_for(network), Replies)
    except UnknownNetworkError:
        return True


def _is_by_contract(network: str) -> bool:
    try:
        return connector_for(network).manifest.is_by_contract
    except UnknownNetworkError:
        return False


def _can_connect(network: str) -> bool:
    return _way_in(network) is not None


def _way_in(network: str) -> Connects | Authorizes | None:
    try:
        return ways_in(network)
    except (NotConnectableError, UnknownNetworkError):
        return None


def _shown_settings(channel: Channel) -> list[tuple[str, str]]:
    """Return the account's settings, by the words of the form they were filled in with."""
    way_in = _way_in(channel.network)
    fields = {one.name: one for one in way_in.fields} if way_in else {}
    shown = []
    for name, value in channel.settings.items():
        if name == SETTING:
            shown.append((_("Approved templates"), _templates_of(channel)))
            continue
        known, text = fields.get(name), str(value)
        if known is not None:
            text = _(dict(known.choices).get(text, text)) if text else ""
        if text:
            shown.append((_(known.label) if known else name, text))
    return shown


def _templates_of(channel: Channel) -> str:
    """Return the names of the messages that the network has approved for an account."""
    connector = connector_for(channel.network)
    if not isinstance(connector, SendsTemplates):
        return ""
    known = connector.templates(account_of(channel))
    return ", ".join(one.title for one in known) or _("none")


@requires("manage_channels")
@require_POST
def set_state(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Pause or resume an account, or give its webhook a new secret."""
    channel, user = channel_or_404(request, channel_id), cast("User", request.user)
    acts: Mapping[str, Callable[[], object]] = {
        "pause": lambda: pause(channel, actor=user),
        "resume": lambda: resume(channel, actor=user),
    }
    act = request.POST.get("act", "")
    try:
        if act == "rotate":
            return _with_new_secret(request, channel)
        if act not in acts:
            raise Http404
        acts[act]()
    except ReadOnlyChannelError:
        messages.warning(request, _("An archive has no network behind it: nothing to pause."))
    except DisconnectedChannelError:
        messages.warning(request, _("This account is disconnected. Connect it again first."))
    return redirect("settings_network", channel.id)


def _with_new_secret(request: MemberRequest, channel: Channel) -> HttpResponse:
    """Make a secret up and show it once; where the network chooses it, take the one typed in."""
    user = cast("User", request.user)
    fields = secret_fields(channel)
    if not fields:
        return _draw(request, channel, secret=rotate(channel, actor=user))
    typed = {one.name: request.POST.get(f"{PREFIX}{one.name}", "") for one in fields}
    given, refused = read_secrets(fields, typed)
    if refused:
        return _draw(request, channel, refused=refused)
    replace_secrets(channel, given, actor=user)
    ask_for_check(channel)
    messages.success(
        request, _("Kept. Calls signed with the new secret or with the one before are taken in.")
    )
    return redirect("settings_network", channel.id)


@requires("manage_channels")
@require_POST
def set_what_for(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Say what an account is for, from now on."""
    channel = channel_or_404(request, channel_id)
    try:
        set_purpose(channel, request.POST.get("purpose", ""), actor=cast("User", request.user))
    except ValueError:
        messages.error(request, _("Please choose what the account is for."))
    else:
        messages.success(request, _("Saved. It counts from the next message and answer on."))
    return redirect("settings_network", channel.id)


@requires("manage_channels")
@require_POST
def check(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Have the account's health checked now; the page shows the result when it is there."""
    channel = channel_or_404(request, channel_id)
    ask_for_check(channel)
    return redirect("settings_network", channel.id)


@requires("manage_channels")
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Ask once, then let go of an account; everything that was said stays."""
    channel = channel_or_404(request, channel_id)
    if channel.state == ChannelState.READ_ONLY:
        messages.warning(request, _("An archive has no network behind it: nothing to disconnect."))
        return redirect("settings_network", channel.id)
    if request.method != "POST":
        context = {"channel": channel, "can_connect": _can_connect(channel.network)}
        return draw(request, "disconnect", "settings_networks", context)
    held = disconnect_account(channel, by=cast("User", request.user))
    messages.success(request, _("Disconnected. Everything that was said stays."))
    if held:
        words = ngettext("%(n)s reply was held.", "%(n)s replies were held.", held)
        messages.warning(request, words % {"n": held})
    return redirect("settings_network", channel.id)


@requires("manage_channels")
@require_POST
def settle_parked(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Replay or dismiss parked deliveries, one or all of the account."""
    channel, user = channel_or_404(request, channel_id), cast("User", request.user)
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
