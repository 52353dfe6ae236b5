"""What a visitor can do: come in, write, read, send a file, be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from hearwell.gateway.chat import files as sniffing
from hearwell.gateway.chat.call import BAD_REQUEST, Call, text_in, uuid_in
from hearwell.gateway.chat.envelopes import keep_items, message_item, seen_item
from hearwell.gateway.chat.limits import (
    MAX_FILE,
    MAX_OF_DAY,
    MAX_OF_VISITOR,
    MAX_TEXT,
    Limits,
)
from hearwell.gateway.chat.passes import (
    EMAIL,
    LONGEST_NAME,
    proof_in,
    session_for,
    visitor_in,
)
from hearwell.gateway.chat.refusals import Refusal, answer, headers_for
from hearwell.kit.clock import now
from hearwell.waits import queries as waits
from hearwell.webchat import queries, services
from hearwell.webchat.models import File, Line, Visitor
from hearwell.webchat.services import Identity

_UNAUTHORIZED, _NOT_FOUND, _TOO_LARGE = 401, 404, 413
_LONGEST_PAGE: Final = 2000
_MOST_FILES: Final = services.MOST_FILES
_NO_FILE: Final = "This file is no longer here."
_MINE: Final = "Your earlier chat is no longer here. Please start again."


async def begin(call: Call, limits: Limits) -> Response:
    """Let a visitor in: as who the site says they are, as before, or as somebody new."""
    limits.take("sessions", address=call.address)
    facts = await call.facts()
    signed, known = text_in(facts, "identity", 4096), text_in(facts, "token", 4096)
    proof = proof_in(call.site, signed) if signed else None
    if proof is not None:
        visitor = await call.within(lambda: _arrived(call, proof.identity))
    else:
        visitor = await _again_or_new(call, known)
    token, ends = session_for(call.site, visitor.id, proof.until if proof else None)
    values = {
        "token": token,
        "ends_at": ends,
        "now": now().isoformat(),
        "title": call.site.title,
        "visitor": _shown(visitor),
        "wait": await call.within(lambda: _wait(call)),
    }
    return answer(values, call.origin)


def _wait(call: Call) -> dict[str, Any] | None:
    """Return how long an answer takes now, where an owner lets visitors know; None otherwise."""
    site = call.site
    if not waits.choice_of(site.workspace_id).in_chat:
        return None
    told = waits.told_of(site.workspace_id, site.channel_id)
    if told.p90_s is None:  # of a chat that few use, what holds for all
        told = waits.told_of(site.workspace_id)
    opens_at = told.opens_at.isoformat() if told.opens_at else None
    # A night may lie between: then no time is told.
    return {"p90_s": None if told.closes_at else told.p90_s, "opens_at": opens_at}


async def _again_or_new(call: Call, token: str) -> Visitor:
    """Find whose token it is; without the site's word nobody is again whom the site has named."""
    visitor_id = None
    try:
        visitor_id = visitor_in(call.site, token) if token else None
    except Refusal:
        visitor_id = None
    site = call.site

    def find() -> Visitor:
        found = None
        if visitor_id is not None:
            found = queries.visitor_by_id(site.workspace_id, site.channel_id, visitor_id)
        return found if found and not found.is_proven else _arrived(call, None)

    return await call.within(find)


def _arrived(call: Call, identity: Identity | None) -> Visitor:
    return services.arrive(call.site.workspace_id, call.site.channel_id, identity)


def _shown(visitor: Visitor) -> dict[str, Any]:
    return {
        "id": str(visitor.id),
        "name": visitor.name,
        "email": visitor.email,
        "proven": visitor.is_proven,
    }


async def say(call: Call, limits: Limits) -> Response:
    """Take in what a visitor wrote. 200 means that line and delivery are on disk, as one."""
    visitor_id, facts = call.visitor(), await call.facts()
    key = str(uuid_in(facts.get("id")))
    text = text_in(facts, "text", MAX_TEXT).strip()
    page = text_in(facts, "page", _LONGEST_PAGE)
    ids = _ids(facts.get("files", []))
    if not text and not ids:
        raise Refusal(BAD_REQUEST, "empty", "There is nothing to send yet.")
    limits.take("messages", visitor=visitor_id, address=call.address)

    def enter() -> Line:
        _mine(call, visitor_id)
        entered = services.write_in(call.site.workspace_id, visitor_id, key, text, ids)
        if not text and not entered.line.files:
            raise Refusal(_NOT_FOUND, "no_file", _NO_FILE)
        if entered.is_new:
            keep_items(call.site, [message_item(entered, page)])
        return entered.line

    line = await call.within(enter)
    return answer({"line": queries.line_shown(line)}, call.origin)


