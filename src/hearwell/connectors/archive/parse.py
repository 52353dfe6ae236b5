"""JSON lines, one message each, read into the contract's items. Pure and total.

The fields are those of docs/how-to/import-an-archive.md. A line that the importer let pass but
that does not hold them is a bug or a forgery: the whole delivery is then `ContractChanged`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hearwell.connect.attachments import FILED
from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageEdited,
    MessageKind,
    Raw,
)

Fields = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REQUIRED = ("id", "brand", "author", "at")
_PRIVATE = {MessageKind.DM, MessageKind.MAIL, MessageKind.CALL, MessageKind.CHAT}


def parse(raw: Raw) -> list[Inbound]:
    """Every line of a delivery, in its order. Raises `ContractChanged` and nothing else."""
    try:
        lines = (json.loads(line) for line in raw.body.splitlines() if line.strip())
        return [item for line in lines for item in _items(line)]
    # RecursionError: a few thousand nested brackets are valid JSON. OverflowError: the year 1 in
    # a zone east of Greenwich begins before time does.
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = f"The archive holds something unreadable: {type(error).__name__}"
        raise ContractChanged(message) from error


def _items(line: object) -> list[Inbound]:
    """A message as it was last; where it was changed, that it was, for whoever knows it of old."""
    if not isinstance(line, dict):
        raise TypeError(line)
    message = _message(line)
    changed = _text(line, "edited_at")
    if not changed:
        return [message]
    at = _moment(changed)
    version = max(1, (at - _EPOCH) // timedelta(milliseconds=1))
    edit = MessageEdited(
        external_id=message.external_id,
        dedup_key=f"archive:{message.external_id}:{version}",
        occurred_at=at,
        account=message.account,
        version=version,
        thread_key=message.thread_key,
        text=message.text,
        edited_at=at,
        rating=message.rating,
    )
    return [replace(message, version=version), edit]


def _message(fields: Fields) -> InboundMessage:
    message, brand, author, at = (_required(fields, name) for name in _REQUIRED)
    parent, kind = _text(fields, "in_reply_to"), _kind(fields)
    root = _text(fields, "thread") or parent or message
    return InboundMessage(
        external_id=message,
        dedup_key=f"archive:{message}",
        occurred_at=_moment(at),
        account=brand.lower(),
        thread_key=root,
        kind=kind,
        audience=_audience(fields, kind),
        author=Author(
            _text(fields, "author_id") or author, author, _text(fields, "author_name") or author
        ),
        text=_text(fields, "text"),
        parent_id=parent or None,
        root_id=root,
        is_echo=fields.get("inbound") is False,
        language=_text(fields, "language") or None,
        rating=_rating(fields),
        permalink=_text(fields, "permalink") or None,
        needs_reply=_flag(fields, "needs_reply"),
        subject=_text(fields, "subject"),
        full_text=_text(fields, "full_text"),
        media=tuple(_media(fields)),
    )


def _media(fields: Fields) -> Iterator[Media]:
    """What a letter enclosed: it lies here, and has no address."""
    found = fields.get("media") or []
    if not isinstance(found, list):
        raise TypeError(found)
    for one in found:
        ref, size = _text(one, "ref"), one.get("size")
        if not ref.startswith(FILED):
            raise ValueError(ref)
        name, kind = _text(one, "name"), _text(one, "kind") or "file"
        is_number = isinstance(size, int) and not isinstance(size, bool)
        yield Media(kind, "", ref=ref, alt=name, name=name, size=size if is_number else None)


def _required(fields: Fields, name: str) -> str:
    text = _text(fields, name)
    if not text:
        raise ValueError(name)
    return text


def _text(fields: Fields, name: str) -> str:
    """A field as text: numbers are taken for the ids they are, nothing for nothing."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(name)


def _moment(text: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _kind(fields: Fields) -> MessageKind:
    if name := _text(fields, "kind"):
        return MessageKind(name)
    return MessageKind.DM if fields.get("private") is True else MessageKind.MENTION


def _audience(fields: Fields, kind: MessageKind) -> Audience:
    is_private = fields.get("private", kind in _PRIVATE)
    return Audience.PRIVATE if is_private is True else Audience.PUBLIC


def _flag(fields: Fields, name: str) -> bool | None:
    value = fields.get(name)
    return value if isinstance(value, bool) else None


def _rating(fields: Fields) -> int | None:
    rating = fields.get("rating")
    return rating if isinstance(rating, int) and not isinstance(rating, bool) else None
