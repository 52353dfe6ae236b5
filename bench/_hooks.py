"""Signed webhooks in quantity, and a client fast enough not to be what is measured."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench._processes import free_port, process
from hearwell.config.scratch import Ground, set_up_django

SECRET, PAGE = "bench-secret", "page-bench"
WORDS = (
    "Where is my bag? It did not arrive in Oslo and nobody answers the phone.",
    "Flight NW 218 was cancelled, when do you rebook us?",
    "Thank you for the kind crew on board today!",
    "My refund has been open for six weeks now. This is unacceptable.",
    "Can I take a folding bicycle in the cabin?",
)
_numbers = count(1)


@dataclass(frozen=True)
class Desk:
    """A workspace with one connected sandbox account."""

    workspace_id: Any
    token: str


def connect(made: Ground) -> Desk:
    """Make a workspace and connect an account; Django is set up as the worker from here on."""
    set_up_django(made, "worker")
    from hearwell.accounts.services import create_workspace
    from hearwell.channels.models import Endpoint
    from hearwell.channels.services import connect_channel
    from hearwell.connect.model import IngressSecrets
    from hearwell.kit.scope import scope
    from hearwell.sla.services import ensure_defaults

    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        ensure_defaults(workspace)
        channel = connect_channel(
            workspace_id=workspace.id,
            network="sandbox",
            handle="northwind",
            external_id=PAGE,
            brand="Northwind Air",
            ingress=IngressSecrets((SECRET,)),
        )
    return Desk(workspace.id, Endpoint.objects.get(id=channel.endpoint_id).token)


def entry(number: int) -> dict[str, Any]:
    """Return one customer's new post, as the network tells of it."""
    at = "2026-11-22T10:00:00+00:00"
    return {
        "id": f"e{number}",
        "type": "post.created",
        "at": at,
        "item": {
            "id": f"p{number}",
            "kind": "post",
            "version": 1,
            "created_at": at,
            "root_id": f"p{number}",
            "text": f"@northwind {WORDS[number % len(WORDS)]} ({number})",
            "author": {"id": f"u{number % 997}", "handle": f"u{number % 997}", "name": "Lena Vik"},
            "mentions": [],
            "url": f"https://harbour.example/p{number}",
        },
    }


def webhooks(how_many: int, token: str, *, each: int = 1) -> list[bytes]:
    """Return whole HTTP requests, signed, ready to be written to a socket."""
    from hearwell.connectors.sandbox.signing import SIGNATURE, TIMESTAMP, signature_of

    stamp = str(int(time.time()))
    made = []
    for _ in range(how_many):
        entries = [entry(next(_numbers)) for _ in range(each)]
        body = json.dumps({"page": PAGE, "entries": entries}).encode()
        head = (
            f"POST /hooks/{token} HTTP/1.1\r\nhost: localhost\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"{TIMESTAMP}: {stamp}\r\n{SIGNATURE}: {signature_of(SECRET, stamp, body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class _Caller(asyncio.Protocol):
    """One kept-alive connection: the next request goes out when the last was answered."""

    def __init__(
        self, requests: Iterator[bytes], done: asyncio.Future[None], tally: list[int]
    ) -> None:
        self._requests, self._done, self._tally = requests, done, tally
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        end = self._heard.find(b"\r\n\r\n")
        if end < 0 or len(self._heard) < end + 4 + _length(self._heard[:end]):
            return
        self._tally.append(int(self._heard[9:12]))
        self._heard = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionResetError())


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def _post(port: int, requests: Sequence[bytes], connections: int) -> list[int]:
    loop = asyncio.get_running_loop()
    shared, tally = iter(requests), []
    waits = [loop.create_future() for _ in range(connections)]
    for done in waits:
        await loop.create_connection(
            lambda done=done: _Caller(shared, done, tally), "127.0.0.1", port
        )
    await asyncio.gather(*waits)
    return tally


def post(port: int, requests: Sequence[bytes], *, connections: int = 64) -> float:
    """Send all requests over some kept-alive connections; return the seconds. All must get 200."""
    import uvloop

    begun = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        statuses = runner.run(_post(port, requests, min(connections, len(requests))))
    seconds = time.perf_counter() - begun
    if set(statuses) != {200} or len(statuses) != len(requests):
        message = f"not every webhook was accepted: {sorted(set(statuses))}"
        raise RuntimeError(message)
    return seconds


@contextmanager
def web_process(
    made: Ground, app: str = "hearwell.config.asgi:application"
) -> Iterator[tuple[int, int]]:
    """Serve an ASGI application under uvicorn, as the web process does; yield port and pid."""
    port = free_port()
    command = ["-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
    place = {**made.environment("web"), "HEARWELL_URL": f"http://localhost:{port}"}
    with process([*command, "--ws", "none", "--no-access-log"], place, port) as child:
        yield port, child.pid


@contextmanager
def web(made: Ground, app: str = "hearwell.config.asgi:application") -> Iterator[int]:
    """Do the same; yield the port alone."""
    with web_process(made, app) as (port, _pid):
        yield port
