"""Reddit's things, read into the contract's items. Pure and total.

Deliveries come in an envelope of ours: ``{"account": …, "name": …}`` with ``things`` (as listings
have them, ``kind`` and ``data``), ``changed`` (the same, told before and now different) or ``gone``
(fullnames). ``parents`` says who wrote what our own comments answer.

A thread is one person below one post, so that it can be told from any comment by itself; a private
talk is its first message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, nonempty_in, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Unknown,
)
from hearwell.connectors.reddit import markdown

COMMENT, POST, MESSAGE = "t1", "t3", "t4"
DELETED, REMOVED = "[deleted]", "[removed]"
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_SITE = "https://www.reddit.com"


def body_of(raw: Raw) -> Fields:
    """The JSON of a delivery. Raises ``ContractChanged``."""
    return object_in(json_of(raw.body, "Reddit"), "the delivery")


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    body = body_of(raw)
    account, name = nonempty_in(body, "account"), nonempty_in(body, "name")
    known = body.get("parents")
    parents: Mapping[str, Any] = known if isinstance(known, dict) else {}
    teller = _Teller(raw, account, name, parents)
    return [
        *(teller.item(one) for one in _things_in(body, "things")),
        *(teller.change(one) for one in _things_in(body, "changed")),
        *(teller.deleted(name) for name in _names_in(body)),
    ]


def _things_in(body: Fields, name: str) -> list[Fields]:
    found = body.get(name, [])
    if not isinstance(found, list):
        message = f"Reddit sent {name} that are no list"
        raise ContractChanged(message)
    return [object_in(one, "a thing") for one in found]


def _names_in(body: Fields) -> list[str]:
    found = body.get("gone", [])
    if isinstance(found, list) and all(isinstance(one, str) and one for one in found):
        return found
    message = "Reddit sent names that are no list"
    raise ContractChanged(message)


# --- what every thing has ------------------------------------------------------------------------


def data_of(thing: Fields) -> Fields:
    """What a thing holds."""
    return object_in(thing.get("data"), "a thing")


def name_of(thing: Fields) -> str:
    """A thing's fullname, such as ``t1_abc``."""
    return nonempty_in(data_of(thing), "name")


def version_of(thing: Fields) -> int:
    """1, or when it was edited, in seconds. Reddit says False, None or a time."""
    edited = data_of(thing).get("edited")
    if isinstance(edited, bool) or not isinstance(edited, int | float):
        return 1
    return max(2, int(edited)) if 0 < edited < _LATEST else 1


def is_gone(thing: Fields) -> bool:
    """Deleted by its author, or removed by a moderator; private messages never are."""
    data = data_of(thing)
    words = data.get("body", data.get("selftext"))
    if thing.get("kind") == POST and data.get("removed_by_category"):
        return True
    has_no_author = data.get("author") in (None, DELETED) and thing.get("kind") != MESSAGE
    return words in (DELETED, REMOVED) or has_no_author


def author_key(data: Fields) -> str:
    """Who wrote it: the account's fullname, or its name where Reddit leaves that out."""
    return text_or_none(data, "author_fullname") or text_or_none(data, "author") or ""


