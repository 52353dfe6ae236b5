"""The addresses of this very system, which nobody may have it call."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def own_origins() -> list[str]:
    """Return our own origins: the public one, and those of loopback on its port."""
    own = [settings.HEARWELL_URL]
    port = urlsplit(settings.HEARWELL_URL).port
    if port:
        own += [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    return own
