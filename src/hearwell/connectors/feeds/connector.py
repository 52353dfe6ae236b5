"""Feeds as a connector: polled politely, read in every dialect, never answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Field, Step
from hearwell.connect.contract import Connector, Connects, Polls
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Draft, Inbound, Problem, Raw, RawPage
from hearwell.connectors.feeds import discovery, parse, polling
from hearwell.connectors.feeds.fetching import DEADLINE_S, Door, fetch
from hearwell.connectors.feeds.manifest import MANIFEST, MOST_BYTES, TIMEOUT_S
from hearwell.connectors.feeds.manners import Manners, Turns
from hearwell.connectors.feeds.reading import read
from hearwell.kit import http as kit_http

OpenClient = Callable[[frozenset[str]], httpx.Client]
_READ_ONLY = "A feed can be read, not answered. Open the post on its own page to answer it there."
_NO_ADDRESS = "This feed has no address. Please connect it again."
_MOVED = "This feed has moved for good; we follow it. Connect its new address when you can: "
_BROKEN = "This feed is broken somewhere: what comes after that cannot be read."
_EMPTY = "This feed has nothing in it just now."


def client_for(origins: Iterable[str]) -> OpenClient:
    """Open clients that reach the hosts named by https, and these origins in any case.

    ``origins`` are exact addresses that may lie inside (``HEARWELL_EGRESS_ALLOW``).
    """
    allowed = tuple(origins)

    def open_client(hosts: frozenset[str]) -> httpx.Client:
        return kit_http.client(
            hosts,
            origins=allowed,
            timeout_s=TIMEOUT_S,
            max_bytes=MOST_BYTES,
            lasts_s=DEADLINE_S,
        )

    return open_client


class FeedsConnector(Connector, Polls, Connects):
    """Settings: ``address`` (also the account's id) and ``site``. There are no secrets."""

    manifest: ClassVar[Manifest] = MANIFEST
    steps: ClassVar[Sequence[Step]] = discovery.STEPS
    fields: ClassVar[Sequence[Field]] = discovery.FIELDS

    def __init__(
        self,
        open_client: OpenClient | None = None,
        origins: Iterable[str] = (),
        turns: Turns | None = None,
    ) -> None:
        self._open_client = open_client or client_for(())
        web = (one for one in origins if one.startswith(("http://", "https://")))
        self._door = Door(self._open, frozenset(map(kit_http.origin_of, web)))
        self._manners = Manners(self._door, turns)

    def _open(self, url: str) -> AbstractContextManager[httpx.Client]:
        """A client for one hop: it reaches the host of that address and no other."""
        return self._open_client(frozenset({urlsplit(url).hostname or ""}))

    def _address(self, account: Account) -> str:
        return self._door.safe(account.settings.get(discovery.ADDRESS, ""))

    def hosts(self, account: Account) -> frozenset[str]:
        """The feed's host; where that one redirects to, is asked with the same guard."""
        address = self._address(account)
        return frozenset({urlsplit(address).netloc}) if address else frozenset()

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``polling``."""
        del stream
        address = self._address(account)
        if not address:
            raise failures.NeedsReauth(_NO_ADDRESS, network_code="settings")
        return polling.page(self._door, self._manners, account, address, cursor)

    # --- out: nothing --------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Always the same problem."""
        del account, draft, now
        return [Problem("read_only", _READ_ONLY)]

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """See ``discovery``."""
        return discovery.joined(self._door, self._manners, given)

    def health(self, account: Account) -> Health:
        """Is there an address, may we read it, does a feed come: the first that fails ends it."""
        address = self._address(account)
        if not address:
            return _verdict(HealthCheck("settings", HealthState.BAD, _NO_ADDRESS))
        passed = HealthCheck("settings")
        try:
            answer = fetch(self._door, address, {}, permits=self._manners.permit)
            feed = read(answer.body, answer.content_type, answer.url)
        except failures.Throttled as failure:
            return _verdict(passed, HealthCheck("quota", HealthState.WARNING, failure.message))
        except failures.NotAllowed as failure:
            return _verdict(passed, HealthCheck("scopes", HealthState.BAD, failure.message))
        except failures.Failure as failure:
            return _verdict(passed, HealthCheck("reach", HealthState.BAD, failure.message))
        moved = f"{_MOVED}{answer.moved_to}" if answer.moved_to else ""
        settings = HealthCheck("settings", HealthState.WARNING if moved else HealthState.OK, moved)
        words = _BROKEN if feed.is_broken else "" if feed.entries else _EMPTY
        reach = HealthCheck(
            "reach", HealthState.WARNING if feed.is_broken else HealthState.OK, words
        )
        return _verdict(settings, reach, HealthCheck("scopes"), HealthCheck("quota"))


def _verdict(*checks: HealthCheck) -> Health:
    return Health(checks)
