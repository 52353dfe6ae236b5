"""People of the server through Mastodon.py: a client that shares no code with ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mastodon

from tests.fediverse.server import Instance

SCOPES = ["read", "write"]


@contextmanager
def person(instance: Instance, name: str, title: str = "") -> Iterator[mastodon.Mastodon]:
    """Somebody of that name, with an application of their own that they consented to."""
    instance.join(name, title)
    client_id, client_secret = mastodon.Mastodon.create_app(
        "An app of theirs", scopes=SCOPES, api_base_url=instance.url, redirect_uris="https://app/"
    )
    client = mastodon.Mastodon(
        client_id=client_id, client_secret=client_secret, api_base_url=instance.url,
        version_check_mode="none", ratelimit_method="throw",
    )  # fmt: skip
    client.log_in(code=_code(instance, client, name), redirect_uri="https://app/", scopes=SCOPES)
    try:
        yield client
    finally:
        client.session.close()


def _code(instance: Instance, client: mastodon.Mastodon, name: str) -> str:
    """Say yes on the page of consent, as a person does in a browser."""
    import httpx

    page = client.auth_request_url(scopes=SCOPES, redirect_uris="https://app/")
    answer = httpx.post(page, data={"acct": name})
    return httpx.URL(answer.headers["location"]).params["code"]


def words(statuses: list[Any]) -> list[str]:
    """What statuses say, without markup."""
    from hearwell.kit.markup import plain_text

    return [plain_text(one.content).text for one in statuses]