def _ids(value: object) -> list[UUID]:
    if not isinstance(value, list) or len(value) > _MOST_FILES:
        raise Refusal(BAD_REQUEST, "bad_request", f"At most {_MOST_FILES} files at once.")
    return [uuid_in(one) for one in value]


def _mine(call: Call, visitor_id: UUID) -> Visitor:
    """Return the visitor of a session. Raises Refusal (401) if they are no longer known."""
    site = call.site
    visitor = queries.visitor_by_id(site.workspace_id, site.channel_id, visitor_id)
    if visitor is None:
        raise Refusal(_UNAUTHORIZED, "expired_token", _MINE)
    return visitor


async def lines(call: Call, limits: Limits) -> Response:
    """Hand out the conversation: what is new after a place, else its last page."""
    visitor_id = call.visitor()
    limits.take("signs", visitor=visitor_id, address=call.address)
    after = call.after

    def read() -> Sequence[Line]:
        _mine(call, visitor_id)
        if after is None:
            return queries.newest_lines(call.site.workspace_id, visitor_id)
        return queries.lines_after(call.site.workspace_id, visitor_id, after)

    found = await call.within(read)
    values = {"lines": [queries.line_shown(line) for line in found]}
    is_more = after is not None and len(found) == queries.PAGE
    return answer(values | {"is_more": is_more}, call.origin)


async def seen(call: Call, limits: Limits) -> Response:
    """Note that our answers up to a place stood before the visitor's eyes."""
    visitor_id, facts = call.visitor(), await call.facts()
    limits.take("signs", visitor=visitor_id, address=call.address)
    seq = facts.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**62:
        raise Refusal(BAD_REQUEST, "bad_request", "This is not what the chat sends.")

    def note() -> None:
        fresh = services.note_seen(call.site.workspace_id, visitor_id, seq)
        keep_items(call.site, [seen_item(line) for line in fresh])

    await call.within(note)
    return answer({}, call.origin)


async def introduce(call: Call, limits: Limits) -> Response:
    """Take a name or an address from somebody whom the site has not named."""
    visitor_id, facts = call.visitor(), await call.facts()
    limits.take("signs", visitor=visitor_id, address=call.address)
    email = text_in(facts, "email", LONGEST_NAME).strip()
    name = text_in(facts, "name", LONGEST_NAME).strip()
    if email and not EMAIL.fullmatch(email):
        raise Refusal(BAD_REQUEST, "bad_email", "This is not an e-mail address.")

    def note() -> Visitor:
        services.introduce(_mine(call, visitor_id), name=name, email=email)
        return _mine(call, visitor_id)

    return answer({"visitor": _shown(await call.within(note))}, call.origin)


async def put_file(call: Call, limits: Limits) -> Response:
    """Keep a file that is about to be sent, if its bytes are of a kind that is taken.

    Visitors know nothing of what their phone writes into a photo, so that it is not kept either.
    """
    visitor_id = call.visitor()
    limits.take("files", visitor=visitor_id, address=call.address)
    body = await call.body(MAX_FILE)
    if not body:
        raise Refusal(BAD_REQUEST, "empty", "This file is empty.")
    mime = sniffing.type_of(body)
    name = sniffing.shown_name(call.request.query_params.get("name", ""))

    def store() -> File:
        _mine(call, visitor_id)
        ours, all_of_day = queries.bytes_kept(call.site.workspace_id, visitor_id)
        kept = sniffing.bare(body, mime)
        if ours + len(body) > MAX_OF_VISITOR or all_of_day + len(body) > MAX_OF_DAY:
            words = "That is too much for one chat. Please send it in another way."
            raise Refusal(_TOO_LARGE, "no_room", words)
        return services.keep_file(call.site.workspace_id, visitor_id, name, mime, kept)

    return answer({"file": (await call.within(store)).shown()}, call.origin)


async def get_file(call: Call, limits: Limits) -> Response:
    """Hand out a file of a visitor's own conversation, to be saved and never shown."""
    visitor_id = call.visitor()
    limits.take("signs", visitor=visitor_id, address=call.address)
    file_id = uuid_in(call.request.path_params["what"].rpartition("/")[2])

    def read() -> tuple[File, bytes]:
        file = queries.file_by_id(call.site.workspace_id, visitor_id, file_id)
        body = queries.body_of(file) if file else None
        if file is None or body is None:
            raise Refusal(_NOT_FOUND, "no_file", _NO_FILE)
        return file, body

    file, body = await call.within(read)
    more = {"Content-Disposition": sniffing.disposition(file.name)}
    return Response(body, 200, headers_for(call.origin) | more, file.mime)
