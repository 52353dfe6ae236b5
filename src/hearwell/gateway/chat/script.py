"""The script that a page of a customer's site loads, and its parts: small files, kept in memory."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

import hearwell.webchat

FOLDER: Final = Path(hearwell.webchat.__file__).parent / "widget"
# Short: an upgrade of the house must not be answered by the script before it for long.
_FRESH_S: Final = 300


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the script, also as it travels."""

    body: bytes
    packed: bytes
    mark: str


@cache
def parts() -> dict[str, Part]:
    """Every part of the script by its name."""
    return {path.name: _part(path.read_bytes()) for path in sorted(FOLDER.glob("*.js"))}


def _part(body: bytes) -> Part:
    mark = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Part(body, gzip.compress(body, 9, mtime=0), mark)


def part_of(name: str, request: Request) -> Response | None:
    """Return a part of the script, or None if it is none. It says nothing about any site."""
    part = parts().get(name)
    if part is None:
        return None
    headers = {
        "Cache-Control": f"public, max-age={_FRESH_S}",
        "ETag": part.mark,
        # Modules from another site are loaded with CORS.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == part.mark:
        return Response(status_code=304, headers=headers)
    is_packed = "gzip" in request.headers.get("accept-encoding", "")
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    body = part.packed if is_packed else part.body
    return Response(body, 200, headers, "text/javascript; charset=utf-8")
