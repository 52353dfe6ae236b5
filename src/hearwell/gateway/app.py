"""The gateway's ASGI application, which lives as long as its process: hooks, live, chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hearwell.gateway.chat.door import Door
from hearwell.gateway.chat.streams import Chats
from hearwell.gateway.collector import Collector
from hearwell.gateway.endpoints import Endpoints
from hearwell.gateway.hooks import Hooks
from hearwell.gateway.hub import Hub
from hearwell.gateway.live import note_presence, stream
from hearwell.gateway.tallies import Tallies
from hearwell.gateway.walls import Walls, wall


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Start writer, waker, counters and listener; end them so that nothing accepted is lost."""
    endpoints, tallies, collector = Endpoints(), Tallies(), Collector()
    chats = Chats()
    door = Door(chats, collector.wake)

    def forget() -> None:
        endpoints.forget()
        door.forget()

    hub = Hub(forget, chats)

    walls = Walls()
    collector.start()
    hub.start()
    walls.start()
    counting = asyncio.create_task(tallies.run())
    app.state.hub, app.state.loop = hub, asyncio.get_running_loop()
    app.state.hooks = Hooks(endpoints, collector, tallies)
    app.state.door, app.state.walls = door, walls
    try:
        yield
    finally:
        await walls.stop()
        await hub.stop()
        await collector.stop()
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)


class _HooksRoute:
    """A bare ASGI endpoint: a Request object would cost more than the rest of the way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await app.state.hooks(scope, receive, send)


async def _chat(request: Request) -> Response:
    response: Response = await request.app.state.door.serve(request)
    return response


def end_streams() -> None:
    """End every live stream; to be called when the server is told to stop, from any thread.

    A server waits for open responses before it shuts its application down, and these never end.
    """
    loop: asyncio.AbstractEventLoop | None = getattr(app.state, "loop", None)
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(app.state.hub.end_streams)
        loop.call_soon_threadsafe(app.state.walls.end_streams)


app = Starlette(
    routes=[
        Route("/hooks/{token:path}", _HooksRoute()),
        Route("/chat/{key}/{what:path}", _chat, methods=["GET", "POST", "OPTIONS"]),
        Route("/live", stream, methods=["GET"]),
        Route("/live/wall", wall, methods=["GET"]),
        Route("/live/presence", note_presence, methods=["POST"]),
    ],
    lifespan=_lifespan,
)
