"""Make one call of a tool. No database, and nothing inside is reached unless allowed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from hearwell.commerce.filling import Request
from hearwell.commerce.rules import Answer, Code
from hearwell.kit import http
from hearwell.kit.http import origin_of
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import Wrong, wrong_with

AGENT: Final = "Hearwell-Tools/1"
MOST_ANSWER_BYTES: Final = 256 * 1024
# The shop and the airline of the demo: of all that is ours, only they may be called.
SANDBOX: Final = "/sandbox/trade/"


def wrong_address(url: str) -> Wrong | None:
    """Say what is wrong with the address of a service, None if it may be called."""
    if _is_sandbox(url):
        return None
    return wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins())


def _is_sandbox(url: str) -> bool:
    try:
        parts, own = urlsplit(url), {origin_of(one) for one in own_origins()}
        is_own = origin_of(url) in own
    except ValueError:
        return False
    is_plain = ".." not in parts.path and "%" not in parts.path and not parts.username
    return is_own and parts.path.startswith(SANDBOX) and is_plain


def call(url: str, secrets: Mapping[str, str], request: Request, limit_s: float) -> Answer:
    """Make a call and return what came of it within the limit. Raises nothing.

    `url` is the service's address, `secrets` the headers that only it may see.
    """
    if wrong_address(url):
        return Answer(Code.NOT_ALLOWED, was_sent=False)
    begin = time.monotonic()
    sent = {
        "user-agent": AGENT,
        "accept": "application/json",
        "accept-encoding": "identity",
        **request.headers,
        **secrets,
    }
    if request.body is not None:
        sent["content-type"] = "application/json"
    try:
        with _client(url, limit_s) as client:
            response = client.request(
                request.method, url + request.path, content=request.content, headers=sent
            )
    except http.AnswerTooLargeError:
        return Answer(Code.TOO_LARGE, took_ms=_ms(begin))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return _failed(error, _ms(begin))
    retry_after = http.retry_after_s(response.headers)
    return Answer(Code.NONE, response.status_code, response.content, _ms(begin), retry_after)


def _client(url: str, limit_s: float) -> httpx.Client:
    own = set(own_origins())
    origins = [one for one in settings.HEARWELL_EGRESS_ALLOW if one not in own]
    if _is_sandbox(url):
        origins += own_origins()
    return http.client(
        None,
        origins=origins,
        timeout_s=limit_s,
        max_bytes=MOST_ANSWER_BYTES,
        lasts_s=limit_s,
    )


def _failed(error: Exception, took_ms: int) -> Answer:
    """A call that never connected left nothing behind; of any other one nobody knows."""
    if isinstance(error, http.EgressDeniedError) or isinstance(error.__cause__, http.InsideError):
        return Answer(Code.NOT_ALLOWED, took_ms=took_ms, was_sent=False)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Answer(Code.NO_CONNECTION, took_ms=took_ms, was_sent=False)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Answer(Code.NOT_ALLOWED, took_ms=took_ms, was_sent=False)
    is_late = isinstance(error, httpx.TimeoutException)
    return Answer(Code.TIMEOUT if is_late else Code.BROKEN, took_ms=took_ms)


def _ms(begin: float) -> int:
    return int((time.monotonic() - begin) * 1000)
