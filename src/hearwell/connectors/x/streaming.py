"""The stream of the X Activity API: a line of JSON for each event, for all accounts of the app."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, Source
from hearwell.connectors.x.listing import WAYS
from hearwell.connectors.x.manifest import MANIFEST
from hearwell.connectors.x.signin import IN_BEARER, STREAMED
from hearwell.connectors.x.wire import reset_at
from hearwell.kit import clock
from hearwell.kit.http_async import async_client, lines

PATH = "/2/activity/stream"
# X sends an empty line every twenty seconds.
_SILENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Doors:
    """How the stream is opened: it reaches X, and these exact origins."""

    origins: Collection[str] = ()
    transport: httpx.AsyncBaseTransport | None = None

    def client(self) -> httpx.AsyncClient:
        """A client that may be held open."""
        if self.transport is not None:
            return httpx.AsyncClient(transport=self.transport)
        return async_client(MANIFEST.hosts, origins=self.origins, timeout_s=_SILENCE_S)


async def listen(doors: Doors, at: str, account: Account) -> AsyncIterator[Raw]:
    """Deliveries as they come, until the line ends; none where another way was chosen.

    The stream tells of every account of the app: what is for another one is left to its own line.
    Raises ``NeedsReauth``, ``Throttled``, ``Unavailable``.
    """
    if account.settings.get(WAYS) != STREAMED:
        return
    headers = {"authorization": f"Bearer {account.secrets.get(IN_BEARER, '')}"}
    try:
        async with (
            doors.client() as client,
            client.stream("GET", at + PATH, headers=headers) as answer,
        ):
            _check(answer)
            async for line in lines(answer):
                if _is_for(account, line):
                    url = f"{at}{PATH}"
                    yield Raw("GET", url, {}, line.encode(), clock.now(), Source.STREAM)
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error


def _check(answer: httpx.Response) -> None:
    status, code = answer.status_code, str(answer.status_code)
    if answer.is_success:
        return
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise failures.Throttled(reset_at(answer.headers), "app", network_code=code)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        words = (
            "X does not take the app's bearer token. Please reconnect the account with a new one."
        )
        raise failures.ScopeMissing(words, network_code=code)
    raise failures.Unavailable(network_code=code)


def _is_for(account: Account, line: str) -> bool:
    """Empty lines only say that the line is open; what cannot be read is kept and told."""
    if not line.strip() or account.external_id not in line:
        return False
    try:
        about = json.loads(line)["data"]["filter"]["user_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True
    return bool(about == account.external_id)
