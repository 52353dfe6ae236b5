"""The chat's envelopes, read into the contract's items. Pure and total.

An envelope names the site and carries items: what a visitor wrote, or that they have seen an
answer. An item of a type we do not know becomes ``Unknown``; one that we know but cannot read
makes the whole delivery ``ContractChanged``, so that nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import orjson

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Authenticity,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageKind,
    Raw,
    Receipt,
    ReceiptState,
    Unknown,
)
from hearwell.connect.rooms import thread_of

Fields = Mapping[str, Any]
PROVEN_BY = "signed by your site"
_MOST_FILES = 10


def envelope(raw: Raw) -> tuple[str, list[Fields]]:
    """The site's id and the items of a delivery. Raises ``ContractChanged``."""
    try:
        fields = _fields(orjson.loads(raw.body), "a delivery")
    except (ValueError, RecursionError) as error:
        message = f"The chat sent something that is not JSON: {type(error).__name__}"
        raise ContractChanged(message) from error
    items = fields.get("items")
    if not isinstance(items, list):
        message = "The chat sent a delivery without a list of items"
        raise ContractChanged(message)
    return _named(fields, "site"), [_fields(item, "an item") for item in items]


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    site, items = envelope(raw)
    return [_item(site, item) for item in items]


def _item(site: str, item: Fields) -> Inbound:
    kind = _text(item, "type")
    if kind == "message":
        return _message(site, item)
    if kind == "seen":
        return _seen(site, item)
    key = _named(item, "id")
    return Unknown(
        external_id=key,
        dedup_key=f"{kind}:{key}",
        occurred_at=_time(item),
        account=site,
        type_name=kind,
    )


def _message(site: str, item: Fields) -> InboundMessage:
    visitor = _fields(item.get("visitor"), "a visitor")
    who, is_proven = _named(visitor, "id"), visitor.get("proven") is True
    message_id = f"{who}:{_named(item, 'id')}"
    return InboundMessage(
        external_id=message_id,
        dedup_key=f"message:{message_id}",
        occurred_at=_time(item),
        account=site,
        thread_key=thread_of(who),
        kind=MessageKind.CHAT,
        audience=Audience.PRIVATE,
        author=Author(who, _optional(visitor, "email"), _name(visitor, who)),
        text=_text(item, "text"),
        parent_id=_optional(item, "parent") or None,
        media=_files(who, item),
        permalink=_page(item),
        authenticity=Authenticity.PROVEN if is_proven else None,
        authenticity_detail=PROVEN_BY if is_proven else "",
    )


def _seen(site: str, item: Fields) -> Receipt:
    target = _named(item, "target")
    return Receipt(
        external_id=target,
        dedup_key=f"seen:{target}",
        occurred_at=_time(item),
        account=site,
        state=ReceiptState.READ,
        target_id=target,
    )


def _name(visitor: Fields, who: str) -> str:
    """What to call somebody: as the site does, else by the address they left, else by a number."""
    named = _optional(visitor, "name") or _optional(visitor, "email")
    return named or f"Visitor {who[-4:]}"


def _files(who: str, item: Fields) -> tuple[Media, ...]:
    files = item.get("files")
    if not isinstance(files, list):
        return ()
    return tuple(_file(who, _fields(one, "a file")) for one in files[:_MOST_FILES])


def _file(who: str, one: Fields) -> Media:
    size = one.get("size")
    return Media(
        kind="image" if _optional(one, "mime").startswith("image/") else "file",
        url="",
        ref=f"{who}/{_named(one, 'id')}",
        name=_optional(one, "name"),
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
    )


def _page(item: Fields) -> str | None:
    """The page the visitor was on, if it is one that a browser opens without harm."""
    address = _optional(item, "page")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


def _fields(value: object, what: str) -> Fields:
    if isinstance(value, dict):
        return cast("Fields", value)
    message = f"The chat sent {what} that is not an object"
    raise ContractChanged(message)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if isinstance(value, str):
        return value
    message = f"The chat sent no {name}"
    raise ContractChanged(message)


def _named(fields: Fields, name: str) -> str:
    """A text that names something: not empty."""
    value = _text(fields, name)
    if value:
        return value
    message = f"The chat sent an empty {name}"
    raise ContractChanged(message)


def _optional(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _time(fields: Fields) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, "at"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    # OverflowError: a time at the very edge of the calendar, moved over it by its own offset.
    except (ValueError, OverflowError):
        pass
    message = "The chat sent no readable time"
    raise ContractChanged(message)
