"""The one way out: an HTTP client that cannot be talked into reaching inside.

A name is resolved once, every answer is checked, and the connection goes to the address that was
checked (no second look-up, so no rebinding). Redirects are not followed, proxies from the
environment are ignored, answers are capped in bytes.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpcore
import httpx

from hearwell.kit.numbers import whole_number
from hearwell.kit.tracing import span

# It would write every address it calls, and some networks' addresses hold the token.
logging.getLogger("httpx").setLevel(logging.WARNING)
MAX_ANSWER_BYTES = 32 * 1024 * 1024
# Between two pieces of what is sent we look at the clock.
_PIECE = 16 * 1024
_PACKINGS = ("gzip", "x-gzip")
_HTTPS = 443
# Who asks us to wait for more than eleven days asks nothing that we would do.
_MOST_WAIT_DIGITS = 6
_DEFAULT_PORTS = {"http": 80, "https": _HTTPS, "imap": 143, "imaps": 993, "smtp": 25, "smtps": 465}
# Python's own is_global misses these. 192.0.0.192 and 168.63.129.16 are metadata addresses of
# clouds; 2002:: (6to4) carries an address of the old kind within.
_INSIDE = [
    ipaddress.ip_network(block)
    for block in (
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2002::/16",
        "3fff::/20",
    )
]
# All of the public internet's (RFC 4291): what translates to the old kind (64:ff9b::/96 and
# ::ffff:0:0:0/96), segment routing and what nobody has been given yet lie elsewhere.
_V6 = 6
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
Origin = tuple[str, str, int]


class EgressDeniedError(httpx.ConnectError):
    """The address is not one that this system may call."""


class InsideError(httpcore.ConnectError):
    """The name leads to an address that is not on the public internet."""


class AnswerTooLargeError(httpx.TransportError):
    """The other side sent more bytes than we accept."""


def origin_of(url: str) -> Origin:
    """Return (scheme, host, port) of a URL, lower case, with the scheme's default port."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(scheme, 0)


