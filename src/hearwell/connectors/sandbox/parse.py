"""Harbour's deliveries, read into the contract's items. Pure and total.

A webhook, a poll's page and a line of the stream carry the same envelope: the page concerned and
a list of entries. An entry of a type we do not know becomes ``Unknown``; one that we know but
cannot read makes the whole delivery ``ContractChanged``, so that nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    json_of,
    moment_in,
    number_in,
    object_in,
    text_in,
    text_or_none,
)
from hearwell.connect.model import (
    Audience,
    Author,
    Entity,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    Receipt,
    ReceiptState,
    Unknown,
)


def envelope(raw: Raw) -> tuple[str, list[Fields]]:
    """The page's external id and the entries of a delivery. Raises ``ContractChanged``."""
    fields = object_in(json_of(raw.body, "Harbour"), "the delivery")
    entries = fields.get("entries")
    if not isinstance(entries, list):
        message = "Harbour sent a delivery without a list of entries"
        raise ContractChanged(message)
    return text_in(fields, "page"), [object_in(entry, "an entry") for entry in entries]


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    page, entries = envelope(raw)
    return [_item(page, entry) for entry in entries]


def _item(page: str, entry: Fields) -> Inbound:
    kind = text_in(entry, "type")
    reader = _READERS.get(kind)
    if reader is None:
        return Unknown(
            external_id=str(entry.get("id", "")),
            dedup_key=str(entry.get("id", "")),
            occurred_at=moment_in(entry, "at"),
            account=page,
            type_name=kind,
        )
    return reader(page, entry)


# --- readers, one for each family of entries ---------------------------------------------------


def _message(page: str, entry: Fields) -> Inbound:
    item = object_in(entry.get("item"), "an item")
    author = _author(object_in(item.get("author"), "an author"))
    private = item.get("kind") == "message"
    return InboundMessage(
        external_id=text_in(item, "id"),
        dedup_key=text_in(entry, "id"),
        version=number_in(item, "version"),
        occurred_at=moment_in(item, "created_at"),
        account=page,
        thread_key=_thread_key(item),
        kind=_kind(item),
        audience=Audience.PRIVATE if private else Audience.PUBLIC,
        author=author,
        text=text_in(item, "text"),
        parent_id=text_or_none(item, "parent_id"),
        root_id=text_or_none(item, "root_id"),
        entities=_entities(item),
        is_echo=author.external_id == page,
        media=_media(item),
        echo_key=text_or_none(item, "client_ref"),
        language=text_or_none(item, "language"),
        permalink=text_or_none(item, "url"),
        addressed_to=tuple(entity.target for entity in _entities(item)),
    )


def _edited(page: str, entry: Fields) -> Inbound:
    item = object_in(entry.get("item"), "an item")
    return MessageEdited(
        external_id=text_in(item, "id"),
        dedup_key=text_in(entry, "id"),
        version=number_in(item, "version"),
        occurred_at=moment_in(entry, "at"),
        account=page,
        thread_key=_thread_key(item),
        text=text_in(item, "text"),
        edited_at=moment_in(item, "edited_at"),
        entities=_entities(item),
    )


def _deleted(page: str, entry: Fields) -> Inbound:
    item = object_in(entry.get("item"), "an item")
    return MessageDeleted(
        external_id=text_in(item, "id"),
        dedup_key=text_in(entry, "id"),
        version=number_in(item, "version"),
        occurred_at=moment_in(entry, "at"),
        account=page,
        thread_key=_thread_key(item),
        # As on Instagram: an unsent private message must not be kept.
        must_purge=item.get("kind") == "message",
    )


def _reaction(page: str, entry: Fields) -> Inbound:
    is_follow = text_in(entry, "type").startswith("follow.")
    is_on = text_in(entry, "type").endswith(".added")
    target = page if is_follow else text_in(entry, "target_id")
    return Reacted(
        external_id=target,
        dedup_key=text_in(entry, "id"),
        occurred_at=moment_in(entry, "at"),
        account=page,
        reaction=("follow" if is_follow else "like") if is_on else "",
        actor=_author(object_in(entry.get("actor"), "an actor")),
        target_id=target,
    )


def _read(page: str, entry: Fields) -> Inbound:
    return Receipt(
        external_id=text_in(entry, "target_id"),
        dedup_key=text_in(entry, "id"),
        occurred_at=moment_in(entry, "at"),
        account=page,
        state=ReceiptState.READ,
        target_id=text_in(entry, "target_id"),
        echo_key=text_or_none(entry, "client_ref"),
    )


_READERS: Mapping[str, Callable[[str, Fields], Inbound]] = {
    "post.created": _message,
    "comment.created": _message,
    "message.created": _message,
    "post.edited": _edited,
    "comment.edited": _edited,
    "message.edited": _edited,
    "post.deleted": _deleted,
    "comment.deleted": _deleted,
    "message.deleted": _deleted,
    "like.added": _reaction,
    "like.removed": _reaction,
    "follow.added": _reaction,
    "follow.removed": _reaction,
    "message.read": _read,
}


# --- values ------------------------------------------------------------------------------------


def _thread_key(item: Fields) -> str:
    """Group what is one customer's matter.

    A private chat; their post with all below it; or, under a post of the page itself, one
    first-level comment with all below it.
    """
    if item.get("kind") == "message":
        return f"dm:{text_in(item, 'customer_id')}"
    return text_in(item, "branch_id" if item.get("root_by_page") is True else "root_id")


def _kind(item: Fields) -> MessageKind:
    kind = item.get("kind")
    if kind == "message":
        return MessageKind.DM
    if kind == "comment":
        return MessageKind.COMMENT
    return MessageKind.POST if item.get("on_page") is True else MessageKind.MENTION


def _author(fields: Fields) -> Author:
    return Author(text_in(fields, "id"), text_in(fields, "handle"), text_in(fields, "name"))


def _media(item: Fields) -> tuple[Media, ...]:
    pictures = item.get("media")
    if not isinstance(pictures, list):
        return ()
    read = (object_in(one, "a picture") for one in pictures)
    return tuple(
        Media("image", text_in(one, "url"), alt=text_or_none(one, "alt") or "") for one in read
    )


def _entities(item: Fields) -> tuple[Entity, ...]:
    mentions = item.get("mentions")
    if not isinstance(mentions, list):
        return ()
    read = (object_in(mention, "a mention") for mention in mentions)
    return tuple(
        Entity(number_in(m, "start"), number_in(m, "end"), "mention", text_in(m, "handle"))
        for m in read
    )
