"""The archive as a connector: it hears, and has nobody to answer to."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from hearwell.connect.contract import Connector, Receives
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Draft, Inbound, Problem, Raw
from hearwell.connectors.archive import parse
from hearwell.connectors.archive.manifest import MANIFEST


class ArchiveConnector(Connector, Receives):
    """Deliveries are cut from files by the importer; there is no account behind them."""

    manifest: ClassVar[Manifest] = MANIFEST

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Always the same problem."""
        del account, draft, now
        return [
            Problem("read_only", "This is an archive: nothing can be answered from here.", True)
        ]

    def health(self, account: Account) -> Health:
        """Nothing can go wrong with what is over."""
        del account
        return Health((HealthCheck("settings", HealthState.OK, ""),))
