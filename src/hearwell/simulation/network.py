"""An invented network that takes every answer at once and says nothing of its own accord."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from hearwell.connect.contract import Connector, Replies
from hearwell.connect.health import Health, HealthCheck
from hearwell.connect.manifest import Auth, Idempotency, Manifest, ReadBack
from hearwell.connect.model import Account, Audience, Draft, MessageKind, Problem, Sent
from hearwell.connect.textrule import Graphemes
from hearwell.kit import clock

NETWORK = "simulated"


class SimulatedConnector(Connector, Replies):
    """What was posted is kept by its key, so that nothing can stand there twice."""

    manifest: ClassVar[Manifest] = Manifest(
        network=NETWORK,
        title="Simulated",
        auth=Auth.TOKEN,
        public_text=Graphemes(2_000),
        kinds=frozenset(MessageKind),
        reply_audiences=frozenset(Audience),
        idempotency=Idempotency.KEY,
        read_back=ReadBack.AUTHORITATIVE,
    )

    def __init__(self) -> None:
        self._posted: dict[str, Sent] = {}

    def health(self, account: Account) -> Health:
        """Always well."""
        del account
        return Health((HealthCheck("settings"),))

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Nothing speaks against anything."""
        del account, draft, now
        return []

    def identity(self, account: Account) -> str:
        """The account itself."""
        return account.external_id

    def send(self, account: Account, draft: Draft, key: str) -> Sent:
        """Take it."""
        del account, draft
        return self._posted.setdefault(key, Sent(f"r-{key}", "", clock.now()))

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By its key."""
        del account, draft, since
        sent = self._posted.get(key)
        return sent if sent is not None and sent.external_id not in linked else None
