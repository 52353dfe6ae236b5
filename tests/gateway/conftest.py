"""The webhook door on a real port, in front of the real tables."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from uuid import UUID

import httpx
import pytest
import uvicorn
from django.db import connection
from pytest_django import Settings
from starlette.types import ASGIApp, Receive, Scope, Send

from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.models import Endpoint, RawDelivery
from hearwell.channels.services import connect_channel
from hearwell.connect import registry
from hearwell.connect.model import IngressSecrets
from hearwell.events import notifier
from hearwell.gateway.app import app as gateway
from hearwell.gateway.collector import Collector
from hearwell.gateway.endpoints import Endpoints
from hearwell.gateway.hooks import Hooks
from hearwell.gateway.tallies import Tallies
from hearwell.kit.seal import make_keys
from tests.pigeon import SECRET, Pigeon, signed


@dataclass
class Door:
    """A running door and the one endpoint behind it."""

    url: str
    endpoint: Endpoint
    endpoints: Endpoints
    tallies: Tallies
    loop: asyncio.AbstractEventLoop
    woken: list[UUID] = field(default_factory=list)

    @property
    def hook(self) -> str:
        """The address that the network calls."""
        return f"{self.url}/hooks/{self.endpoint.token}"

    def post(self, body: bytes, **more: Any) -> httpx.Response:
        """Deliver as the network would, correctly signed unless headers are given."""
        headers = more.pop("headers", None) or signed(body)
        return httpx.post(self.hook, content=body, headers=headers, timeout=20, **more)

    def flush(self) -> None:
        """Write the counters now."""
        asyncio.run_coroutine_threadsafe(self.tallies.flush(), self.loop).result(5)

    def kept(self) -> list[bytes]:
        """Return the bodies that are stored, in order."""
        return [bytes(b) for b in RawDelivery.objects.order_by("id").values_list("body", flat=True)]


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    """The network's connector, registered."""
    connector = Pigeon()
    monkeypatch.setitem(registry._connectors, "pigeon", connector)
    return connector


@pytest.fixture
def endpoint(transactional_db: None, pigeon: Pigeon, tmp_path: Any, settings: Settings) -> Endpoint:
    """The endpoint of a connected pigeon channel."""
    make_keys(tmp_path)
    settings.HEARWELL_KEYS = tmp_path
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    with scope(workspace.id):
        channel = connect_channel(
            workspace_id=workspace.id,
            network="pigeon",
            handle="@northwind",
            external_id="loft",
            brand="Northwind",
            ingress=IngressSecrets((SECRET,), "hello"),
        )
    return Endpoint.objects.get(id=channel.endpoint_id)


@pytest.fixture
def door(endpoint: Endpoint) -> Iterator[Door]:
    """The door, open."""
    with serving(endpoint) as made:
        yield made


class Server:
    """An ASGI application on a free port, on an event loop in a thread of its own."""

    def __init__(self, app: ASGIApp, *, lifespan: Literal["on", "off"]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", lifespan=lifespan)
        self._server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._server.serve(sockets=[self._listening]))

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on the server's loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(15)
        connection.close()


@contextlib.contextmanager
def serving(endpoint: Endpoint, **collector: Any) -> Iterator[Door]:
    """Serve the hooks on a free port; `collector` replaces how rows are stored."""
    made: dict[str, Any] = {}
    woken: list[UUID] = []

    async def begin() -> None:
        made["rows"] = Collector(**{"wakes": woken.extend, **collector})
        made["rows"].start()
        made["hooks"] = Hooks(endpoints, made["rows"], tallies)

    async def end() -> None:
        await tallies.flush()
        await made["rows"].stop()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await made["hooks"](scope, receive, send)

    endpoints, tallies = Endpoints(), Tallies()
    with Server(app, lifespan="off") as server:
        server.call(begin())
        yield Door(server.url, endpoint, endpoints, tallies, server.loop, woken)
        server.call(end())


@pytest.fixture
def server() -> Iterator[Server]:
    """The gateway itself, and the notifier of the listening process."""
    stop = threading.Event()
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    try:
        with Server(gateway, lifespan="on") as running:
            yield running
    finally:
        stop.set()
        thread.join(10)
