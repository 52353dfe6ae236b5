"""Open to all, where an owner has switched it on: how long an answer takes now, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public
from hearwell.accounts.middleware import speak_to
from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.board.queries import lately_over, live_updates
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.waits import queries
from hearwell.waits.models import WaitChoice
from hearwell.waits.queries import Told
from hearwell.web.components.bare import bare
from hearwell.web.components.statuses import StatusFace, public_faces
from hearwell.web.waits.words import sentence, short

ASKED: Final = Buckets(burst=60, per_s=1)
# A status update must be on every page within a minute, and pages ask three times a minute.
_CACHED_S: Final = 20
_LETTER, _PADDING, _HEIGHT = 7, 10, 20
_TOO_MANY: Final = 429
Draw = Callable[[HttpRequest, Workspace, WaitChoice, Told], HttpResponse]


def _told(request: HttpRequest, slug: str, draw: Draw) -> HttpResponse:
    """Draw what is told, for everybody; what is not switched on is not there."""
    wait_s = ASKED.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        refused = HttpResponse(status=_TOO_MANY, content_type="text/plain")
        refused["Retry-After"] = str(wait_s)
        return refused
    place = Workspace.objects.filter(slug=slug).first()
    if place is None:
        raise Http404
    with scope(place.id):
        choice = queries.choice_of(place.id)
        if not choice.is_public:
            raise Http404
        speak_to(request, place)
        with timezone.override(ZoneInfo(place.time_zone)):
            response = draw(request, place, choice, queries.told_now(place))
    response["Cache-Control"] = f"public, max-age={_CACHED_S}"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@public
@require_safe
def page(request: HttpRequest, workspace: str) -> HttpResponse:
    """Say how long an answer takes now, and who answers."""
    return _told(request, workspace, _page)


def _page(_request: HttpRequest, place: Workspace, choice: WaitChoice, told: Told) -> HttpResponse:
    context = {
        "workspace": place,
        "told": told,
        "sentence": sentence(told),
        "roster": queries.roster_of(place.id) if choice.has_roster else [],
        "updates": _updates(place),
    }
    return HttpResponse(bare("hearwell/waits/page.html", context))


def _updates(place: Workspace) -> list[StatusFace]:
    return public_faces(live_updates(place.id), lately_over(place.id))


@public
@require_safe
def badge(request: HttpRequest, workspace: str) -> HttpResponse:
    """Give the wait as a small picture for other pages."""
    return _told(request, workspace, _badge)


def _badge(
    _request: HttpRequest, _place: Workspace, _choice: WaitChoice, told: Told
) -> HttpResponse:
    label, value = _("answer in"), short(told)
    left, right = (len(text) * _LETTER + _PADDING for text in (label, value))
    context: dict[str, Any] = {
        "label": label,
        "value": value,
        "left": left,
        "right": right,
        "width": left + right,
        "height": _HEIGHT,
        "middle_left": left / 2,
        "middle_right": left + right / 2,
    }
    drawn = bare("hearwell/waits/badge.svg", context)
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    answer["Access-Control-Allow-Origin"] = "*"
    # Other sites may show it: that is what it is for.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@public
@require_safe
def as_json(request: HttpRequest, workspace: str) -> HttpResponse:
    """Give the wait to programs, without a token and without anybody's data."""
    return _told(request, workspace, _json)


def _update_out(one: StatusFace) -> dict[str, Any]:
    """Return an update as programs read it; of one that was withdrawn, that it does not hold."""
    is_gone = one.state == "withdrawn"
    changed = one.changed_at.isoformat(timespec="seconds") if one.changed_at else None
    return {
        "state": "withdrawn" if is_gone else "corrected" if changed else "published",
        "text": "" if is_gone else one.public_text,
        "at": one.at.isoformat(timespec="seconds"),
        "changed_at": changed,
        "valid_until": one.until.isoformat(timespec="seconds") if one.until else None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _json(_request: HttpRequest, place: Workspace, _choice: WaitChoice, told: Told) -> HttpResponse:
    answer = JsonResponse(
        {
            "workspace": place.name,
            "measured_at": told.at.isoformat(timespec="seconds"),
            "is_open": told.is_open,
            "opens_at": _moment(told.opens_at),
            "closes_at": _moment(told.closes_at),
            "p50_s": told.p50_s,
            "p90_s": told.p90_s,
            "text": sentence(told),
            "updates": [_update_out(one) for one in _updates(place)],
        }
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
