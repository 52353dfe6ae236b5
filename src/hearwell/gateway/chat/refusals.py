"""Answers of the visitors' door: JSON, to the pages of the site alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from starlette.requests import Request
from starlette.responses import Response

from hearwell.gateway.chat.sites import Site

NOT_ALLOWED_HERE: Final = 403
METHODS: Final = "GET, POST, OPTIONS"
_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The answer is read by scripts of other sites, on purpose; by pages that frame it, never.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Refusal(Exception):
    """The call ends here: a status, a code for the script and words for a person."""

    def __init__(self, status: int, code: str, message: str, *, retry_after_s: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.retry_after_s = retry_after_s


def allowed_origin(request: Request, site: Site) -> str:
    """Return the page's origin if it may show this chat, empty for a call without one.

    A browser names the origin of every call from another site and of every POST; what comes
    without one is not a page of somebody else's. Raises Refusal (403).
    """
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}:
            return ""
    elif origin in site.origins or origin == settings.HEARWELL_URL:
        return origin
    raise Refusal(NOT_ALLOWED_HERE, "wrong_site", "This chat is not open to this site.")


def headers_for(origin: str) -> dict[str, str]:
    """Return the headers of an answer to a page."""
    found = {**_ALWAYS, "Vary": "Origin"}
    if origin:
        found["Access-Control-Allow-Origin"] = origin
        found["Access-Control-Expose-Headers"] = "Retry-After, Content-Disposition"
    return found


def preflight(origin: str) -> Response:
    """Answer a browser that asks whether the page may call us."""
    more = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "7200",
    }
    return Response(status_code=204, headers=headers_for(origin) | more)


def answer(values: Mapping[str, Any], origin: str, status: int = 200) -> Response:
    """Return values as JSON."""
    body = json.dumps(values, ensure_ascii=False).encode()
    return Response(body, status, headers_for(origin), "application/json")


def refused(refusal: Refusal, origin: str) -> Response:
    """Return a refusal as JSON, with the seconds to wait where waiting helps."""
    values: dict[str, Any] = {"error": refusal.code, "message": refusal.message}
    if refusal.retry_after_s:
        values["retry_after_s"] = refusal.retry_after_s
    response = answer(values, origin, refusal.status)
    if refusal.retry_after_s:
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response
