"""A delivery is a feed, or a feed cut to those of its entries that are new. Pure and total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Author,
    Entity,
    Inbound,
    InboundMessage,
    MessageEdited,
    MessageKind,
    Raw,
)
from hearwell.connectors.feeds.document import Entry, Feed, Words
from hearwell.connectors.feeds.manifest import TEXT_LIMIT
from hearwell.connectors.feeds.reading import read
from hearwell.connectors.feeds.values import absolute, digest_of, sole_line
from hearwell.kit.markup import Link, plain_text

ACCOUNT, CHANGED = "x-feed-account", "x-feed-changed"
"""Headers of a delivery: whose it is, and that its entries were known with other words."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says to a reader; ``digest`` changes when that does."""

    subject: str
    text: str
    entities: tuple[Entity, ...]
    is_cut: bool
    digest: str


def parse(raw: Raw) -> list[Inbound]:
    """Every entry of a delivery, in its order. Raises ``ContractChanged`` and nothing else."""
    account = raw.headers.get(ACCOUNT, "")
    if not account:
        message = "This delivery was not fetched from a feed."
        raise ContractChanged(message)
    feed = read(raw.body, raw.headers.get("content-type", ""), raw.url)
    is_changed = bool(raw.headers.get(CHANGED))
    return [
        item
        for entry in feed.entries
        for item in _items(account, feed, entry, raw, is_changed=is_changed)
    ]


def _items(
    account: str, feed: Feed, entry: Entry, raw: Raw, *, is_changed: bool
) -> list[InboundMessage | MessageEdited]:
    """An entry as it is now; where it was known with other words, its edit as well."""
    said = said_by(entry, raw.url)
    # What is dated later than it was seen is a wrong clock, or an embargo that was not kept.
    at = min(entry.published_at or raw.received_at, raw.received_at)
    version = _version(entry, raw.received_at, is_changed=is_changed)
    message = InboundMessage(
        external_id=entry.id,
        dedup_key=f"entry:{entry.id}:{said.digest}",
        occurred_at=at,
        account=account,
        version=version,
        thread_key=entry.parent or entry.id,
        kind=_kind(entry),
        audience=Audience.PUBLIC,
        author=_author(account, feed, entry),
        text=said.text,
        parent_id=entry.parent or None,
        root_id=entry.parent or entry.id,
        entities=said.entities,
        media=entry.media,
        language=_language(entry.language or feed.language),
        rating=entry.rating,
        permalink=entry.link or None,
        subject=said.subject,
        is_cut=said.is_cut,
    )
    if not is_changed:
        return [message]
    edit = MessageEdited(
        external_id=entry.id,
        dedup_key=f"edit:{entry.id}:{said.digest}",
        occurred_at=raw.received_at,
        account=account,
        version=version,
        thread_key=message.thread_key,
        text=said.text,
        edited_at=max(at, min(entry.updated_at or raw.received_at, raw.received_at)),
        entities=said.entities,
    )
    return [edit, message]


def _version(entry: Entry, seen_at: datetime, *, is_changed: bool) -> int:
    """Milliseconds since 1970, of the edit; 1 for what was never edited.

    Few feeds tell when an entry was edited, and some change its words without telling. What we
    found changed is as new as the moment in which we found it.
    """
    if is_changed:
        return (seen_at - _EPOCH) // _MILLISECOND
    updated, published = entry.updated_at, entry.published_at
    if updated is None or published is None or updated <= published:
        return 1
    return max(1, (min(updated, seen_at) - _EPOCH) // _MILLISECOND)


def _kind(entry: Entry) -> MessageKind:
    if entry.rating is not None:
        return MessageKind.REVIEW
    return MessageKind.COMMENT if entry.parent else MessageKind.POST


def _author(account: str, feed: Feed, entry: Entry) -> Author:
    """Who wrote it. A bare name means somebody only within its feed."""
    person = entry.author
    name = " ".join(person.name.split())[:200]
    if person.uri.startswith(("http://", "https://")):
        return Author(person.uri[:500], name, name)
    if person.email:
        return Author(f"mailto:{person.email.lower()[:300]}", name or person.email[:200], name)
    if name:
        return Author(f"{account}#{name}", name, name)
    host = urlsplit(account).hostname or account
    return Author(account, host, feed.title or host)


def _language(said: str) -> str | None:
    """A language by its bare code; none where it is not one."""
    code = said.strip().replace("_", "-").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in {2, 3} else None


def said_by(entry: Entry, base: str) -> Said:
    """What an entry says: its text, headed by its title where that says something else.

    Its links are seen from its own page, or from ``base`` where it names none.
    """
    subject = sole_line(entry.title)
    text, links = _plain(entry.body)
    if not text:
        subject, text = "", subject
    elif " ".join(text.split()).startswith(subject.rstrip(".… ")):
        subject = ""
    kept = text[:TEXT_LIMIT].rstrip()
    entities = tuple(
        Entity(link.start, link.end, "link", target)
        for link in links
        if link.end <= len(kept) and (target := absolute(entry.link or base, link.anchor.address))
    )
    is_cut = len(kept) < len(text)
    digest = digest_of(subject, kept, str(entry.rating or ""))
    return Said(subject, kept, entities, is_cut, digest)


def _plain(words: Words) -> tuple[str, tuple[Link, ...]]:
    if not words.is_markup:
        return words.text.strip(), ()
    plain = plain_text(words.text)
    return plain.text, plain.links
