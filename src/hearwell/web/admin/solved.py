"""Whether customers are asked if it is solved: an owner's choice, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.surveys.queries import answers_since, choice_of, total_of
from hearwell.surveys.rules import LONGEST_QUESTION, QUESTIONS
from hearwell.surveys.services import BadChoiceError, Chosen, choose
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_solved"
LOOKS_BACK: Final = timedelta(days=30)
_WRONG: Final = 422
_NAMES: Final = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ar": "العربية",
}


@requires("manage_workspace")
@require_http_methods(["GET", "HEAD", "POST"])
def solved_settings(request: MemberRequest) -> HttpResponse:
    """Show what is chosen and what came of it, or keep another choice."""
    if request.method != "POST":
        return _draw(request, _kept(request))
    wish = _wished(request)
    try:
        choose(request.workspace.id, wish, by=cast("User", request.user))
    except BadChoiceError as error:
        return _draw(request, wish, error=str(error), field=error.field)
    messages.success(request, _("Saved. It holds for what is solved from now on."))
    return redirect(PAGE)


def _kept(request: MemberRequest) -> Chosen:
    kept = choice_of(request.workspace.id)
    if kept is None:
        return Chosen()
    return Chosen(
        channel_ids=_channels(request, kept.channel_ids),
        in_public=kept.in_public,
        delay_min=kept.delay_min,
        cool_off_days=kept.cool_off_days,
        words=kept.words,
    )


def _channels(request: MemberRequest, chosen: Iterable[str]) -> frozenset[UUID]:
    ids = Channel.objects.filter(workspace_id=request.workspace.id).values_list("id", flat=True)
    named = set(chosen)
    return frozenset(one for one in ids if str(one) in named)


def _wished(request: MemberRequest) -> Chosen:
    form = request.POST
    return Chosen(
        channel_ids=_channels(request, form.getlist("channel")),
        in_public=form.get("in_public") == "1",
        delay_min=_number(form.get("delay_min", "")),
        cool_off_days=_number(form.get("cool_off_days", "")),
        words={tag: form.get(f"words_{tag}", "") for tag in QUESTIONS},
    )


def _number(text: str) -> int:
    found = whole_number(text.strip(), digits=6)
    return -1 if found is None else found


def _draw(
    request: MemberRequest, wish: Chosen, *, error: str = "", field: str = ""
) -> HttpResponse:
    place = request.workspace.id
    found = answers_since(place, now() - LOOKS_BACK)
    channels = Channel.objects.filter(workspace_id=place, state="active")
    context: dict[str, Any] = {
        "wish": wish,
        "channels": channels.exclude(network__in=["archive", "by-hand"]).order_by(
            "network", "handle"
        ),
        "words": [
            (tag, _NAMES[tag], wish.words.get(tag) or ours, field == f"words_{tag}")
            for tag, ours in QUESTIONS.items()
        ],
        "longest": LONGEST_QUESTION,
        "found": found,
        "total": total_of(found),
        "error": error,
        "field": field,
    }
    return draw(request, "solved", PAGE, context, status=_WRONG if error else 200)