class _Teller:
    """Reads the things of one delivery."""

    def __init__(self, raw: Raw, account: str, name: str, parents: Mapping[str, Any]) -> None:
        self._raw, self._account, self._name, self._parents = raw, account, name, parents

    def item(self, thing: Fields) -> Inbound:
        kind = thing.get("kind")
        if kind not in (COMMENT, POST, MESSAGE):
            return self._unknown(thing)
        if is_gone(thing):
            return self.deleted(name_of(thing))
        return self._private(thing) if kind == MESSAGE else self._public(thing)

    def change(self, thing: Fields) -> Inbound:
        if is_gone(thing):
            return self.deleted(name_of(thing))
        data, version = data_of(thing), version_of(thing)
        text = _text_of(data)
        at = _moment(data, "edited") if version > 1 else _moment(data, "created_utc")
        return MessageEdited(
            external_id=name_of(thing),
            dedup_key=f"edit:{name_of(thing)}:{version}",
            occurred_at=at,
            account=self._account,
            version=version,
            text=text,
            edited_at=at,
            entities=markdown.names_in(text),
        )

    def deleted(self, name: str) -> Inbound:
        return MessageDeleted(
            external_id=name,
            dedup_key=f"gone:{name}",
            occurred_at=self._raw.received_at,
            account=self._account,
            must_purge=True,
        )

    def _unknown(self, thing: Fields) -> Inbound:
        key = text_or_none(data_of(thing), "name") or f"{thing.get('kind')}"
        return Unknown(
            external_id=key,
            dedup_key=f"thing:{key}",
            occurred_at=self._raw.received_at,
            account=self._account,
            type_name=str(thing.get("kind")),
        )

    def _is_ours(self, data: Fields) -> bool:
        name = str(data.get("author")).casefold()
        return data.get("author_fullname") == self._account or name == self._name.casefold()

    def _public(self, thing: Fields) -> Inbound:
        data, name, version = data_of(thing), name_of(thing), version_of(thing)
        is_post = thing.get("kind") == POST
        link = name if is_post else _link_of(data)
        is_ours, text = self._is_ours(data), _text_of(data)
        parent = None if is_post else nonempty_in(data, "parent_id")
        customer = self._parents.get(parent or "") if is_ours else None
        with_whom = customer if isinstance(customer, str) and customer else author_key(data)
        return InboundMessage(
            external_id=name,
            dedup_key=f"thing:{name}:{version}",
            occurred_at=_moment(data, "created_utc"),
            account=self._account,
            version=version,
            thread_key=f"{link}:{with_whom}",
            kind=_kind_of(data, is_post=is_post),
            audience=Audience.PUBLIC,
            author=_author(data),
            text=text,
            parent_id=parent,
            root_id=link,
            entities=markdown.names_in(text),
            is_echo=is_ours,
            permalink=_permalink(data),
            subject=(text_or_none(data, "title") or "") if is_post else "",
        )

    def _private(self, thing: Fields) -> Inbound:
        data, name = data_of(thing), name_of(thing)
        text = _text_of(data)
        return InboundMessage(
            external_id=name,
            dedup_key=f"thing:{name}:1",
            occurred_at=_moment(data, "created_utc"),
            account=self._account,
            thread_key=text_or_none(data, "first_message_name") or name,
            kind=MessageKind.DM,
            audience=Audience.PRIVATE,
            author=_author(data) if author_key(data) else Author("reddit", "reddit", "Reddit"),
            text=text,
            parent_id=text_or_none(data, "parent_id"),
            entities=markdown.names_in(text),
            is_echo=self._is_ours(data),
            subject=text_or_none(data, "subject") or "",
        )


# --- values ------------------------------------------------------------------------------------


def _link_of(data: Fields) -> str:
    """The post that a comment stands below. The inbox tells it within an address only."""
    link = text_or_none(data, "link_id")
    if link:
        return link
    parts = (text_or_none(data, "context") or "").split("/")
    if "comments" in parts[:-1]:
        found = parts[parts.index("comments") + 1]
        if found.isalnum():
            return f"{POST}_{found}"
    message = "Reddit sent a comment that stands below nothing"
    raise ContractChanged(message)


def _kind_of(data: Fields, *, is_post: bool) -> MessageKind:
    if text_or_none(data, "type") == "username_mention":
        return MessageKind.MENTION
    return MessageKind.POST if is_post else MessageKind.COMMENT


def _text_of(data: Fields) -> str:
    """The words of a comment or message; of a post its title and what stands below it."""
    body = data.get("body")
    if isinstance(body, str):
        return markdown.read(body)
    parts = (text_or_none(data, "title"), text_or_none(data, "selftext"))
    return markdown.read("\n\n".join(part for part in parts if part))


def _permalink(data: Fields) -> str | None:
    path = text_or_none(data, "permalink") or text_or_none(data, "context")
    return f"{_SITE}{path}" if path and path.startswith("/") else None


def _author(data: Fields) -> Author:
    name = text_or_none(data, "author") or ""
    return Author(author_key(data), f"u/{name}" if name else "")


def _moment(data: Fields, name: str) -> datetime:
    """A time in seconds since 1970, as Reddit tells it: with a fraction."""
    found = data.get(name)
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < _LATEST:
        return datetime.fromtimestamp(found, UTC)
    message = f"Reddit sent no readable {name}"
    raise ContractChanged(message)
