"""Instagram's deliveries, read into the contract's items. Pure and total.

``changes`` tell of comments and mentions, ``messaging`` of what is private, ``polled`` holds a list
as the Graph gave it. Below a picture of ours each first-level comment has a thread of its own; a
mention's thread is the picture of theirs that it stands at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hearwell.connect.fields import Fields, moment_in, object_in, text_or_none
from hearwell.connect.model import Audience, Author, Inbound, InboundMessage, MessageKind, Raw
from hearwell.connectors.instagram.manifest import OBJECT
from hearwell.connectors.meta import hook, messaging
from hearwell.connectors.meta.messaging import time_of, unknown

MENTION = "mention:"
_NO_WORDS = "Instagram does not tell the words of a mention. Open it on Instagram to read it."


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    return [item for entry in hook.entries_of(raw, OBJECT) for item in _of_entry(entry)]


def _of_entry(entry: Fields) -> Iterator[Inbound]:
    account = hook.id_in(entry, "id")
    for change in hook.listed(entry, "changes"):
        field, value = str(change.get("field")), object_in(change.get("value"), "a change")
        at = time_of(entry.get("time"))
        if field in {"comments", "live_comments"}:
            yield _comment(account, value, at)
        elif field == "mentions":
            yield _mention(account, value, at)
        elif "sender" in value:  # the app's dashboard sends its samples of messages so
            yield from messaging.read(account, value)
        else:
            yield unknown(account, field, value, at)
    for event in (*hook.listed(entry, "messaging"), *hook.listed(entry, "standby")):
        yield from messaging.read(account, event)
    if "polled" in entry:
        yield from _polled(account, entry)


def _polled(account: str, entry: Fields) -> Iterator[Inbound]:
    stream, own = str(entry["polled"]), text_or_none(entry, "own") or ""
    for one in hook.listed(entry, "data"):
        if stream == "conversations":
            for message in hook.listed(_held(one, "messages"), "data"):
                event = messaging.event_of(account, message, own)
                yield from messaging.read(account, event)
        elif stream == "media":
            for value in _below(one):
                at = moment_in(value, "timestamp")
                yield _comment(account, value, at, own)
        elif stream == "tags":
            yield _tagged(account, one)


def _below(media: Fields) -> Iterator[dict[str, Any]]:
    """The comments of a picture and their replies, the oldest first, as webhooks tell of them."""
    about = {"media": {"id": hook.id_in(media, "id")}}
    for comment in reversed(list(hook.listed(_held(media, "comments"), "data"))):
        yield {**comment, **about}
        for reply in hook.listed(_held(comment, "replies"), "data"):
            yield {"parent_id": hook.id_in(comment, "id"), **reply, **about}


def _held(one: Fields, name: str) -> Fields:
    return object_in(one.get(name, {}), name)


# --- readers -------------------------------------------------------------------------------------


def _comment(account: str, value: Fields, at: datetime, own_name: str = "") -> Inbound:
    own = hook.id_in(value, "id")
    media = hook.id_in(object_in(value.get("media"), "a medium"), "id")
    parent = hook.id_in(value, "parent_id") if value.get("parent_id") else None
    author = _author(value, own)
    told = value.get("from")
    scoped = str(told.get("self_ig_scoped_id", "")) if isinstance(told, dict) else ""
    is_ours = account in {author.external_id, scoped} or (
        bool(own_name) and author.handle == own_name
    )
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:1",
        occurred_at=at,
        account=account,
        thread_key=parent or own,
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=author,
        text=text_or_none(value, "text") or "",
        parent_id=parent or media,
        root_id=media,
        is_echo=is_ours,
    )


def _mention(account: str, value: Fields, at: datetime) -> Inbound:
    """Somebody named us at a picture of theirs: who, and in which words, is not told."""
    media = hook.id_in(value, "media_id")
    own = hook.id_in(value, "comment_id") if value.get("comment_id") else media
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:1",
        occurred_at=at,
        account=account,
        thread_key=f"{MENTION}{media}",
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=Author(f"unknown:{own}"),
        text=text_or_none(value, "text") or "",
        subject="" if value.get("text") else _NO_WORDS,
        root_id=media,
        addressed_to=(account,),
    )


def _tagged(account: str, media: Fields) -> Inbound:
    """A picture on which we are tagged, with its caption; it wins over the bare mention."""
    own = hook.id_in(media, "id")
    name = text_or_none(media, "username") or ""
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:2",
        version=2,
        occurred_at=moment_in(media, "timestamp"),
        account=account,
        thread_key=f"{MENTION}{own}",
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=Author(f"name:{name}", name) if name else Author(f"unknown:{own}"),
        text=text_or_none(media, "caption") or "",
        root_id=own,
        permalink=text_or_none(media, "permalink"),
        addressed_to=(account,),
    )


def _author(value: Fields, own: str) -> Author:
    told = value.get("from")
    if isinstance(told, dict) and told.get("id"):
        return Author(hook.id_in(told, "id"), text_or_none(told, "username") or "")
    name = text_or_none(value, "username") or ""
    return Author(f"name:{name}", name) if name else Author(f"unknown:{own}")
