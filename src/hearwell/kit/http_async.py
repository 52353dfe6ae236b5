"""The safe client for connections that are held open: the same guard as `kit.http`, in a loop.

For streams alone. What is asked and answered goes through `kit.http`, where answers are capped
as a whole; here it is one line that is capped (`lines`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpcore
import httpx

from hearwell.kit.http import (
    AnswerTooLargeError,
    Origin,
    check_listed,
    checked_addresses,
    origin_of,
    trusted,
)

MAX_LINE_BYTES = 1024 * 1024


class _GuardedBackend(httpcore.AnyIOBackend):
    """Resolve once, refuse if any address is inside, connect to the checked address."""

    def __init__(self, inside: frozenset[tuple[str, int]]) -> None:
        self._inside = inside

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **kwargs: Any
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        addresses = await loop.run_in_executor(None, checked_addresses, host, port, self._inside)
        for address in addresses[:-1]:
            try:
                return await super().connect_tcp(address, port, *args, **kwargs)
            except httpcore.ConnectError:
                continue
        return await super().connect_tcp(addresses[-1], port, *args, **kwargs)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """Only the named hosts and origins."""

    def __init__(self, hosts: frozenset[str], origins: frozenset[Origin]) -> None:
        super().__init__(verify=trusted(), trust_env=False)
        self._hosts, self._origins = hosts, origins
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted(),
            network_backend=_GuardedBackend(frozenset((host, port) for _, host, port in origins)),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_listed(request, self._hosts, self._origins)
        return await super().handle_async_request(request)


def async_client(
    hosts: Iterable[str], *, origins: Iterable[str] = (), timeout_s: float = 30.0
) -> httpx.AsyncClient:
    """Return a client that reaches only the given hosts (by https) and exact origins.

    Parameters are those of `kit.http.client`; ``timeout_s`` is also how long a line may be silent
    before it counts as broken.
    """
    transport = _GuardedTransport(
        frozenset(host.lower() for host in hosts), frozenset(map(origin_of, origins))
    )
    return httpx.AsyncClient(
        transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False
    )


async def lines(response: httpx.Response, *, max_bytes: int = MAX_LINE_BYTES) -> AsyncIterator[str]:
    """Yield the lines of an answer as they come, without their ends, for as long as it lasts.

    A line goes on until a line feed; a carriage return before it is cut off. Raises
    AnswerTooLargeError for one that is longer than ``max_bytes``.
    """
    rest = b""
    async for chunk in response.aiter_bytes():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode(errors="replace")
        if len(rest) > max_bytes:
            message = f"a line is longer than {max_bytes} bytes"
            raise AnswerTooLargeError(message)
    if rest:
        yield rest.decode(errors="replace")
