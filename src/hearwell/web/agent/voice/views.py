"""The pages of our own voice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import POLICY_ATTRIBUTE, MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_of
from hearwell.conversations.models import Message
from hearwell.voice import services
from hearwell.voice.figures import LIMIT, Voice, asked_of, voice_of
from hearwell.voice.people import people_of
from hearwell.voice.queries import Asked, Post, replies_of
from hearwell.voice.rules import METHOD, SAYABLE, TITLES, VERSION, PostClass
from hearwell.voice.together import WORDS, Holds, Item, together_of
from hearwell.voice.wishes import METHOD as WISHES_METHOD
from hearwell.voice.wishes import MOST, wishes_of
from hearwell.web.agent.reports.faces import changed
from hearwell.web.agent.reports.spans import id_of, span_of
from hearwell.web.agent.voice.faces import (
    CLASSES,
    POSTS,
    SHEET,
    account_face,
    figure_face,
    groups_of,
    people_sheet,
    post_faces,
    posts_sheet,
    sheet_of,
    week_face,
)
from hearwell.web.components.charts import Bar, Point, bars, share_line
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped, one_decimal
from hearwell.web.components.tables import as_csv

PAGE: Final = 25
_MOST_PAGES: Final = 1000
_MOST_GROUPS: Final = 30
_TONES: Final = {Holds.YES: "ok", Holds.PARTLY: "warn", Holds.NO: "late", Holds.NOTHING: ""}


@requires("read")
@require_safe
def voice(request: MemberRequest) -> HttpResponse:
    """Show what the brand says, or give its figures or its posts as CSV."""
    channels = _channels(request)
    is_public = bool(request.GET.get("public"))
    found = voice_of(
        request.workspace, span_of(request), _channel(request, channels), is_public=is_public
    )
    name = f"voice-{found.span.first}-{found.span.last}"
    match request.GET.get("format"):
        case "csv":
            return as_csv(name, SHEET, sheet_of(found, channels))
        case "posts":
            return as_csv(f"{name}-posts", POSTS, posts_sheet(found.posts, channels))
    context = {
        **_shared(request, channels, "said"),
        **_charts(found),
        **_listed(request, found, channels),
        "span": found.span,
        "zone": found.zone,
        "notes": [_(words) for words in found.notes],
        "groups": list(groups_of(found)),
        "weeks": [week_face(one, dated(one.monday, "j M Y")) for one in found.weeks],
        "accounts": [account_face(one, channels) for one in found.accounts],
        "titles": [_(TITLES[klass]) for klass in CLASSES],
        "method": _(METHOD),
        "version": VERSION,
        "is_public": is_public,
        "posts_url": changed(request.GET, format="posts"),
        "limit": LIMIT,
    }
    return render(request, "hearwell/voice/said.html", context)


@requires("read")
@require_safe
def people(request: MemberRequest) -> HttpResponse:
    """Show who hears the brand, who comes back and what people wish for; or give it as CSV."""
    channels, span = _channels(request), span_of(request)
    chosen = _channel(request, channels)
    found = people_of(request.workspace, span, chosen)
    if request.GET.get("format") == "csv":
        return as_csv(f"voice-people-{span.first}-{span.last}", SHEET, people_sheet(found))
    is_ideas = bool(request.GET.get("ideas"))
    wishes = wishes_of(request.workspace, span, chosen, is_ideas=is_ideas)
    weeks = [(dated(one.monday, "j M Y"), one) for one in found.weeks]
    context = {
        **_shared(request, channels, "people"),
        "span": span,
        "found": found,
        "not_told": [one.channel for one in found.followed if not one.is_told],
        "told": [one for one in found.followed if one.is_told],
        "weeks": weeks,
        "mentions": bars(
            [Bar(day, one.messages) for day, one in weeks], _("Public messages a week")
        ),
        "loyalty": figure_face(found.loyalty),
        "engagement": [figure_face(one) for one in found.engagement],
        "wishes": wishes,
        "groups": wishes.groups[:_MOST_GROUPS],
        "more": max(0, len(wishes.groups) - _MOST_GROUPS),
        "most": MOST,
        "is_ideas": is_ideas,
        "wishes_method": _(WISHES_METHOD),
        "ideas_url": changed(request.GET, ideas="" if is_ideas else "1"),
    }
    return render(request, "hearwell/voice/people.html", context)


@requires("read")
@require_safe
def together(request: MemberRequest) -> HttpResponse:
    """Show how far service and marketing work together, item by item; or give it as CSV."""
    found = together_of(request.workspace)
    if request.GET.get("format") == "csv":
        table = (
            [one["key"], one["holds"], one["evidence"]] for one in map(Item.as_json, found.items)
        )
        return as_csv("voice-together", ("item", "holds", "evidence"), table)
    context = {
        "section": "reports",
        "here": "together",
        "csv_url": "?format=csv",
        "score": one_decimal(found.score) if found.score % 1 else grouped(int(found.score)),
        "of": found.of,
        "items": [_item(one, request) for one in found.items],
    }
    return render(request, "hearwell/voice/together.html", context)


def _item(one: Item, request: MemberRequest) -> dict[str, str]:
    values = {
        key: dated(value, "j M Y") if hasattr(value, "tzinfo") else value
        for key, value in one.values.items()
    }
    return {
        "title": _(one.title),
        "holds": _(WORDS[one.holds]),
        "tone": _TONES[one.holds],
        "evidence": _(one.evidence) % values,
        "url": _allowed(one.page, request.membership.role),
    }


def _allowed(page: str, role: str) -> str:
    """Return where something is changed; empty for who may not see that page."""
    url = reverse(page)
    right = getattr(resolve(url).func, POLICY_ATTRIBUTE)
    return url if can(role, right) else ""


@requires("tag")
@require_POST
def say(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Keep what a person says that a post is."""
    klass = request.POST.get("klass", "")
    try:
        services.say_class(message_id, klass, request.membership)
    except Message.DoesNotExist as error:
        raise Http404 from error
    except services.BadClassError:
        messages.error(request, _("Choose what the post is."))
    else:
        words = _("Kept: it counts as %(title)s from now on. You can undo it beside the post.")
        messages.success(request, words % {"title": _(TITLES[PostClass(klass)])})
    return _back(request)


