"""The way out for what is not HTTP: a socket that cannot be talked into reaching inside.

The same guard as `kit.http`: a name is resolved once, every answer is checked, and the connection
goes to the address that was checked. TLS is verified against the *name*, never the address.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from functools import cache

import httpx

from hearwell.kit.http import is_public, origin_of

HostPort = tuple[str, int]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AddressRefusedError(OSError):
    """The address is not one that this system may connect to; nothing was sent."""


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificates we trust: those of our HTTP client and those of the system."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class Opener:
    """Opens sockets to public addresses, and to the exact origins that may lie inside.

    Parameters
    ----------
    origins: ``scheme://host:port`` (HEARWELL_EGRESS_ALLOW); only host and port count here.
    ports: which ports may be connected to; those of `origins` always may.
    context: certificates to trust instead of `trusted()`.
    """

    def __init__(
        self,
        origins: Iterable[str] = (),
        *,
        ports: Iterable[int],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._inside = frozenset((host, port) for _, host, port in map(origin_of, origins))
        self._ports = frozenset(ports)
        self._context = context

    @property
    def context(self) -> ssl.SSLContext:
        """What a connection is verified against, also where TLS begins later (STARTTLS)."""
        return self._context or trusted()

    def may_lie_inside(self, host: str, port: int) -> bool:
        """Say whether this host and port are on the operator's list."""
        return (host.lower(), port) in self._inside

    def open(self, host: str, port: int, *, tls: bool, timeout_s: float) -> socket.socket:
        """Connect. Raises `AddressRefusedError`, `ssl.SSLError` and other kinds of OSError.

        `timeout_s` holds for the connection and for every later step on the socket.
        """
        plain = _first(self._checked(host, port), port, timeout_s)
        if not tls:
            return plain
        try:
            return self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    async def open_streams(self, host: str, port: int, *, tls: bool, timeout_s: float) -> Streams:
        """Connect within an event loop; raises as `open` does, TimeoutError included."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout_s):
            addresses = await loop.run_in_executor(None, self._checked, host, port)
            return await self._first_streams(addresses, host, port, tls=tls)

    async def _first_streams(
        self, addresses: list[str], host: str, port: int, *, tls: bool
    ) -> Streams:
        context, name = (self.context, host) if tls else (None, None)
        for address in addresses[:-1]:
            try:
                return await asyncio.open_connection(
                    address, port, ssl=context, server_hostname=name
                )
            except ssl.SSLError:
                raise
            except OSError:
                continue
        last = addresses[-1]
        return await asyncio.open_connection(last, port, ssl=context, server_hostname=name)

    def _checked(self, host: str, port: int) -> list[str]:
        """Resolve once; one bad answer spoils them all."""
        is_inside = self.may_lie_inside(host, port)
        if not is_inside and port not in self._ports:
            message = f"port {port} is not one of those allowed here"
            raise AddressRefusedError(message)
        addresses = _resolved(host, port)
        if not is_inside and not all(map(is_public, addresses)):
            message = f"{host} is not a public address"
            raise AddressRefusedError(message)
        return addresses


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # UnicodeError: a label that is empty or longer than a name may have.
    except (OSError, UnicodeError) as error:
        message = f"{host}: the name could not be resolved"
        raise ConnectionError(message) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _first(addresses: list[str], port: int, timeout_s: float) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout_s)
