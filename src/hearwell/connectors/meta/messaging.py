"""Private messages of Messenger and Instagram, read into the contract's items. Pure and total.

An entry's ``messaging`` (and ``standby``, while another app leads the talk) tells of messages,
echoes of our own, edits, deletions, reactions and receipts. What a poll lists (``/conversations``)
is put into the same form first, so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, moment_in, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Reacted,
    Receipt,
    ReceiptState,
    Unknown,
)
from hearwell.connectors.meta.hook import id_in

THREAD = "dm:"
_KINDS = {"image": "image", "video": "video", "audio": "audio", "file": "file", "sticker": "image"}
_STORY_ANSWER, _STORY_MENTION = "Answer to your story", "Mentioned you in a story"
# Seconds since 1970 are below this until the year 5138; what is above is milliseconds.
_MILLISECONDS_FROM = 10**11


def read(account: str, event: Fields) -> Iterator[Inbound]:
    """The items of one messaging event."""
    for name, reader in _READERS.items():
        if name in event:
            yield from reader(account, event, object_in(event[name], name))
            return
    names = set(event) - {"sender", "recipient", "timestamp"}
    yield unknown(account, min(names, default="message"), event, time_of(event.get("timestamp")))


def unknown(account: str, kind: str, about: Fields, at: datetime) -> Unknown:
    """Something of a type that we do not know."""
    found = next((str(about[key]) for key in ("mid", "id", "post_id") if about.get(key)), "")
    return Unknown(
        external_id=found,
        dedup_key=f"{kind}:{found}:{at.timestamp():.3f}",
        occurred_at=at,
        account=account,
        type_name=kind[:80],
    )


def thread_of(person: str) -> str:
    """The thread of all that is said in private with somebody."""
    return f"{THREAD}{person}"


def time_of(value: object) -> datetime:
    """A time in seconds or milliseconds since 1970. Raises ``ContractChanged``."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ContractChanged from error
    message = "Meta sent something without its time"
    raise ContractChanged(message)


# --- readers -------------------------------------------------------------------------------------


def _message(account: str, event: Fields, message: Fields) -> Iterator[Inbound]:
    mid, at = id_in(message, "mid"), time_of(event.get("timestamp"))
    is_echo = message.get("is_echo") is True
    sender, other = _who(event, "sender"), _who(event, "recipient")
    thread = thread_of((other if is_echo else sender).external_id)
    if message.get("is_deleted") is True:
        # Unsent: Meta demands that text and files go here too, and looks whether they do.
        yield MessageDeleted(
            external_id=mid,
            dedup_key=f"dm:{mid}:gone",
            occurred_at=at,
            account=account,
            thread_key=thread,
            must_purge=True,
        )
        return
    story = _story_of(message)
    yield InboundMessage(
        external_id=mid,
        dedup_key=f"dm:{mid}:1",
        occurred_at=at,
        account=account,
        thread_key=thread,
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=sender,
        text=text_or_none(message, "text") or "",
        parent_id=_parent_of(message),
        media=(*_media(message), *story),
        is_echo=is_echo,
        echo_key=text_or_none(message, "metadata") if is_echo else None,
        subject=_heading(message, is_answer=bool(story)),
    )


def _edit(account: str, event: Fields, edit: Fields) -> Iterator[Inbound]:
    mid, at = id_in(edit, "mid"), time_of(event.get("timestamp"))
    times = edit.get("num_edit")
    version = 1 + times if isinstance(times, int) and 0 < times < 10**6 else 2
    yield MessageEdited(
        external_id=mid,
        dedup_key=f"dm:{mid}:{version}",
        version=version,
        occurred_at=at,
        account=account,
        thread_key=thread_of(_who(event, "sender").external_id),
        text=text_or_none(edit, "text") or "",
        edited_at=at,
    )


def _reaction(account: str, event: Fields, reaction: Fields) -> Iterator[Inbound]:
    mid, at = id_in(reaction, "mid"), time_of(event.get("timestamp"))
    actor = _who(event, "sender")
    is_on = reaction.get("action") != "unreact"
    name = text_or_none(reaction, "emoji") or text_or_none(reaction, "reaction") or "like"
    yield Reacted(
        external_id=mid,
        dedup_key=f"reaction:{mid}:{actor.external_id}:{at.timestamp():.3f}",
        occurred_at=at,
        account=account,
        reaction=name if is_on else "",
        actor=actor,
        target_id=mid,
    )


