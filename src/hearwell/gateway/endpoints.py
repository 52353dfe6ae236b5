"""Which endpoints there are, and what verifies their deliveries: looked up once, kept in memory."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from hearwell.channels.models import Endpoint
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.contract import ReceivesWebhooks
from hearwell.connect.model import IngressSecrets
from hearwell.connect.registry import UnknownNetworkError, connector_for

# A change is told by NOTIFY; these bounds only matter if that was missed.
KNOWN_FOR_S, UNKNOWN_FOR_S = 60.0, 5.0
REMEMBERED = 10_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Door:
    """One endpoint with its connector and its opened ingress secrets."""

    endpoint_id: UUID
    connector: ReceivesWebhooks
    secrets: IngressSecrets


class Endpoints:
    """A bounded memory of tokens, also of those that do not exist."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Door | None]] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Door | None]] = {}

    async def find(self, token: str) -> Door | None:
        """Return the door of a token, or None. Raises a database error if it cannot be known."""
        known = self._known.get(token)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        if not _TOKEN.fullmatch(token):
            return None
        # Many calls for one token that nobody knows yet ask the database once.
        task = self._loading.get(token)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(load_door, token))
            self._loading[token] = task
            task.add_done_callback(lambda _: self._loading.pop(token, None))
        door = await asyncio.shield(task)
        self._remember(token, door)
        return door

    def forget(self) -> None:
        """Forget everything: some secret has changed somewhere."""
        self._known.clear()

    def _remember(self, token: str, door: Door | None) -> None:
        lifetime = KNOWN_FOR_S if door else UNKNOWN_FOR_S
        self._known[token] = (time.monotonic() + lifetime, door)
        self._known.move_to_end(token)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def load_door(token: str) -> Door | None:
    """Read an endpoint and open its secrets; None if there is none that takes webhooks."""
    try:
        endpoint = Endpoint.objects.filter(token=token).first()
        if endpoint is None:
            return None
        connector = connector_for(endpoint.network)
        if not isinstance(connector, ReceivesWebhooks):
            return None
        return Door(endpoint.id, connector, opened_ingress(endpoint))
    except UnknownNetworkError:
        return None
    finally:
        connection.close()
