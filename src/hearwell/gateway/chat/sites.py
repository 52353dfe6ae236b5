"""Which sites there are and which pages may show them: looked up once, kept for a moment."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from hearwell.channels.models import Endpoint
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.rooms import ENVELOPE, SESSION, keys_for
from hearwell.webchat.queries import site_at

# A new list of pages is good within this time; a changed secret is told by NOTIFY.
KNOWN_FOR_S, UNKNOWN_FOR_S = 10.0, 3.0
REMEMBERED: Final = 10_000
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Site:
    """One chat: where it belongs, which pages may show it, what proves its visitors."""

    endpoint_id: UUID
    workspace_id: UUID
    channel_id: UUID
    name: str
    title: str
    origins: frozenset[str]
    # What the site's server signs identities with; what we sign sessions and envelopes with.
    secrets: tuple[str, ...] = field(repr=False)
    session_keys: tuple[str, ...] = field(repr=False)
    envelope_keys: tuple[str, ...] = field(repr=False)


class Sites:
    """A bounded memory of keys, also of those that stand for nothing."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Site | None]] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Site | None]] = {}

    async def find(self, key: str) -> Site | None:
        """Return the site of a key, or None. Raises a database error if it cannot be known."""
        known = self._known.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        if not _KEY.fullmatch(key):
            return None
        # Many calls for one key that nobody knows yet ask the database once.
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(load_site, key))
            self._loading[key] = task
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        site = await asyncio.shield(task)
        lifetime = KNOWN_FOR_S if site else UNKNOWN_FOR_S
        self._known[key] = (time.monotonic() + lifetime, site)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return site

    def forget(self) -> None:
        """Forget everything: some secret has changed somewhere."""
        self._known.clear()


def load_site(key: str) -> Site | None:
    """Read a site and open its secrets; None if the key stands for none that is connected."""
    try:
        row = site_at(key)
        endpoint = Endpoint.objects.filter(id=row.endpoint_id).first() if row else None
        if row is None or endpoint is None:
            return None
        known = opened_ingress(endpoint)
        sessions, envelopes = keys_for(SESSION, known), keys_for(ENVELOPE, known)
        if not sessions or not envelopes:
            return None
        return Site(
            endpoint_id=row.endpoint_id,
            workspace_id=row.workspace_id,
            channel_id=row.channel_id,
            name=row.site,
            title=str(row.settings.get("title") or ""),
            origins=frozenset(str(row.settings.get("origins", "")).split()),
            secrets=tuple(secret for secret in known.signing if secret),
            session_keys=sessions,
            envelope_keys=envelopes,
        )
    finally:
        connection.close()
