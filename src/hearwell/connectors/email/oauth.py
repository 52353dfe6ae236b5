"""Renew an access token (RFC 6749, 6); the consent itself happened at the provider's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.kit import clock

OpenClient = Callable[[frozenset[str]], httpx.Client]
_SERVER_ERROR = 500
# RFC 6749, 5.2: what only a person can mend.
_DEAD = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope"})


def host_of(url: str) -> str:
    """The host that tokens are renewed at."""
    return urlsplit(url).netloc.lower()


def renewed(
    open_client: OpenClient, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    """The complete secrets with a new access token. Raises contract failures."""
    url = settings.get("renews_at", "")
    if not url or not secrets.get("refresh"):
        raise failures.NeedsReauth(network_code="no_refresh_token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secrets.get("refresh", ""),
        "client_id": settings.get("client_id", ""),
        "client_secret": secrets.get("client_secret", ""),
    }
    answer = _posted(open_client, url, {name: value for name, value in form.items() if value})
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise failures.ContractChanged(network_code="access_token")
    fresh = answer.get("refresh_token")
    return dict(secrets) | {
        "access": access,
        "refresh": fresh if isinstance(fresh, str) and fresh else secrets["refresh"],
    }


def _posted(open_client: OpenClient, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        with open_client(frozenset({host_of(url)})) as client:
            response = client.post(url, data=dict(form))
    except httpx.TransportError as error:
        # Not "from": the request in it holds the refresh token.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code >= _SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        seconds = response.headers.get("retry-after", "")
        wait = timedelta(seconds=int(seconds)) if seconds.isdigit() else None
        raise failures.Throttled(clock.now() + wait if wait else None, network_code="429")
    try:
        body = response.json()
    except ValueError:
        body = None
    given = body if isinstance(body, dict) else {}
    if response.is_success:
        return given
    code = given.get("error")
    if code in _DEAD or response.status_code == httpx.codes.UNAUTHORIZED:
        raise failures.NeedsReauth(network_code=str(code or response.status_code))
    raise failures.ContractChanged(network_code=f"{response.status_code} {code or ''}".strip())
