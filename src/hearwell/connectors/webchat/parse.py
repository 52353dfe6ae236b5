"""The chat's envelopes, read into the contract's items. Pure and total.

An envelope names the site and carries items: what a visitor wrote, or that they have seen an
answer. An item of a type we do not know becomes ``Unknown``; one that we know but cannot read
makes the whole delivery ``ContractChanged``, so that nothing of it is lost.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import orjson

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    few_parts,
    moment_in,
    nonempty_in,
    object_in,
    text_in,
    text_or_none,
)
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

PROVEN_BY = "signed by your site"
_MOST_FILES = 10


def envelope(raw: Raw) -> tuple[str, list[Fields]]:
    """The site's id and the items of a delivery. Raises ``ContractChanged``."""
    few_parts(raw.body, "The chat")
    try:
        fields = object_in(orjson.loads(raw.body), "a delivery")
    except (ValueError, RecursionError) as error:
        message = f"The chat sent something that is not JSON: {type(error).__name__}"
        raise ContractChanged(message) from error
    items = fields.get("items")
    if not isinstance(items, list):
        message = "The chat sent a delivery without a list of items"
        raise ContractChanged(message)
    return nonempty_in(fields, "site"), [object_in(item, "an item") for item in items]


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    site, items = envelope(raw)
    return [_item(site, item) for item in items]


def _item(site: str, item: Fields) -> Inbound:
    kind = text_in(item, "type")
    if kind == "message":
        return _message(site, item)
    if kind == "seen":
        return _seen(site, item)
    key = nonempty_in(item, "id")
    return Unknown(
        external_id=key,
        dedup_key=f"{kind}:{key}",
        occurred_at=moment_in(item, "at"),
        account=site,
        type_name=kind,
    )


def _message(site: str, item: Fields) -> InboundMessage:
    visitor = object_in(item.get("visitor"), "a visitor")
    who, is_proven = nonempty_in(visitor, "id"), visitor.get("proven") is True
    message_id = f"{who}:{nonempty_in(item, 'id')}"
    return InboundMessage(
        external_id=message_id,
        dedup_key=f"message:{message_id}",
        occurred_at=moment_in(item, "at"),
        account=site,
        thread_key=thread_of(who),
        kind=MessageKind.CHAT,
        audience=Audience.PRIVATE,
        author=Author(who, text_or_none(visitor, "email") or "", _name(visitor, who)),
        text=text_in(item, "text"),
        parent_id=text_or_none(item, "parent"),
        media=_files(who, item),
        permalink=_page(item),
        authenticity=Authenticity.PROVEN if is_proven else None,
        authenticity_detail=PROVEN_BY if is_proven else "",
    )


def _seen(site: str, item: Fields) -> Receipt:
    target = nonempty_in(item, "target")
    return Receipt(
        external_id=target,
        dedup_key=f"seen:{target}",
        occurred_at=moment_in(item, "at"),
        account=site,
        state=ReceiptState.READ,
        target_id=target,
    )


def _name(visitor: Fields, who: str) -> str:
    """What to call somebody: as the site does, else by the address they left, else by a number."""
    named = text_or_none(visitor, "name") or text_or_none(visitor, "email")
    return named or f"Visitor {who[-4:]}"


def _files(who: str, item: Fields) -> tuple[Media, ...]:
    files = item.get("files")
    if not isinstance(files, list):
        return ()
    return tuple(_file(who, object_in(one, "a file")) for one in files[:_MOST_FILES])


def _file(who: str, one: Fields) -> Media:
    size = one.get("size")
    return Media(
        kind="image" if (text_or_none(one, "mime") or "").startswith("image/") else "file",
        url="",
        ref=f"{who}/{nonempty_in(one, 'id')}",
        name=text_or_none(one, "name") or "",
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
    )


def _page(item: Fields) -> str | None:
    """The page the visitor was on, if it is one that a browser opens without harm."""
    address = text_or_none(item, "page") or ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None
