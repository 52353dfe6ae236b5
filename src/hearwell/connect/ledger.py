"""The smallest thing that behaves as a conversation store must: for examinations only.

It keeps what the contract says survives any order and any number of deliveries: one entry a
message, the highest version's text, deletions for ever. If the same deliveries in another order
leave another ledger, the connector has not given enough to tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearwell.connect.model import InboundMessage, MessageDeleted, MessageEdited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hearwell.connect.model import Inbound


@dataclass(slots=True)
class Entry:
    """What is known of one message."""

    thread_key: str = ""
    parent_id: str | None = None
    version: int = 0
    text: str = ""
    is_deleted: bool = False


def ledger_of(items: Iterable[Inbound]) -> dict[str, Entry]:
    """Fold items, in the order they came, into what is known of each message."""
    entries: dict[str, Entry] = {}
    for item in items:
        if isinstance(item, InboundMessage | MessageEdited | MessageDeleted):
            _note(entries.setdefault(item.external_id, Entry()), item)
    return entries


def _note(entry: Entry, item: InboundMessage | MessageEdited | MessageDeleted) -> None:
    entry.thread_key = item.thread_key or entry.thread_key
    if isinstance(item, MessageDeleted):
        entry.is_deleted = True
        return
    if isinstance(item, InboundMessage):
        entry.parent_id = item.parent_id
    if item.version > entry.version:
        entry.version, entry.text = item.version, item.text
