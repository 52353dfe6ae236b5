"""Push to one's own devices: switch it on in this browser, choose what for, switch it off."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.kit.text import clean
from hearwell.notifications import services
from hearwell.notifications.rules import BadDeviceError, Topic
from hearwell.notifications.webpush import public_key

LONGEST_BODY: Final = 8000
LONGEST_NAME: Final = 80
_WRONG: Final = 422
TOPICS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (Topic.GIVEN.value, gettext_lazy("A case is given to me")),
    (Topic.ANSWERED.value, gettext_lazy("A customer writes in a case that I have")),
    (
        Topic.SOON.value,
        gettext_lazy("A promise is nearly due: of my cases, and where the promise names my role"),
    ),
    (Topic.LATE.value, gettext_lazy("A promise is over its time: of the same")),
    (Topic.RETURNED.value, gettext_lazy("Changes are asked for in a reply that I handed in")),
    (Topic.APPROVED.value, gettext_lazy("A reply that I handed in was approved")),
    (Topic.DOUBTED.value, gettext_lazy("Nobody knows whether an action of a tool was done")),
)
# For who may approve.
_TO_DECIDE: Final[tuple[tuple[str, str | Promise], ...]] = (
    (Topic.REVIEW.value, gettext_lazy("A colleague's reply waits for approval")),
    (Topic.GRANT.value, gettext_lazy("A grant waits for a second person")),
    (Topic.SPIKE.value, gettext_lazy("Far more is said than usual: a spike")),
    (Topic.INCIDENT.value, gettext_lazy("An incident is opened or has another level")),
)
# For who looks after the networks.
_TO_KEEP: Final[tuple[tuple[str, str | Promise], ...]] = (
    (
        Topic.NETWORK.value,
        gettext_lazy("A network's cap or quota is used up, or its version ends soon"),
    ),
)


def _topics(role: str) -> tuple[tuple[str, str | Promise], ...]:
    to_decide = _TO_DECIDE if can(role, "approve") else ()
    return TOPICS + to_decide + (_TO_KEEP if can(role, "manage_channels") else ())


@requires("read")
@require_safe
def devices(request: MemberRequest) -> HttpResponse:
    """Show one's own devices and what each is told."""
    context = {
        "section": "me",
        "devices": services.own_devices(request.membership),
        "topics": _topics(request.membership.role),
        "push_key": public_key(settings.HEARWELL_KEYS),
        "is_secure": request.is_secure() or request.get_host().partition(":")[0] == "localhost",
    }
    return render(request, "hearwell/account/push.html", context)


@requires("read")
@require_POST
def switch_on(request: MemberRequest) -> HttpResponse:
    """Take what this browser's push service said; answer in JSON, for a script asks."""
    try:
        told = _json(request)
        name = clean(" ".join(str(told.get("name") or _("This device")).split()))[0][:LONGEST_NAME]
        services.switch_on(request.membership, told, name)
    except BadDeviceError:
        words = _(
            "This browser's push service gave an address that we may not call. Nothing was kept."
        )
        return JsonResponse({"error": words}, status=_WRONG)
    except services.TooManyDevicesError:
        words = _("You have as many devices as there may be. Take one off that you no longer use.")
        return JsonResponse({"error": words}, status=_WRONG)
    messages.success(request, _("Push is on for this device. Choose below what for."))
    return JsonResponse({"ok": True})


def _json(request: MemberRequest) -> dict[str, Any]:
    """Return the object that was sent. Raises BadDeviceError for anything else."""
    body = request.body
    try:
        told = json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadDeviceError
    return told


@requires("read")
@require_POST
def change(request: MemberRequest, device_id: UUID) -> HttpResponse:
    """Choose what a device of one's own is told, or take it off."""
    if "remove" in request.POST:
        is_there = services.forget_device(request.membership, device_id)
        words = _("That device is told nothing any more.")
    else:
        is_there = services.change_device(
            request.membership,
            device_id,
            request.POST.getlist("topic"),
            only_here=request.POST.get("only_here") == "1",
            shows_words=request.POST.get("shows_words") == "1",
        )
        words = _("Saved.")
    if not is_there:
        raise Http404
    messages.success(request, words)
    return redirect("push_devices")
