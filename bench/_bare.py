"""The baseline of the door: a Starlette handler that reads the body and stores nothing."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def accept(request: Request) -> Response:
    """Read the body, say 200."""
    await request.body()
    return Response()


app = Starlette(routes=[Route("/hooks/{token}", accept, methods=["POST"])])
