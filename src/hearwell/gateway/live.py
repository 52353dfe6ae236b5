"""``GET /live``: values as they change. ``POST /live/presence``: who is at which case.

The protocol is in docs/reference/live-protocol.md.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hearwell.conversations.queries import CaseFilter, filter_from
from hearwell.gateway import presence
from hearwell.gateway.hub import Hub
from hearwell.gateway.news import News, read_counts, read_news, read_position
from hearwell.gateway.screens import KEEP_ALIVE_S, Screen
from hearwell.gateway.viewers import NotAMemberError, Viewer, session_key_of, viewer_of
from hearwell.kit.clock import now
from hearwell.kit.notify import notify
from hearwell.kit.numbers import whole_number

_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_RETRY_LATER = {"Retry-After": "5"}
LONGEST_BODY, LONGEST_NUMBER = 1000, 18


async def stream(request: Request) -> Response:
    """Open one screen's stream."""
    try:
        viewer = await _viewer(request)
        if isinstance(viewer, Response):
            return viewer
        asked = request.headers.get("last-event-id") or request.query_params.get("since")
        since = whole_number(asked, digits=LONGEST_NUMBER)
        start, is_lost = await asyncio.to_thread(read_position, viewer.workspace_id, since)
    except Error:
        return Response(status_code=503, headers=_RETRY_LATER)
    screen = Screen(
        viewer, _filter(request, viewer), _uuid(request.query_params.get("case")), start
    )
    return StreamingResponse(
        _lines(request.app.state.hub, screen, is_lost=is_lost, is_new=since is None),
        media_type="text/event-stream",
        headers=_STREAM_HEADERS,
    )


async def _lines(hub: Hub, screen: Screen, *, is_lost: bool, is_new: bool) -> AsyncIterator[bytes]:
    screen.tell("hello", {"seq": screen.seq, "now": now().isoformat(), "keepalive_s": KEEP_ALIVE_S})
    hub.join(screen)
    try:
        if is_lost:
            screen.end("too_old")
        else:
            await _start(screen, is_new=is_new)
        async for line in screen.lines():
            yield line
    finally:
        hub.leave(screen)


async def _start(screen: Screen, *, is_new: bool) -> None:
    """Tell what was missed, and the counts. The feed may tell some of it again: values, no harm."""
    workspace_id, user_id = screen.viewer.workspace_id, screen.viewer.user_id
    try:
        news = News(screen.seq, is_more=not is_new)
        while news.is_more:
            news = await asyncio.to_thread(read_news, workspace_id, news.seq)
            if news.happenings:
                screen.tell_news(news)
        counts = await asyncio.to_thread(read_counts, workspace_id, {user_id})
        screen.tell("counts", {"queues": dict(counts.get(user_id, {}))})
    except Error:
        screen.end()  # the browser comes back with its last id


async def note_presence(request: Request) -> Response:
    """Relay that somebody has a case open."""
    if not _is_own_origin(request):
        return Response(status_code=403)
    facts = await _json(request)
    case_id, doing = _uuid(facts.get("case")), facts.get("doing")
    if case_id is None or doing not in presence.DOINGS:
        return Response(status_code=400)
    try:
        viewer = await _viewer(request)
        if isinstance(viewer, Response):
            return viewer
        await asyncio.to_thread(_relay, presence.told(viewer, case_id, str(doing)))
    except Error:
        return Response(status_code=503, headers=_RETRY_LATER)
    return Response(status_code=204)


def _relay(notification: str) -> None:
    try:
        notify(presence.CHANNEL, notification)
    finally:
        connection.close()


async def _viewer(request: Request) -> Viewer | Response:
    """Return who asks, or the answer for one who may not."""
    key = session_key_of(request.headers.get("cookie", ""))
    try:
        viewer = await asyncio.to_thread(viewer_of, key) if key else None
    except NotAMemberError:
        return Response(status_code=403)
    return viewer or Response(status_code=401)


def _filter(request: Request, viewer: Viewer) -> CaseFilter:
    return filter_from(dict(request.query_params), viewer.user_id)


def _is_own_origin(request: Request) -> bool:
    """Let only our own pages in: a form of another site cannot send JSON without asking first."""
    origin = request.headers.get("origin")
    is_json = request.headers.get("content-type", "").startswith("application/json")
    is_ours = origin is None or origin in (settings.HEARWELL_URL, *settings.CSRF_TRUSTED_ORIGINS)
    return (
        is_json
        and is_ours
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


async def _json(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return {}
    try:
        facts = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
