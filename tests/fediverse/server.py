"""A Mastodon server of our own on loopback: the connector's fake, behind real HTTP and sockets.

What it holds outlives it: it can be killed in the middle of a stream and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from hearwell.connectors.mastodon.fake_api import FakeApi
from hearwell.connectors.mastodon.fake_calls import Call, Reply, call_of
from hearwell.connectors.mastodon.fake_server import FakeServer, Person
from tests.house import wait_until

DOMAIN = "social.example"
BEAT_S = 1
Heard = tuple[str, str]


@dataclass
class Instance:
    """A running server. ``ways`` are those in which it streams: ``socket``, ``lines``."""

    kind: str = "mastodon"
    ways: frozenset[str] = frozenset({"socket", "lines"})
    server: FakeServer = field(init=False)
    api: FakeApi = field(init=False)
    # Every call, as (method, path): what a test may count.
    calls: list[tuple[str, str]] = field(default_factory=list)
    _port: int = 0
    _running: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        streaming = f"ws://127.0.0.1:{self._port}" if self.ways else ""
        self.server = FakeServer(DOMAIN, self.url, self.kind, streaming=streaming)
        self.api = FakeApi(self.server, limit=100_000)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def join(self, name: str, title: str = "") -> Person:
        """Somebody new on it."""
        with self._lock:
            return self.server.join(name, title)

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return len(self.server.listeners)

    # --- running -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it, on the port it always has."""
        config = uvicorn.Config(
            self._app(), host="127.0.0.1", port=self._port, log_level="critical",
            lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._running = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, args=(self._running,), daemon=True)
        self._thread.start()
        wait_until(lambda: self._running and self._running.started, what="the server's start")

    def kill(self) -> None:
        """End it as a power cut does: every connection is torn, nobody is told."""
        assert self._running
        assert self._thread
        # On its own loop: a transport that two threads touch takes the whole process with it.
        self._loop.call_soon_threadsafe(_tear, self._running)
        self._thread.join(10)
        self.server.listeners.clear()

    def _serve(self, running: uvicorn.Server) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(running.serve())

    # --- as ASGI -------------------------------------------------------------------------------

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/api/v1/streaming", self._socket),
                Route("/api/v1/streaming/user", self._lines),
                Route("/api/v1/streaming/health", lambda _: PlainTextResponse("OK")),
                Route("/{path:path}", self._call, methods=["GET", "POST", "PUT", "DELETE"]),
            ]
        )

    async def _call(self, request: Request) -> Response:
        body = await request.body()
        if "json" in request.headers.get("content-type", ""):
            form = {name: [str(value)] for name, value in json.loads(body or "{}").items()}
            query = parse_qs(request.url.query, keep_blank_values=True)
            call = Call(request.method, request.url.path, query | form, dict(request.headers))
        else:
            url, headers = str(request.url), dict(request.headers)
            call = call_of(httpx.Request(request.method, url, headers=headers, content=body))
        with self._lock:
            self.calls.append((call.method, call.path))
            reply = self.api.answer(call)
        return _response(reply)

    def _owner(self, token: str) -> str | None:
        grant = self.server.tokens.get(token)
        return grant["account"] if grant else None

    @contextmanager
    def _listening(self, account: str) -> Iterator[asyncio.Queue[Heard]]:
        queue: asyncio.Queue[Heard] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def hear(whose: str, event: str, payload: str) -> None:
            if whose == account:
                loop.call_soon_threadsafe(queue.put_nowait, (event, payload))

        self.server.listeners.append(hear)
        try:
            yield queue
        finally:
            with contextlib.suppress(ValueError):
                self.server.listeners.remove(hear)

    async def _socket(self, websocket: WebSocket) -> None:
        token = websocket.headers.get("authorization", "").removeprefix("Bearer ")
        account = self._owner(token or websocket.query_params.get("access_token", ""))
        if "socket" not in self.ways:
            await websocket.send_denial_response(PlainTextResponse("Not Found", 404))
            return
        if account is None:
            error = {"error": "Invalid access token"}
            await websocket.send_denial_response(JSONResponse(error, 401))
            return
        await websocket.accept()
        wishes = {websocket.query_params.get("stream", "")} - {""}
        with self._listening(account) as queue:
            reading = asyncio.create_task(_read_wishes(websocket, wishes))
            try:
                while not reading.done():
                    with contextlib.suppress(TimeoutError):
                        event, payload = await asyncio.wait_for(queue.get(), 0.2)
                        if "user" in wishes:
                            said = {"stream": ["user"], "event": event, "payload": payload}
                            await websocket.send_text(json.dumps(said))
            except (WebSocketDisconnect, RuntimeError):
                pass
            finally:
                reading.cancel()

    async def _lines(self, request: Request) -> Response:
        account = self._owner(request.headers.get("authorization", "").removeprefix("Bearer "))
        if "lines" not in self.ways:
            return JSONResponse({"error": "Not Found"}, 404)
        if account is None:
            return JSONResponse({"error": "Missing access token"}, 401)

        async def lines() -> AsyncIterator[str]:
            with self._listening(account) as queue:
                yield ":)\n"
                while True:
                    try:
                        event, payload = await asyncio.wait_for(queue.get(), BEAT_S)
                        yield f"event: {event}\ndata: {payload}\n\n"
                    except TimeoutError:
                        yield ":thump\n"

        return StreamingResponse(lines(), media_type="text/event-stream")


def _tear(running: uvicorn.Server) -> None:
    running.force_exit = running.should_exit = True
    for connection in list(running.server_state.connections):
        transport = getattr(connection, "transport", None)
        if transport is not None:
            transport.abort()


def _response(reply: Reply) -> Response:
    headers = dict(reply.headers)
    if isinstance(reply.body, str):
        return PlainTextResponse(reply.body, reply.status, headers)
    return JSONResponse(reply.body, reply.status, headers)


async def _read_wishes(websocket: WebSocket, wishes: set[str]) -> None:
    """What is subscribed to on an open socket; ends with it."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            wish = json.loads(await websocket.receive_text())
            change = wishes.add if wish.get("type") == "subscribe" else wishes.discard
            change(wish.get("stream", ""))


@contextmanager
def running(instance: Instance) -> Iterator[Instance]:
    """Have it run during the block."""
    instance.start()
    try:
        yield instance
    finally:
        instance.kill()