@requires("tag")
@require_POST
def undo(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Take the last change of a post's class back."""
    try:
        services.undo_class(message_id, request.membership)
    except services.NothingToTakeBackError:
        messages.error(request, _("There is nothing to take back."))
    else:
        messages.success(request, _("Taken back."))
    return _back(request)


def _back(request: MemberRequest) -> HttpResponse:
    """Go back to the same posts: only our own page, with its own address."""
    query = urlencode(parse_qsl(request.POST.get("back", "")))
    return redirect(f"{reverse('report_voice')}?{query}#posts")


def _channels(request: MemberRequest) -> dict[UUID, Channel]:
    return {one.id: one for one in channels_of(request.workspace.id)}


def _channel(request: MemberRequest, channels: Mapping[UUID, Channel]) -> UUID | None:
    asked = id_of(request.GET.get("channel", ""))
    return asked if asked in channels else None


def _shared(request: MemberRequest, channels: Mapping[UUID, Channel], here: str) -> dict[str, Any]:
    return {
        "section": "reports",
        "here": here,
        "channels": list(channels.values()),
        "chosen": _channel(request, channels),
        "csv_url": changed(request.GET, format="csv"),
        "query": _of(request.GET, "from", "to", "channel"),
    }


def _of(query: QueryDict, *names: str) -> str:
    return urlencode({name: query[name] for name in names if query.get(name)})


def _charts(found: Voice) -> dict[str, Any]:
    points = [Point(dated(one.monday, "j M"), one.tally.care_share) for one in found.weeks]
    mix = [Bar(_(TITLES[klass]), found.tally.of(klass), klass is PostClass.UNSURE)
           for klass in CLASSES]  # fmt: skip
    return {
        "line": share_line(points, _("Care share by week")),
        "mix": bars(mix, _("Posts by class")),
    }


def _listed(
    request: MemberRequest, found: Voice, channels: Mapping[UUID, Channel]
) -> dict[str, Any]:
    """Return a screenful of posts: of one class, or all that answer nobody."""
    show, number = request.GET.get("show", ""), _page(request.GET.get("page", ""))
    chosen, is_public = _channel(request, channels), bool(request.GET.get("public"))
    asked = asked_of(request.workspace, found.span, chosen, is_public=is_public)
    posts = _posts(found, asked, show, PAGE * (number - 1))
    return {
        "show": show if show in set(PostClass) else "",
        "shows": [("", _("All that answer nobody"), changed(request.GET, show="", page=""))]
        + [(one.value, _(TITLES[one]), changed(request.GET, show=one.value, page=""))
           for one in PostClass],
        "posts": post_faces(posts[:PAGE], channels),
        "earlier_url": changed(request.GET, page=str(number + 1)) if len(posts) > PAGE else "",
        "later_url": changed(request.GET, page=str(number - 1)) if number > 1 else "",
        "sayable": [(one.value, _(TITLES[one])) for one in SAYABLE],
        "may_say": can(request.membership.role, "tag"),
        "back": request.GET.urlencode(),
    }  # fmt: skip


def _posts(found: Voice, asked: Asked, show: str, skipped: int) -> list[Post]:
    if show == PostClass.CARE:
        return replies_of(asked, PAGE + 1, skipped)
    some = [one for one in found.posts if one.klass == show or not (show or one.why)]
    return some[skipped : skipped + PAGE + 1]


def _page(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 5  # noqa: PLR2004
    return max(1, min(_MOST_PAGES, int(text))) if is_number else 1
