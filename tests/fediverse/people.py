"""People of the server through Mastodon.py: a client that shares no code with ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import mastodon

from hearwell.kit.markup import plain_text
from tests.fediverse.server import Instance

SCOPES, BACK = ["read", "write"], "https://app/"


@contextmanager
def person(instance: Instance, name: str, title: str = "") -> Iterator[mastodon.Mastodon]:
    """Somebody of that name, with an application of their own that they consented to."""
    instance.join(name, title)
    client_id, client_secret = mastodon.Mastodon.create_app(
        "An app of theirs", scopes=SCOPES, api_base_url=instance.url, redirect_uris=BACK
    )
    client = _client(instance, client_id=client_id, client_secret=client_secret)
    code = _code(client, name)
    if instance.kind == "mastodon":
        client.log_in(code=code, redirect_uri=BACK, scopes=SCOPES)
    else:
        # It reads the version when it signs in, and only understands Mastodon's own.
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
            "client_id": client_id, "client_secret": client_secret,
        }  # fmt: skip
        token = httpx.post(f"{instance.url}/oauth/token", data=form).json()["access_token"]
        client.session.close()
        client = _client(instance, access_token=token)
    try:
        yield client
    finally:
        client.session.close()


def _client(instance: Instance, **given: str) -> mastodon.Mastodon:
    return mastodon.Mastodon(
        api_base_url=instance.url, version_check_mode="none", ratelimit_method="throw", **given
    )


def _code(client: mastodon.Mastodon, name: str) -> str:
    """Say yes on the page of consent, as a person does in a browser."""
    page = client.auth_request_url(scopes=SCOPES, redirect_uris=BACK)
    answer = httpx.post(page, data={"acct": name})
    return str(httpx.URL(answer.headers["location"]).params["code"])


def words(statuses: list[Any]) -> list[str]:
    """What statuses say, without markup."""
    return [plain_text(one.content).text for one in statuses]
