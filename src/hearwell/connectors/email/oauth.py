"""Renew an access token (RFC 6749, 6); the consent itself happened at the provider's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx

from hearwell.connect import oauth
from hearwell.connect.failures import ContractChanged, NeedsReauth

OpenClient = Callable[[frozenset[str]], httpx.Client]
# RFC 6749, 5.2: what only a person can mend. Whoever runs the provider, there is no form to say
# it at.
_DEAD = oauth.WRONG_APP | {"invalid_grant", "invalid_scope", "401"}


def host_of(url: str) -> str:
    """The host that tokens are renewed at."""
    return urlsplit(url).netloc.lower()


def renewed(
    open_client: OpenClient, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    """The complete secrets with a new access token. Raises contract failures."""
    url = settings.get("renews_at", "")
    if not url:
        raise NeedsReauth(network_code="no_refresh_token")
    form = {
        oauth.CLIENT_ID: settings.get(oauth.CLIENT_ID, ""),
        oauth.CLIENT_SECRET: secrets.get(oauth.CLIENT_SECRET, ""),
    }
    app = oauth.App({name: value for name, value in form.items() if value})
    door = oauth.Door(url=url, dead=_DEAD, wrong_app=frozenset(), unclear=ContractChanged)
    with open_client(frozenset({host_of(url)})) as client:
        return dict(secrets) | oauth.kept(oauth.renewed(client, door, app, secrets))
