"""Any document as a feed, whatever its dialect. Pure; total but for ``ContractChanged``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hearwell.connectors.feeds import json_feeds, xml_feeds
from hearwell.connectors.feeds.charsets import text_of
from hearwell.connectors.feeds.document import Entry, Feed, NotAFeed

_NEVER = datetime.min.replace(tzinfo=UTC)


def read(body: bytes, content_type: str, base: str) -> Feed:
    """Read a document as it came from the address ``base``.

    Raises ``NotAFeed`` for what is none, ``ContractChanged`` for one that cannot be read at all.
    """
    text = text_of(body, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        feed = json_feeds.read(text, base)
    elif text.startswith("<"):
        feed = xml_feeds.read(text, base)
    else:
        raise NotAFeed
    return replace(feed, entries=_each_once(feed.entries))


def _each_once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """One state of each entry: of several with one id the newest, else the first."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        known = kept.get(entry.id)
        if known is None or (entry.updated_at or _NEVER) > (known.updated_at or _NEVER):
            kept[entry.id] = entry
    return tuple(kept.values())
