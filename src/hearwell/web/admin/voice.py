"""The brand's voice: written by leads, for all or for one account or language."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_of
from hearwell.quality import queries, services
from hearwell.quality.models import Guide
from hearwell.quality.services import Voice
from hearwell.quality.voice import LONGEST_GUIDE, Holds
from hearwell.web.admin.frame import draw
from hearwell.web.agent.inbox.facets import LANGUAGES
from hearwell.web.agent.quality.words import person_names
from hearwell.web.components.routed import language_name

PAGE: Final = "settings_voice"


def _holds(chosen: QueryDict) -> Holds:
    """Return which guide is meant. Raises Http404 for what is neither account nor language."""
    channel, language = chosen.get("channel", ""), chosen.get("language", "")
    if language and language not in LANGUAGES:
        raise Http404
    try:
        return Holds(UUID(channel) if channel else None, language)
    except ValueError as error:
        raise Http404 from error


def _address(holds: Holds) -> str:
    named = {"channel": str(holds.channel_id or ""), "language": holds.language}
    query = urlencode({name: value for name, value in named.items() if value})
    return reverse(PAGE) + (f"?{query}" if query else "")


@requires("grade")
@require_http_methods(["GET", "HEAD", "POST"])
def voice_settings(request: MemberRequest) -> HttpResponse:
    """Show a guide with its versions, or make the next one."""
    if request.method != "POST":
        return _draw(request, _holds(request.GET))
    holds = _holds(request.POST)
    voice = Voice(**{name: request.POST.get(name, "") for name in Voice.__dataclass_fields__})
    try:
        made = services.write_guide(
            request.workspace.id, holds, voice, by=request.membership.user,
            remark=request.POST.get("remark", ""),
        )  # fmt: skip
    except Channel.DoesNotExist as error:
        raise Http404 from error
    _say(request, made)
    return redirect(_address(holds))


@requires("grade")
@require_POST
def bring_back(request: MemberRequest, guide_id: UUID) -> HttpResponse:
    """Make a version that says what an earlier one said."""
    try:
        old = Guide.objects.get(workspace_id=request.workspace.id, id=guide_id)
        made = services.bring_back(request.workspace.id, guide_id, by=request.membership.user)
    except (Guide.DoesNotExist, Channel.DoesNotExist) as error:
        raise Http404 from error
    _say(request, made)
    return redirect(_address(Holds(old.channel_id, old.language)))


def _say(request: MemberRequest, made: Guide | None) -> None:
    if made is None:
        messages.warning(request, _("Nothing has changed: no version was made."))
    else:
        messages.success(
            request, _("Version %(number)s of the voice guide holds.") % {"number": made.number}
        )


def _draw(request: MemberRequest, holds: Holds) -> HttpResponse:
    place = request.workspace.id
    channels = {one.id: one.handle for one in channels_of(place)}
    if holds.channel_id is not None and holds.channel_id not in channels:
        raise Http404
    history = queries.guide_history(place, holds)
    names = person_names(place)
    context = {
        "holds": holds,
        "guide": history[0] if history else None,
        "history": [(one, names.get(one.by_id, "") if one.by_id else "") for one in history],
        "guides": [
            (_address(Holds(one.channel_id, one.language)), for_whom(one, channels), one)
            for one in queries.guides_of(place)
        ],
        "channels": sorted(channels.items(), key=lambda pair: pair[1].casefold()),
        "languages": sorted(((code, language_name(code)) for code in LANGUAGES), key=_by_name),
        "longest": LONGEST_GUIDE,
    }
    return draw(request, "voice", PAGE, context)


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def for_whom(guide: Guide, handles: dict[UUID, str]) -> str:
    """Say which replies a guide is for."""
    handle = handles.get(guide.channel_id, _("An account that is gone")) if guide.channel_id else ""
    named = [handle, language_name(guide.language) if guide.language else ""]
    return ", ".join(name for name in named if name) or _("All replies")
