"""Harbour's deliveries, read into the contract's items. Pure and total.

A webhook, a poll's page and a line of the stream carry the same envelope: the page concerned and
a list of entries. An entry of a type we do not know becomes ``Unknown``; one that we know but
cannot read makes the whole delivery ``ContractChanged``, so that nothing of it is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Author,
    Entity,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    Receipt,
    ReceiptState,
    Unknown,
)

Fields = Mapping[str, Any]


def envelope(raw: Raw) -> tuple[str, list[Fields]]:
    """The page's external id and the entries of a delivery. Raises ``ContractChanged``."""
    try:
        body = json.loads(raw.body)
    # RecursionError: a few thousand nested brackets are valid JSON and a cheap attack.
    except (ValueError, RecursionError) as error:
        message = f"Harbour sent something that is not JSON: {type(error).__name__}"
        raise ContractChanged(message) from error
    fields = _fields(body, "the delivery")
    entries = fields.get("entries")
    if not isinstance(entries, list):
        message = "Harbour sent a delivery without a list of entries"
        raise ContractChanged(message)
    return _text(fields, "page"), [_fields(entry, "an entry") for entry in entries]


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    page, entries = envelope(raw)
    return [_item(page, entry) for entry in entries]


def _item(page: str, entry: Fields) -> Inbound:
    kind = _text(entry, "type")
    reader = _READERS.get(kind)
    if reader is None:
        return Unknown(
            external_id=str(entry.get("id", "")),
            dedup_key=str(entry.get("id", "")),
            occurred_at=_time(entry, "at"),
            account=page,
            type_name=kind,
        )
    return reader(page, entry)


# --- readers, one for each family of entries ---------------------------------------------------


def _message(page: str, entry: Fields) -> Inbound:
    item = _fields(entry.get("item"), "an item")
    author = _author(_fields(item.get("author"), "an author"))
    private = item.get("kind") == "message"
    return InboundMessage(
        external_id=_text(item, "id"),
        dedup_key=_text(entry, "id"),
        version=_number(item, "version"),
        occurred_at=_time(item, "created_at"),
        account=page,
        thread_key=_thread_key(item),
        kind=_kind(item),
        audience=Audience.PRIVATE if private else Audience.PUBLIC,
        author=author,
        text=_text(item, "text"),
        parent_id=_optional(item, "parent_id"),
        root_id=_optional(item, "root_id"),
        entities=_entities(item),
        is_echo=author.external_id == page,
        echo_key=_optional(item, "client_ref"),
        language=_optional(item, "language"),
        permalink=_optional(item, "url"),
        addressed_to=tuple(entity.target for entity in _entities(item)),
    )


def _edited(page: str, entry: Fields) -> Inbound:
    item = _fields(entry.get("item"), "an item")
    return MessageEdited(
        external_id=_text(item, "id"),
        dedup_key=_text(entry, "id"),
        version=_number(item, "version"),
        occurred_at=_time(entry, "at"),
        account=page,
        thread_key=_thread_key(item),
        text=_text(item, "text"),
        edited_at=_time(item, "edited_at"),
        entities=_entities(item),
    )


def _deleted(page: str, entry: Fields) -> Inbound:
    item = _fields(entry.get("item"), "an item")
    return MessageDeleted(
        external_id=_text(item, "id"),
        dedup_key=_text(entry, "id"),
        version=_number(item, "version"),
        occurred_at=_time(entry, "at"),
        account=page,
        thread_key=_thread_key(item),
        # As on Instagram: an unsent private message must not be kept.
        must_purge=item.get("kind") == "message",
    )


def _reaction(page: str, entry: Fields) -> Inbound:
    is_follow = _text(entry, "type").startswith("follow.")
    is_on = _text(entry, "type").endswith(".added")
    target = page if is_follow else _text(entry, "target_id")
    return Reacted(
        external_id=target,
        dedup_key=_text(entry, "id"),
        occurred_at=_time(entry, "at"),
        account=page,
        reaction=("follow" if is_follow else "like") if is_on else "",
        actor=_author(_fields(entry.get("actor"), "an actor")),
        target_id=target,
    )


def _read(page: str, entry: Fields) -> Inbound:
    return Receipt(
        external_id=_text(entry, "target_id"),
        dedup_key=_text(entry, "id"),
        occurred_at=_time(entry, "at"),
        account=page,
        state=ReceiptState.READ,
        target_id=_text(entry, "target_id"),
        echo_key=_optional(entry, "client_ref"),
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
        return f"dm:{_text(item, 'customer_id')}"
    return _text(item, "branch_id" if item.get("root_by_page") is True else "root_id")


def _kind(item: Fields) -> MessageKind:
    kind = item.get("kind")
    if kind == "message":
        return MessageKind.DM
    if kind == "comment":
        return MessageKind.COMMENT
    return MessageKind.POST if item.get("on_page") is True else MessageKind.MENTION


def _author(fields: Fields) -> Author:
    return Author(_text(fields, "id"), _text(fields, "handle"), _text(fields, "name"))


def _entities(item: Fields) -> tuple[Entity, ...]:
    mentions = item.get("mentions")
    if not isinstance(mentions, list):
        return ()
    read = (_fields(mention, "a mention") for mention in mentions)
    return tuple(
        Entity(_number(m, "start"), _number(m, "end"), "mention", _text(m, "handle")) for m in read
    )


def _fields(value: object, what: str) -> Fields:
    if isinstance(value, dict):
        return cast("Fields", value)
    message = f"Harbour sent {what} that is not an object"
    raise ContractChanged(message)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if isinstance(value, str):
        return value
    message = f"Harbour sent no {name}"
    raise ContractChanged(message)


def _optional(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def _number(fields: Fields, name: str) -> int:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    message = f"Harbour sent no {name}"
    raise ContractChanged(message)


def _time(fields: Fields, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, name))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    # OverflowError: a time at the very edge of the calendar, moved over it by its own offset.
    except (ValueError, OverflowError):
        pass
    message = f"Harbour sent no readable {name}"
    raise ContractChanged(message)
