"""``/chat/<key>/…``: finds the site, lets its own pages in, and hands each call to its act."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import Error
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from hearwell.connect.rooms import thread_of
from hearwell.conversations.queries import case_of_thread
from hearwell.gateway import presence
from hearwell.gateway.chat import acts
from hearwell.gateway.chat.call import Call, Desk
from hearwell.gateway.chat.limits import STREAMS_PER_ADDRESS, STREAMS_PER_VISITOR, Limits
from hearwell.gateway.chat.refusals import (
    Refusal,
    allowed_origin,
    answer,
    headers_for,
    preflight,
    refused,
)
from hearwell.gateway.chat.script import part_of
from hearwell.gateway.chat.sites import Site, Sites
from hearwell.gateway.chat.streams import Chats, OpenChat, encoded, following
from hearwell.kit.buckets import caller_of
from hearwell.kit.notify import notify
from hearwell.webchat import queries, services

log = structlog.get_logger(__name__)
Act = Callable[[Call, Limits], Awaitable[Response]]
NOT_FOUND, NOT_ALLOWED, TOO_MANY, UNAVAILABLE = 404, 405, 429, 503
BEAT_S: Final = 10.0
ACTS: Final[Mapping[tuple[str, str], Act]] = {
    ("POST", "session"): acts.begin,
    ("POST", "messages"): acts.say,
    ("GET", "lines"): acts.lines,
    ("POST", "seen"): acts.seen,
    ("POST", "introduction"): acts.introduce,
    ("POST", "files"): acts.put_file,
    ("GET", "files"): acts.get_file,
}
# Acts that leave a delivery behind.
_TELLING: Final = frozenset({"messages", "seen"})


class Door:
    """The visitors' door of one web process."""

    def __init__(self, chats: Chats, wake: Callable[[Iterable[UUID]], None]) -> None:
        self._sites, self._limits, self._desk = Sites(), Limits(), Desk()
        self._chats, self._wake = chats, wake

    def forget(self) -> None:
        """Forget the sites: some secret has changed somewhere."""
        self._sites.forget()

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        key, what = request.path_params["key"], request.path_params["what"]
        if request.method in ("GET", "HEAD") and (part := part_of(what, request)) is not None:
            return part
        origin = ""
        try:
            site = await self._site(key)
            origin = allowed_origin(request, site)
            if request.method == "OPTIONS":
                return preflight(origin)
            return await self._act(Call(request, site, origin, self._desk), what.partition("/")[0])
        except Refusal as refusal:
            return refused(refusal, origin)
        except ClientDisconnect:
            return Response(status_code=UNAVAILABLE)
        except (Error, OSError) as error:
            log.warning("chat_unavailable", error_type=type(error).__name__)
            words = "The chat cannot be reached just now. It will be tried again."
            return refused(Refusal(UNAVAILABLE, "unavailable", words, retry_after_s=5), origin)

    async def _site(self, key: str) -> Site:
        site = await self._sites.find(key)
        if site is None:
            raise Refusal(NOT_FOUND, "no_chat", "There is no chat here.")
        return site

    async def _act(self, call: Call, what: str) -> Response:
        method = call.request.method
        if (method, what) == ("GET", "stream"):
            return await self._stream(call)
        if (method, what) == ("POST", "typing"):
            return await self._typing(call)
        act = ACTS.get((method, what))
        if act is None:
            is_known = any(name == what for _, name in ACTS)
            words = "The chat does not do this."
            raise Refusal(NOT_ALLOWED if is_known else NOT_FOUND, "bad_request", words)
        response = await act(call, self._limits)
        if what in _TELLING:
            self._wake([call.site.endpoint_id])
        return response

    # --- signs -----------------------------------------------------------------------------------

    async def _typing(self, call: Call) -> Response:
        """Show the agents that a visitor is writing."""
        visitor_id, facts = call.visitor(), await call.facts()
        self._limits.take("signs", visitor=visitor_id, address=call.address)
        doing = "writing" if facts.get("on") is True else "reading"
        await call.within(lambda: _show(call.site, visitor_id, doing))
        return answer({}, call.origin)

    async def _stream(self, call: Call) -> Response:
        visitor_id = call.visitor()
        self._limits.take("streams", visitor=visitor_id, address=call.address)
        caller = caller_of(call.address)
        mine, here = self._chats.count(visitor_id, caller)
        if mine >= STREAMS_PER_VISITOR or here >= STREAMS_PER_ADDRESS:
            words = "This chat is open in too many places."
            raise Refusal(TOO_MANY, "too_many", words, retry_after_s=30)
        chat = OpenChat(visitor_id, caller, call.after or 0)
        return StreamingResponse(
            self._lines(call, chat),
            media_type="text/event-stream",
            headers=headers_for(call.origin) | {"X-Accel-Buffering": "no"},
        )

    async def _lines(self, call: Call, chat: OpenChat) -> AsyncIterator[bytes]:
        site, last = call.site, 0.0

        def lines_after(seq: int) -> list[dict[str, Any]]:
            found = queries.lines_after(site.workspace_id, chat.visitor_id, seq)
            return [queries.line_shown(line) for line in found]

        async def read(seq: int) -> list[dict[str, Any]]:
            nonlocal last
            if time.monotonic() - last >= BEAT_S:
                last = time.monotonic()
                await beat()
            return await call.within(lambda: lines_after(seq))

        async def beat() -> None:
            # Whoever was disconnected, or whose token was made with a secret of old, has to ask.
            await self._still(call, chat)
            case_id = await call.within(lambda: _show(site, chat.visitor_id, "reading"))
            self._chats.place(chat, case_id)

        self._chats.join(chat)
        try:
            async for line in following(chat, read, beat):
                yield line
        except (Refusal, Error, OSError):
            yield encoded("end", {})
        finally:
            if self._chats.leave(chat):
                await asyncio.shield(call.within(lambda: _show(site, chat.visitor_id, "gone")))

    async def _still(self, call: Call, chat: OpenChat) -> None:
        """End a stream whose site was disconnected or whose session is over. Raises Refusal."""
        site = await self._site(call.request.path_params["key"])
        if site.workspace_id != call.site.workspace_id or call.visitor() != chat.visitor_id:
            raise Refusal(NOT_FOUND, "no_chat", "There is no chat here.")


def _show(site: Site, visitor_id: UUID, doing: str) -> UUID | None:
    """Note that a visitor is there and show it at their case, which is returned if there is one."""
    visitor = queries.visitor_by_id(site.workspace_id, site.channel_id, visitor_id)
    if visitor is None:
        return None
    services.note_here(site.workspace_id, visitor_id, has_left=doing == "gone")
    case_id = case_of_thread(site.workspace_id, site.channel_id, thread_of(str(visitor_id)))
    if case_id is not None:
        name = visitor.name or visitor.email
        told = presence.told_of_visitor(site.workspace_id, case_id, visitor_id, name, doing)
        notify(presence.CHANNEL, told)
    return case_id
