"""Hundreds of little Harbours in one process on loopback: each with an API, a log and a stream.

What the sandbox connector needs to listen, and nothing else: ``/<name>/me``, ``/<name>/events`` and
``/<name>/stream``. ``POST /<name>/say`` makes something happen there. It counts who asks what, so
that an experiment can see which accounts are heard, and by how many at a time.

    python -m bench._harbours PORT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

ALIVE_S = 5.0
MOST = 200


@dataclass
class Place:
    """One Harbour: what happened there, and who has a line open."""

    name: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    polling: int = 0
    most_polling: int = 0
    lines: int = 0
    most_lines: int = 0
    heard_at: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, text: str) -> dict[str, Any]:
        """Let a customer post."""
        number = len(self.entries) + 1
        at = "2026-11-22T10:00:00+00:00"
        item_id = f"{self.name}-{number}"
        item = {
            "id": item_id, "kind": "post", "version": 1, "created_at": at, "root_id": item_id,
            "text": text, "author": {"id": "lena", "handle": "lena", "name": "Lena Vik"},
            "mentions": [], "url": f"https://harbour.example/{item_id}",
        }  # fmt: skip
        entry = {"id": item_id, "seq": number, "type": "post.created", "at": at, "item": item}
        self.entries.append(entry)
        self.news.set()
        return entry

    def envelope(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what goes over the wire."""
        return {"page": self.name, "entries": entries}


PLACES: dict[str, Place] = {}
# What the whole network does, set by POST /weather: how long an answer takes.
WEATHER: dict[str, float] = defaultdict(float)


def place(request: Request) -> Place:
    """Return the Harbour of that name; every name has one."""
    name = request.path_params["name"]
    return PLACES.setdefault(name, Place(name))


async def me(request: Request) -> Response:
    """Whose token this is."""
    body = {"page": place(request).name, "handle": "northwind", "scopes": ["read", "write"]}
    return JSONResponse({**body, "webhook": False})


async def events(request: Request) -> Response:
    """What happened after a number."""
    here, after = place(request), int(request.query_params.get("after", "0"))
    here.polls += 1
    here.polling += 1
    here.most_polling = max(here.most_polling, here.polling)
    try:
        await asyncio.sleep(WEATHER["slow_s"])
    finally:
        here.polling -= 1
    here.heard_at = time.time()
    found = here.entries[after : after + MOST]
    last = after + len(found)
    more = last < len(here.entries)
    return JSONResponse({**here.envelope(found), "next": str(last), "more": more})


async def stream(request: Request) -> Response:
    """What happens from now on, a line each, and an empty one now and then."""
    return StreamingResponse(_lines(place(request)), media_type="application/x-ndjson")


async def _lines(here: Place) -> AsyncIterator[bytes]:
    here.lines += 1
    here.most_lines = max(here.most_lines, here.lines)
    here.heard_at = time.time()
    after = len(here.entries)
    try:
        yield b"\n"
        while True:
            try:
                await asyncio.wait_for(here.news.wait(), ALIVE_S)
            except TimeoutError:
                yield b"\n"
            here.news.clear()
            for entry in here.entries[after:]:
                yield json.dumps(here.envelope([entry])).encode() + b"\n"
            after = len(here.entries)
            here.heard_at = time.time()
    finally:
        here.lines -= 1


async def say(request: Request) -> Response:
    """Let a customer post at some places: one, or with ``*`` all of them."""
    name = request.path_params["name"]
    where = list(PLACES.values()) if name == "*" else [place(request)]
    for one in where:
        one.say((await request.body()).decode())
    return JSONResponse({"said": len(where)})


async def counts(request: Request) -> Response:
    """Who asked what: name -> polls, most polls at a time, open lines, most at a time, last."""
    del request
    return JSONResponse(
        {
            one.name: [one.polls, one.most_polling, one.lines, one.most_lines, one.heard_at]
            for one in PLACES.values()
        }
    )


async def weather(request: Request) -> Response:
    """Make every poll of the network take so many seconds."""
    WEATHER["slow_s"] = float((await request.body()).decode())
    return JSONResponse(dict(WEATHER))


app = Starlette(
    routes=[
        Route("/counts", counts),
        Route("/weather", weather, methods=["POST"]),
        Route("/{name}/me", me),
        Route("/{name}/events", events),
        Route("/{name}/stream", stream),
        Route("/{name}/say", say, methods=["POST"]),
    ]
)


def main() -> None:
    """Serve on loopback until killed."""
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
