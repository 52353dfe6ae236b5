"""What anybody says in public: a capability beside those of ``contract``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from hearwell.connect.model import Account, RawPage


class ReadsTimelines(ABC):
    """Can read what any account says in public: competitors, and our own other accounts.

    ``item_charge``, ``page_charge``: what the manifest calls the price or the quota of an item or
    of a page that is read; empty where that costs nothing. ``is_gapless``: between the first and
    the last of a page's messages by ``author`` there is no other of theirs, so what was there and
    is there no more is gone. ``takes_ids``: an author can be asked for by external id, which stays
    when the handle changes; else by handle alone.
    """

    item_charge: ClassVar[str] = ""
    page_charge: ClassVar[str] = ""
    is_gapless: ClassVar[bool] = True
    takes_ids: ClassVar[bool] = True

    @abstractmethod
    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """One page, newest first, of what ``author`` wrote, with replies; see ``takes_ids``.

        Messages of others are in it where those that ``author`` answered come along. ``cursor`` of
        None begins; a page's cursor of None ends. Raises ``TargetGone`` if there is no such author.
        """

    def called(self, handle: str) -> str:
        """How people name this account in what they write. PURE."""
        return f"@{handle.removeprefix('@')}"
