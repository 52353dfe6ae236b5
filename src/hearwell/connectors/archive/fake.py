"""What the examination needs of an archive: any bytes as a delivery."""

from __future__ import annotations

from datetime import UTC, datetime

from hearwell.connect.model import Account, Raw, Source
from hearwell.connect.subject import Subject
from hearwell.connectors.archive.connector import ArchiveConnector


class Fake(Subject):
    """An archive of one brand."""

    def __init__(self) -> None:
        self.connector = ArchiveConnector()
        self.account = Account(external_id="northwindair", handle="NorthwindAir")

    def raw(self, body: bytes) -> Raw:
        """Some lines as the importer delivers them."""
        at = datetime(2026, 3, 2, tzinfo=UTC)
        return Raw("IMPORT", "archive:lines", {}, body, at, Source.IMPORT)
