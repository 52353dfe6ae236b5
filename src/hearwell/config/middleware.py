"""One name for one house: people who come by another address are sent to it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port

SAFE = frozenset({"GET", "HEAD"})
# Machines call these by whatever address they have.
FOR_MACHINES = ("/api/", "/health", "/sandbox/api/")


class OriginMiddleware:
    """Redirect a page opened by IP to HEARWELL_URL: a passkey belongs to a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Redirect, or go on."""
        if request.method in SAFE and not request.path.startswith(FOR_MACHINES):
            host, _port = split_domain_port(request.get_host())
            if host in ("127.0.0.1", "[::1]") and host != settings.ENVIRONMENT.host:
                return HttpResponseRedirect(settings.HEARWELL_URL + request.get_full_path())
        return self.get_response(request)
