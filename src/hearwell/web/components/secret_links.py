"""Pages whose address holds a secret."""

from __future__ import annotations

from django.http import HttpResponse


def secret(response: HttpResponse) -> HttpResponse:
    """Keep an address that holds a secret out of other sites' logs and of search engines."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
