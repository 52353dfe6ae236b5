"""Surveys: made, looked at as a customer sees them, turned on, paused, changed, put back."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels.models import Channel
from hearwell.kit.numbers import whole_number
from hearwell.surveys.items import ITEMS, MOST_ITEMS, items_of
from hearwell.surveys.models import Survey, SurveyState
from hearwell.surveys.queries import has_anybody, survey_by_id, surveys_of
from hearwell.surveys.services import (
    BadChoiceError,
    Wish,
    change_survey,
    invitation,
    make_survey,
    switch_survey,
    undo_change,
)
from hearwell.web.admin.frame import draw
from hearwell.web.components.marks import KINDS
from hearwell.web.surveyed.views import faces_of

PAGE: Final = "settings_surveys"
_WRONG: Final = 422
_NUMBERS: Final = ("share", "cool_off_days", "daily_quota", "delay_min")


@requires("manage_workspace")
@require_safe
def surveys(request: MemberRequest) -> HttpResponse:
    """List what there is."""
    found = surveys_of(request.workspace.id)
    listed = [(one, [str(item.title) for item in items_of(one.items)]) for one in found]
    return draw(request, "surveys/list", PAGE, {"surveys": listed})


@requires("manage_workspace")
@require_http_methods(["GET", "HEAD", "POST"])
def new_survey(request: MemberRequest) -> HttpResponse:
    """Make one. It asks nobody until it is turned on."""
    if request.method != "POST":
        return _form(request, Wish())
    wish = _wished(request)
    try:
        made = make_survey(request.workspace.id, wish, by=cast("User", request.user))
    except BadChoiceError as error:
        return _form(request, wish, error=error)
    messages.success(request, _("Made. Look at it, then turn it on."))
    return redirect("settings_survey", made.id)


@requires("manage_workspace")
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: MemberRequest, survey_id: UUID) -> HttpResponse:
    """Show one as a customer would see it, or change it."""
    found = survey_by_id(request.workspace.id, survey_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _form(request, _wish_of(found), found)
    wish = _wished(request)
    if has_anybody(request.workspace.id, survey_id):
        wish = Wish(**{**vars(wish), "items": tuple(found.items)})
    try:
        change_survey(request.workspace.id, survey_id, wish, by=cast("User", request.user))
    except BadChoiceError as error:
        return _form(request, wish, found, error=error)
    messages.success(request, _("Saved. It holds for what is closed from now on."))
    return redirect("settings_survey", survey_id)


@requires("manage_workspace")
@require_POST
def act(request: MemberRequest, survey_id: UUID) -> HttpResponse:
    """Turn it on, pause it, or put the last change back."""
    place, by = request.workspace.id, cast("User", request.user)
    wish = request.POST.get("do", "")
    try:
        if wish == "undo":
            is_done = undo_change(place, survey_id, by=by)
            words = _("Put back.") if is_done else _("There is nothing to put back.")
        elif wish in {"on", "pause"}:
            state = SurveyState.ON if wish == "on" else SurveyState.PAUSED
            switch_survey(place, survey_id, state, by=by)
            words = _("It is on.") if wish == "on" else _("Paused: nobody is asked any more.")
        else:
            raise Http404
    except Survey.DoesNotExist as error:
        raise Http404 from error
    except BadChoiceError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("settings_survey", survey_id)


def _wish_of(one: Survey) -> Wish:
    return Wish(
        name=one.name, items=tuple(one.items), kinds=frozenset(one.kinds), share=one.share,
        channel_ids=frozenset(UUID(key) for key in one.channel_ids),
        cool_off_days=one.cool_off_days, daily_quota=one.daily_quota, delay_min=one.delay_min,
        has_unanswered=one.has_unanswered,
    )  # fmt: skip


def _wished(request: HttpRequest) -> Wish:
    form = request.POST
    chosen = (form.get(f"item{n}", "") for n in range(MOST_ITEMS))
    numbers: dict[str, Any] = {name: _number(form.get(name, "")) for name in _NUMBERS}
    return Wish(
        name=form.get("name", ""),
        items=tuple(key for key in chosen if key),
        channel_ids=frozenset(_ids(form.getlist("channel"))),
        kinds=frozenset(form.getlist("kind")) & KINDS.keys(),
        has_unanswered=form.get("has_unanswered") == "1",
        **numbers,
    )


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _number(text: str) -> int:
    found = whole_number(text.strip(), digits=6)
    return -1 if found is None else found


def _form(
    request: MemberRequest,
    wish: Wish,
    one: Survey | None = None,
    *,
    error: BadChoiceError | None = None,
) -> HttpResponse:
    place = request.workspace.id
    channels = Channel.objects.filter(workspace_id=place, state="active")
    context: dict[str, Any] = {
        "wish": wish,
        "survey": one,
        "channels": channels.exclude(network__in=["archive", "by-hand"]).order_by(
            "network", "handle"
        ),
        "slots": [(n, wish.items[n] if n < len(wish.items) else "") for n in range(MOST_ITEMS)],
        "items": ITEMS.values(),
        "kinds": [(key, one.word) for key, one in KINDS.items()],
        "is_fixed": one is not None and has_anybody(place, one.id),
        "previews": _previews(one) if one else [],
        "error": str(error) if error else "",
        "field": error.field if error else "",
    }
    status = _WRONG if error else 200
    return draw(request, "surveys/survey", PAGE, context, status=status)


def _previews(one: Survey) -> list[dict[str, Any]]:
    """Return what a customer gets, in each language: the message, its buttons, the page."""
    found = []
    for tag, name in settings.LANGUAGES:
        text, buttons = invitation(one, UUID(int=0), tag)
        text = text.partition("/survey/")[0] + "/survey/…"
        with translation.override(tag):
            faces = faces_of(items_of(one.items), {})
        found.append({"tag": tag, "name": name, "text": text, "buttons": buttons, "items": faces})
    return found
