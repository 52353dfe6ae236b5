"""Post one notice to its address. No database, and nothing inside is reached."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import httpx
from django.conf import settings

from hearwell.integrations.rules import Outcome, headers
from hearwell.kit import http
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import wrong_with
from hearwell.kit.text import clean

TIMEOUT_S: Final = 10.0
# One connection in all, whatever drips: a batch ends well before.
LASTS_S: Final = 40.0
KEPT: Final = 500
_READ: Final = 4096
AGENT: Final = "Hearwell-Webhooks/1"


def open_client() -> httpx.Client:
    """Return a client that follows nothing and reaches inside only where the operator says."""
    own = set(own_origins())
    allowed = [one for one in settings.HEARWELL_EGRESS_ALLOW if one not in own]
    return http.client(None, origins=allowed, timeout_s=TIMEOUT_S, lasts_s=LASTS_S)


def post(
    client: httpx.Client,
    url: str,
    keys: Sequence[str],
    message_id: str,
    body: str,
) -> Outcome:
    """Post a body, signed for this moment, and return what came of it. Raises nothing."""
    if wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins()):
        return Outcome(None, "not_allowed")
    data, begin = body.encode(), time.monotonic()
    sent = {
        **headers(keys, message_id, int(time.time()), data),
        "content-type": "application/json",
        "user-agent": AGENT,
        "accept-encoding": "identity",
    }
    try:
        with client.stream("POST", url, content=data, headers=sent) as response:
            return Outcome(
                response.status_code,
                "redirect" if response.is_redirect else "",
                _beginning(response),
                _ms(begin),
                http.retry_after_s(response.headers),
            )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Outcome(None, _why(error), "", _ms(begin))


def _ms(begin: float) -> int:
    return int((time.monotonic() - begin) * 1000)


def _beginning(response: httpx.Response) -> str:
    """Return the first characters of the answer; the rest is not waited for."""
    read = b""
    with suppress(httpx.HTTPError, ValueError):
        for chunk in response.iter_raw(_READ):
            read += chunk
            if len(read) >= _READ:
                break
    return clean(read[:_READ].decode("utf-8", "replace"))[0][:KEPT]


def _why(error: Exception) -> str:
    """Return a short code; the pages put it into words."""
    if isinstance(error, http.EgressDeniedError) or isinstance(error.__cause__, http.InsideError):
        return "inside"
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return "timeout"
    said = str(error)
    if "resolved" in said:
        return "no_such_name"
    if "SSL" in said or "certificate" in said:
        return "tls"
    return (
        "no_connection"
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        else "broken"
    )
