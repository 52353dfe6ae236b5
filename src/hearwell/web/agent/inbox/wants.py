"""What kind of answer a request wants."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a fragment; a restored page or a plain link wants it whole."""
    return request.headers.get("HX-Request-Type") == "partial"


def varied(response: HttpResponse) -> HttpResponse:
    """Mark that page and fragment share an address, and that neither may be kept."""
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type"])
    response["Cache-Control"] = "no-store"
    return response