def _delivery(account: str, event: Fields, delivery: Fields) -> Iterator[Inbound]:
    at = time_of(event.get("timestamp"))
    mids = delivery.get("mids")
    named = [one for one in mids if isinstance(one, str)] if isinstance(mids, list) else []
    for mid in named:
        yield _receipt(account, mid, ReceiptState.DELIVERED, at)
    if not named:
        yield unknown(account, "delivery", delivery, at)


def _seen(account: str, event: Fields, read: Fields) -> Iterator[Inbound]:
    at = time_of(event.get("timestamp"))
    mid = text_or_none(read, "mid")
    if mid:
        yield _receipt(account, mid, ReceiptState.READ, at)
    else:  # Messenger tells a time up to which all is read, and no message
        yield unknown(account, "read", {"id": _who(event, "sender").external_id}, at)


def _receipt(account: str, mid: str, state: ReceiptState, at: datetime) -> Receipt:
    return Receipt(
        external_id=mid,
        dedup_key=f"{state.value}:{mid}",
        occurred_at=at,
        account=account,
        state=state,
        target_id=mid,
    )


def _postback(account: str, event: Fields, postback: Fields) -> Iterator[Inbound]:
    """A button that they pressed, as if its words had been typed."""
    mid = text_or_none(postback, "mid")
    if mid is None:
        yield unknown(account, "postback", postback, time_of(event.get("timestamp")))
        return
    pressed = {"mid": mid, "text": text_or_none(postback, "title") or ""}
    yield from _message(account, event, pressed)


_READERS: Mapping[str, Callable[[str, Fields, Fields], Iterator[Inbound]]] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _seen,
    "postback": _postback,
}


# --- values --------------------------------------------------------------------------------------


def _who(event: Fields, side: str) -> Author:
    person = object_in(event.get(side), f"a {side}")
    return Author(
        id_in(person, "id"),
        text_or_none(person, "username") or "",
        text_or_none(person, "name") or "",
    )


def _parent_of(message: Fields) -> str | None:
    answered = message.get("reply_to")
    return text_or_none(answered, "mid") if isinstance(answered, dict) else None


def _story_of(message: Fields) -> tuple[Media, ...]:
    answered = message.get("reply_to")
    story = answered.get("story") if isinstance(answered, dict) else None
    url = text_or_none(story, "url") if isinstance(story, dict) else None
    return (Media("image", url),) if url else ()


def _heading(message: Fields, *, is_answer: bool) -> str:
    if is_answer:
        return _STORY_ANSWER
    kinds = {one.get("type") for one in _attachments(message)}
    return _STORY_MENTION if "story_mention" in kinds else ""


def _attachments(message: Fields) -> list[Fields]:
    found = message.get("attachments")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _media(message: Fields) -> Iterator[Media]:
    for one in _attachments(message):
        payload = one.get("payload")
        url = text_or_none(payload, "url") if isinstance(payload, dict) else None
        if url:
            yield Media(_KINDS.get(str(one.get("type")), "file"), url)


# --- what a poll lists ---------------------------------------------------------------------------


def event_of(account: str, message: Fields, own: str = "") -> dict[str, Any]:
    """A message out of ``/conversations`` as the event that would have told of it.

    ``own`` is our name there, where the account's number is told otherwise in lists.
    """
    author = object_in(message.get("from"), "a sender")
    said: dict[str, Any] = {"mid": id_in(message, "id"), "text": message.get("message") or ""}
    if id_in(author, "id") == account or (own and author.get("username") == own):
        said["is_echo"] = True
    files = message.get("attachments")
    listed = files.get("data") if isinstance(files, dict) else None
    said["attachments"] = [_attached(one) for one in listed or () if isinstance(one, dict)]
    at = moment_in(message, "created_time")
    return {
        "sender": author,
        "recipient": _first(message.get("to")),
        "timestamp": int(at.timestamp() * 1000),
        "message": said,
    }


def _attached(one: Fields) -> dict[str, Any]:
    for name, kind in (("image_data", "image"), ("video_data", "video")):
        data = one.get(name)
        if isinstance(data, dict):
            return {"type": kind, "payload": {"url": data.get("url")}}
    kind = "audio" if str(one.get("mime_type", "")).startswith("audio/") else "file"
    return {"type": kind, "payload": {"url": one.get("file_url")}}


def _first(value: object) -> Fields:
    listed = value.get("data") if isinstance(value, dict) else None
    found: list[object] = listed if isinstance(listed, list) else []
    return object_in(found[0] if found else None, "a recipient")
