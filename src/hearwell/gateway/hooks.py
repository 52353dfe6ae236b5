"""Webhooks: verify the raw bytes, commit them, answer. Nothing is parsed here.

200 means that the bytes are on disk. Everything else makes the network come again (503, 408) or
tells its operator what is wrong (401, 404, 405, 413).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.conf import settings
from starlette.types import Message, Receive, Scope, Send

from hearwell.channels.services import RawRow
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Challenge, Raw
from hearwell.gateway.collector import Collector, OverloadedError
from hearwell.gateway.endpoints import Door, Endpoints
from hearwell.gateway.tallies import Tallies
from hearwell.kit.clock import now

log = structlog.get_logger(__name__)
PREFIX = "/hooks/"
MAX_BODY = 5 * 1024 * 1024
# All bodies being read at once; a body is read before its sender can be verified.
MAX_IN_FLIGHT = 128 * 1024 * 1024
READ_WITHIN_S = 30
RETRY_AFTER_S = b"5"
# Above this a signature takes milliseconds: not on the event loop.
INLINE_BODY = 256 * 1024


OK, UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED = 200, 401, 404, 405
TOO_SLOW, TOO_LARGE, UNAVAILABLE = 408, 413, 503


class RejectedError(Exception):
    """The request ends here with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class SenderGoneError(Exception):
    """The network hung up; nobody is left to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the network."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Hooks:
    """The ASGI application behind ``/hooks/{token}``."""

    def __init__(self, endpoints: Endpoints, collector: Collector, tallies: Tallies) -> None:
        self._endpoints, self._collector, self._tallies = endpoints, collector, tallies
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            answer = await self._answer(scope, receive)
        except RejectedError as rejected:
            answer = Answer(rejected.status)
        except SenderGoneError:
            return
        await _reply(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method: str = scope["method"]
        if method not in ("GET", "POST"):
            raise RejectedError(NOT_ALLOWED)
        door = await self._door(scope["path"].removeprefix(PREFIX))
        body = await self._body(scope, receive, door) if method == "POST" else b""
        raw = Raw(method, _url(scope), _headers(scope), body, now())
        challenge = await self._verified(door, raw)
        if challenge is not None:
            return Answer(challenge.status, challenge.body, challenge.content_type)
        if method == "GET":
            raise RejectedError(NOT_ALLOWED)
        await self._keep(door, raw)
        return Answer(OK)

    async def _door(self, token: str) -> Door:
        try:
            door = await self._endpoints.find(token)
        except Exception as error:
            log.warning("endpoint_unknown", error_type=type(error).__name__)
            raise RejectedError(UNAVAILABLE) from error
        if door is None:
            raise RejectedError(NOT_FOUND)
        return door

    async def _body(self, scope: Scope, receive: Receive, door: Door) -> bytes:
        try:
            _refuse_announced(scope)
            async with asyncio.timeout(READ_WITHIN_S):
                return await self._read(receive)
        except TimeoutError as error:
            raise RejectedError(TOO_SLOW) from error
        except RejectedError as rejected:
            if rejected.status == TOO_LARGE:
                self._tallies.add(door.endpoint_id, "oversized")
            raise

    async def _read(self, receive: Receive) -> bytes:
        """Read the body, never holding more than the bound."""
        chunks: list[bytes] = []
        size = 0
        try:
            while True:
                message: Message = await receive()
                if message["type"] == "http.disconnect":
                    raise SenderGoneError
                chunk = message.get("body", b"")
                chunks.append(chunk)
                size += len(chunk)
                self._in_flight += len(chunk)
                if size > MAX_BODY:
                    raise RejectedError(TOO_LARGE)
                if self._in_flight > MAX_IN_FLIGHT:
                    raise RejectedError(UNAVAILABLE)
                if not message.get("more_body"):
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        finally:
            self._in_flight -= size

    async def _verified(self, door: Door, raw: Raw) -> Challenge | None:
        """Return the answer to a handshake, None for a genuine delivery; 401 for anything else."""
        try:
            if len(raw.body) > INLINE_BODY:
                return await asyncio.to_thread(verify, door, raw)
            return verify(door, raw)
        except BadSignature as error:
            self._tallies.add(door.endpoint_id, "forged")
            raise RejectedError(UNAUTHORIZED) from error
        except Exception as error:
            # Whatever a stranger's bytes did to the connector, they have not proved themselves.
            log.exception("verify_failed", endpoint_id=str(door.endpoint_id))
            self._tallies.add(door.endpoint_id, "unverifiable")
            raise RejectedError(UNAUTHORIZED) from error

    async def _keep(self, door: Door, raw: Raw) -> None:
        row = RawRow.of(door.endpoint_id, raw, url=_without_token(raw.url, door))
        try:
            await self._collector.keep(row)
        except OverloadedError as error:
            raise RejectedError(UNAVAILABLE) from error
        except Exception as error:
            raise RejectedError(UNAVAILABLE) from error


def _refuse_announced(scope: Scope) -> None:
    """Refuse a body that says itself that it is too large, before a byte of it is read."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise RejectedError(TOO_LARGE)


def verify(door: Door, raw: Raw) -> Challenge | None:
    """Answer a handshake, or check a delivery. Raises BadSignature."""
    if raw.method == "GET":
        return door.connector.challenge(raw, door.secrets)
    door.connector.verify(raw, door.secrets)
    return door.connector.challenge(raw, door.secrets)


def _url(scope: Scope) -> str:
    """Return the address as the network called it: our public origin, path and query."""
    query = scope["query_string"]
    path = scope.get("raw_path") or scope["path"].encode()
    called: bytes = path + (b"?" + query if query else b"")
    return str(settings.HEARWELL_URL) + called.decode("latin-1")


def _without_token(url: str, door: Door) -> str:
    """Keep the address, but not the secret part of its path."""
    _, _, query = url.partition("?")
    return f"{PREFIX}{door.endpoint_id}" + (f"?{query}" if query else "")


def _headers(scope: Scope) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def _reply(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-length", str(len(answer.body)).encode()),
        (b"content-type", answer.content_type.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.status == UNAVAILABLE:
        headers.append((b"retry-after", RETRY_AFTER_S))
    if answer.status == NOT_ALLOWED:
        headers.append((b"allow", b"GET, POST"))
    if answer.status in (TOO_SLOW, TOO_LARGE):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
