"""What kind of answer a request wants."""

from __future__ import annotations

import json
from collections.abc import Mapping

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


def telling(response: HttpResponse, name: str, facts: Mapping[str, object]) -> HttpResponse:
    """Let htmx raise an event with these facts when the answer has been shown."""
    response["HX-Trigger"] = json.dumps({name: facts})
    return response


def told(response: HttpResponse, said: str) -> HttpResponse:
    """Let those hear what was done who do not see it."""
    return telling(response, "hw:said", {"said": said})
