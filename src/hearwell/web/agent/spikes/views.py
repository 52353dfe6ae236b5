"""The page of spikes: the list, what a lead says of one, and the notice of new ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.queries import channels_of
from hearwell.kit.clock import now
from hearwell.spikes import queries
from hearwell.spikes.models import State
from hearwell.spikes.services import UnknownSpikeError, decide_spike
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.spikes.faces import KIND_WORDS, spike_face, title_of
from hearwell.web.components.marks import badge_of

_SHOWN: Final[dict[str, tuple[tuple[str, ...], str | Promise]]] = {
    "": ((State.PROPOSED, State.CONFIRMED), gettext_lazy("Current")),
    "proposed": ((State.PROPOSED,), gettext_lazy("Not looked at")),
    "confirmed": ((State.CONFIRMED,), gettext_lazy("Confirmed")),
    "dismissed": ((State.DISMISSED,), gettext_lazy("Dismissed")),
}
_SAID: Final[dict[str, str | Promise]] = {
    State.CONFIRMED.value: gettext_lazy("Confirmed: this is real."),
    State.DISMISSED.value: gettext_lazy("Dismissed. Nobody is told of it again."),
    State.PROPOSED.value: gettext_lazy("Taken back: it stands as it was found."),
}
# So long a new spike is named at the top of each page.
_NEWS_FOR: Final = timedelta(hours=24)


@requires("read")
@require_safe
def spikes(request: MemberRequest) -> HttpResponse:
    """Show what was found, the newest first."""
    workspace, shown = request.workspace, request.GET.get("show", "")
    states, _label = _SHOWN.get(shown, _SHOWN[""])
    found = queries.spikes_of(
        workspace.id,
        states=states,
        before_id=_id(request.GET.get("before", "")),
        limit=queries.MOST_LISTED + 1,
    )
    has_more, found = len(found) > queries.MOST_LISTED, found[: queries.MOST_LISTED]
    examples, counts = queries.examples_of(found), queries.counts_around(found)
    channels = {
        one.id: f"{one.handle} ({badge_of(one.network).title})" for one in channels_of(workspace.id)
    }
    people, zone = colleagues(request), ZoneInfo(workspace.time_zone)
    older = {"show": shown, "before": str(found[-1].id)} if has_more else {}
    choice = queries.choice_of(workspace.id)
    context: dict[str, Any] = {
        "section": "spikes",
        "spikes": [
            spike_face(
                one,
                examples.get(one.id, ()),
                counts[one.id],
                channels,
                people,
                zone,
                choice.cool_down_h,
            )
            for one in found
        ],
        "tabs": [(key, label, key == shown) for key, (_states, label) in _SHOWN.items()],
        "shown": shown,
        "older": f"{reverse('spikes')}?{urlencode(older)}" if older else "",
        "choice": choice,
        "may_decide": can(request.membership.role, "approve"),
        "may_choose": can(request.membership.role, "manage_settings"),
    }
    return render(request, "hearwell/spikes/list.html", context)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@requires("approve")
@require_POST
def decide(request: MemberRequest, spike_id: UUID) -> HttpResponse:
    """Confirm a spike, dismiss it, or take that back."""
    said = request.POST.get("state", "")
    if said not in _SAID:
        raise Http404
    try:
        decide_spike(request.workspace.id, spike_id, State(said), by_id=request.membership.user_id)
    except UnknownSpikeError as error:
        raise Http404 from error
    messages.success(request, str(_SAID[said]))
    shown = request.POST.get("show", "")
    query = f"?show={shown}" if shown in _SHOWN and shown else ""
    return redirect(f"{reverse('spikes')}{query}")


@requires("approve")
@require_safe
def notice(request: MemberRequest) -> HttpResponse:
    """Name the new spikes that nobody has looked at; an empty answer where there are none."""
    found = queries.unseen_spikes(request.workspace.id, now() - _NEWS_FOR)
    told = [(one, KIND_WORDS[one.kind], title_of(one)) for one in found]
    return render(request, "hearwell/parts/spike_notice.html", {"spikes_new": told})
