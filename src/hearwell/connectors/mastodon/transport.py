"""A user's stream held open: a WebSocket, or server-sent events where that is all there is."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

from hearwell.connect import failures
from hearwell.connectors.mastodon.wire import scope_missing
from hearwell.kit.http_async import async_client, lines
from hearwell.kit.sockets import AddressRefusedError, Opener

PATH = "/api/v1/streaming"
_PORTS = {"ws": 80, "wss": 443}
_MOST_BYTES = 4 * 1024 * 1024
_STEP_S, _SILENCE_S = 10.0, 90.0
_REFUSALS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    403: failures.ScopeMissing,
}
Event = tuple[str, str]
# Its own would write down every header, and one of them is the token.
_SILENT = logging.getLogger(f"{__name__}.headers")
_SILENT.setLevel(logging.CRITICAL)


class NoStreamError(Exception):
    """The server has none of this kind."""


@dataclass(frozen=True, slots=True)
class Doors:
    """How streams are opened: sockets and clients that reach only where they may."""

    origins: tuple[str, ...] = ()

    async def socket(self, url: str) -> tuple[socket.socket, ssl.SSLContext | None]:
        """A connected socket for a WebSocket's address, and what its TLS is verified against.

        Raises ``OSError``.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        opener = Opener(self.origins, ports={port})
        is_plain = parts.scheme == "ws"
        if is_plain and not opener.may_lie_inside(host, port):
            message = "a stream must come by TLS"
            raise AddressRefusedError(message)
        plain = await asyncio.to_thread(opener.open, host, port, tls=False, timeout_s=_STEP_S)
        return plain, None if is_plain else opener.context

    def client(self, url: str) -> httpx.AsyncClient:
        """A client for server-sent events at an address."""
        return async_client({urlsplit(url).hostname or ""}, origins=self.origins)


async def events(doors: Doors, streaming: str, token: str) -> AsyncIterator[Event]:
    """Names and payloads of a user's stream, until the connection ends.

    Raises ``NoStreamError`` if the server has neither way, and connect failures.
    """
    if not streaming:
        raise NoStreamError
    headers = {"authorization": f"Bearer {token}"}
    try:
        async for event in _by_socket(doors, f"{streaming}{PATH}?stream=user", headers):
            yield event
    except NoStreamError:
        origin = "http" + streaming.removeprefix("ws")
        async for event in _by_lines(doors, f"{origin}{PATH}/user", headers):
            yield event


# --- by WebSocket --------------------------------------------------------------------------------


async def _by_socket(doors: Doors, url: str, headers: Mapping[str, str]) -> AsyncIterator[Event]:
    try:
        sock, context = await doors.socket(url)
    except (OSError, TimeoutError) as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    more: dict[str, Any] = {"server_hostname": urlsplit(url).hostname} if context else {}
    try:
        async with connect(
            url, sock=sock, ssl=context, additional_headers=headers, proxy=None, logger=_SILENT,
            max_size=_MOST_BYTES, open_timeout=_STEP_S, **more,
        ) as line:  # fmt: skip
            async for event in _messages(line):
                yield event
    except InvalidStatus as error:
        raise _refused(error.response.status_code) from error
    except (InvalidHandshake, ValueError) as error:
        # Something else than a WebSocket answered.
        raise NoStreamError from error
    except (WebSocketException, OSError, TimeoutError) as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error


async def _messages(line: ClientConnection) -> AsyncIterator[Event]:
    async for message in line:
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            name, payload = said.get("event"), said.get("payload")
            if isinstance(name, str):
                yield name, payload if isinstance(payload, str) else json.dumps(payload)


def _refused(status: int) -> Exception:
    if status == httpx.codes.FORBIDDEN:
        return scope_missing("read:statuses", str(status))
    kind = _REFUSALS.get(status)
    if kind is not None:
        return kind(network_code=str(status))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return failures.Throttled(None, network_code=str(status))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR and status != httpx.codes.NOT_IMPLEMENTED:
        return failures.Unavailable(network_code=str(status))
    return NoStreamError(str(status))


# --- by server-sent events -----------------------------------------------------------------------


async def _by_lines(doors: Doors, url: str, headers: Mapping[str, str]) -> AsyncIterator[Event]:
    timeout = httpx.Timeout(_STEP_S, read=_SILENCE_S)
    accept = {**headers, "accept": "text/event-stream"}
    try:
        async with (
            doors.client(url) as client,
            client.stream("GET", url, headers=accept, timeout=timeout) as response,
        ):
            if not response.is_success:
                raise _refused(response.status_code)
            if "event-stream" not in response.headers.get("content-type", ""):
                raise NoStreamError
            async for event in _parsed(lines(response, max_bytes=_MOST_BYTES)):
                yield event
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error


async def _parsed(said: AsyncIterator[str]) -> AsyncIterator[Event]:
    name, data = "", list[str]()
    async for line in said:
        field_name, _, value = line.partition(":")
        if not line:
            if name:
                yield name, "\n".join(data)
            name, data = "", []
        elif field_name == "event":
            name = value.removeprefix(" ")
        elif field_name == "data":
            data.append(value.removeprefix(" "))