def is_public(address: str) -> bool:
    """Say whether an IP address lies on the public internet."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(str(mapped))
    if ip.version == _V6 and ip not in _PUBLIC_V6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in block for block in _INSIDE)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # UnicodeError: a label that is empty or longer than a name may have.
    except (OSError, UnicodeError) as error:
        message = f"{host}: the name could not be resolved"
        raise httpcore.ConnectError(message) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(host: str, port: int, inside: Collection[tuple[str, int]]) -> list[str]:
    """Resolve once; one bad answer spoils them all. Raises ``httpcore.ConnectError``.

    ``inside`` are the (host, port) that may lie inside.
    """
    addresses = _addresses(host, port)
    if (host.lower(), port) not in inside and not all(map(is_public, addresses)):
        message = f"{host} is not a public address"
        raise InsideError(message)
    return addresses


def check_listed(
    request: httpx.Request, hosts: Collection[str] | None, origins: Collection[Origin]
) -> None:
    """Raise ``EgressDeniedError`` unless the request goes to one of these, by https if a host.

    With hosts of None any will do, on the usual port.
    """
    origin = origin_of(str(request.url))
    is_listed = origin[2] == _HTTPS if hosts is None else origin[1] in hosts
    if origin not in origins and (origin[0] != "https" or not is_listed):
        message = f"{origin[0]}://{origin[1]}:{origin[2]} is not on the list of this connector"
        raise EgressDeniedError(message, request=request)


class _GuardedBackend(httpcore.SyncBackend):
    """Resolve once, refuse if any address is inside, connect to the checked address."""

    def __init__(self, allowed: frozenset[tuple[str, int]], lasts_s: float | None) -> None:
        self._allowed, self._lasts_s = allowed, lasts_s

    def connect_tcp(
        self, host: str, port: int, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        addresses = checked_addresses(host, port, self._allowed)
        for address in addresses[:-1]:
            try:
                return self._brief(super().connect_tcp(address, port, *args, **kwargs))
            except httpcore.ConnectError:
                continue
        return self._brief(super().connect_tcp(addresses[-1], port, *args, **kwargs))

    def _brief(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        if self._lasts_s is None:
            return stream
        return _BriefStream(stream, time.monotonic() + self._lasts_s)


class _BriefStream(httpcore.NetworkStream):
    """A connection that lasts until a time and no longer, however little moves at once."""

    def __init__(self, inner: httpcore.NetworkStream, ends_at: float) -> None:
        self._inner, self._ends_at = inner, ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._left(timeout)
        if left <= 0:
            message = "the answer took too long as a whole"
            raise httpcore.ReadTimeout(message)
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for begin in range(0, len(buffer), _PIECE):
            left = self._left(timeout)
            if left <= 0:
                message = "sending took too long as a whole"
                raise httpcore.WriteTimeout(message)
            self._inner.write(buffer[begin : begin + _PIECE], left)

    def _left(self, timeout: float | None) -> float:
        left = self._ends_at - time.monotonic()
        return left if timeout is None else min(timeout, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _BriefStream(self._inner.start_tls(*args, **kwargs), self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def trusted() -> ssl.SSLContext:
    """Return whom we trust, read once: reading it takes some 50 ms of a core each time."""
    return httpx.create_ssl_context(trust_env=False)


class _GuardedTransport(httpx.HTTPTransport):
    """Only the named hosts and origins, never more bytes than the cap."""

    def __init__(
        self,
        hosts: frozenset[str] | None,
        origins: frozenset[Origin],
        max_bytes: int,
        lasts_s: float | None,
    ) -> None:
        super().__init__(verify=trusted(), trust_env=False)
        self._hosts, self._origins, self._max_bytes = hosts, origins, max_bytes
        self._pool.close()
        inside = frozenset((host, port) for _, host, port in origins)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted(), network_backend=_GuardedBackend(inside, lasts_s)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_listed(request, self._hosts, self._origins)
        # Where messages point at may be somebody's own name.
        where = "anywhere" if self._hosts is None else request.url.host
        with span(
            f"{request.method} {where}", http__request__method=request.method, server__address=where
        ) as note:
            response = super().handle_request(request)
            note("http.response.status_code", response.status_code)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _unpacked(response, self._max_bytes)
        return response


class _CappedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, max_bytes: int) -> None:
        self._inner, self._max_bytes = inner, max_bytes

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        for chunk in self._inner:
            total += len(chunk)
            if total > self._max_bytes:
                message = f"the answer is larger than {self._max_bytes} bytes"
                raise AnswerTooLargeError(message)
            yield chunk

    def close(self) -> None:
        self._inner.close()


def _unpacked(response: httpx.Response, max_bytes: int) -> httpx.SyncByteStream:
    """Unpack an answer here, under the cap: a few kB of packed zeros unpack to many MB."""
    stream = _CappedStream(cast("httpx.SyncByteStream", response.stream), max_bytes)
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return stream
    del response.headers["content-encoding"]
    return _CappedStream(_UnpackedStream(stream, packing), max_bytes)


class _UnpackedStream(httpx.SyncByteStream):
    """What a packed answer holds, a piece at a time."""

    def __init__(self, inner: httpx.SyncByteStream, packing: str) -> None:
        self._inner, self._packing = inner, packing

    def __iter__(self) -> Iterator[bytes]:
        if self._packing not in _PACKINGS:
            message = "the answer is packed in a way that was not asked for"
            raise httpx.DecodingError(message)
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            for chunk in self._inner:
                rest = chunk
                while rest:
                    yield unpack.decompress(rest, _PIECE)
                    rest = unpack.unconsumed_tail
            yield unpack.flush()
        except zlib.error as error:
            message = "the answer cannot be unpacked"
            raise httpx.DecodingError(message) from error

    def close(self) -> None:
        self._inner.close()


def retry_after_s(headers: httpx.Headers) -> int:
    """Return the seconds that a server asks us to wait; 0 where it gives none, or a date."""
    return whole_number(headers.get("retry-after"), digits=_MOST_WAIT_DIGITS) or 0


def client(
    hosts: Iterable[str] | None,
    *,
    origins: Iterable[str] = (),
    timeout_s: float = 10.0,
    max_bytes: int = MAX_ANSWER_BYTES,
    lasts_s: float | None = None,
) -> httpx.Client:
    """Return a client that reaches only the given hosts (by https) and exact origins.

    Parameters
    ----------
    hosts: host names from a connector's manifest, or None for any host (what messages point
        at); they must resolve to public addresses.
    origins: exact ``scheme://host:port`` that may lie inside (HEARWELL_EGRESS_ALLOW).
    timeout_s: seconds for each of connect, read, write and waiting for a free connection.
    lasts_s: seconds that a connection lasts in all, for hosts that anybody can name: one that
        sends or takes a byte now and then would hold its caller for ever. Raises
        ``httpx.ReadTimeout`` or ``httpx.WriteTimeout``.

    Nothing is retried: a post whose outcome is unknown is never sent again blindly.
    """
    transport = _GuardedTransport(
        None if hosts is None else frozenset(host.lower() for host in hosts),
        frozenset(map(origin_of, origins)),
        max_bytes,
        lasts_s,
    )
    return httpx.Client(
        transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False,
        headers={"accept-encoding": "gzip"},
    )  # fmt: skip
