"""Updates of the Bot API, read into the contract's items. Pure and total.

A webhook brings one update, a poll a page of them. Neither says for which bot: that stands in the
address we gave (``?bot=``). An update of a type we do not know becomes ``Unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, number_in, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    ThreadsMoved,
    Unknown,
)
from hearwell.connectors.telegram.entities import entities_of

_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_FILES: Final = {
    "document": "file", "video": "video", "animation": "video", "video_note": "video",
    "audio": "audio", "voice": "audio", "sticker": "image",
}  # fmt: skip


def account_of(raw: Raw) -> str:
    """The bot that a delivery is for. Raises ``ContractChanged``."""
    try:
        bots = parse_qs(urlsplit(raw.url).query).get("bot", [""])
    except ValueError:
        bots = [""]
    if bots[0].isascii() and bots[0].isdigit():
        return bots[0]
    message = "The delivery does not say which bot it is for"
    raise ContractChanged(message)


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    account = account_of(raw)
    fields = object_in(json_of(raw.body, "Telegram"), "the delivery")
    updates = fields["result"] if isinstance(fields.get("result"), list) else [fields]
    items: list[Inbound] = []
    for update in updates:
        items += _items(account, raw, object_in(update, "an update"))
    return items


def _items(account: str, raw: Raw, update: Fields) -> list[Inbound]:
    number = number_in(update, "update_id")
    for name, read in _READERS.items():
        if name in update:
            return read(account, raw, object_in(update[name], name))
    name = next((key for key in update if key != "update_id"), "nothing")
    return [_unknown(account, raw, name, f"update:{number}")]


def _unknown(account: str, raw: Raw, name: str, key: str) -> Unknown:
    return Unknown(
        external_id=key,
        dedup_key=key,
        occurred_at=raw.received_at,
        account=account,
        type_name=name,
    )


# --- readers, one for each type of update --------------------------------------------------------


def _message(account: str, raw: Raw, message: Fields) -> list[Inbound]:
    if "migrate_to_chat_id" in message or "migrate_from_chat_id" in message:
        return [_moved(account, message)]
    if "from" not in message:
        return [_unknown(account, raw, "message without a person", external_id_of(message))]
    author, chat = _author(object_in(message["from"], "from")), _chat(message)
    text, media = _text_of(message), _media_of(message)
    if not text and not media:
        return [_unknown(account, raw, "service message", external_id_of(message))]
    parent = message.get("reply_to_message")
    is_private = chat.get("type") == "private"
    return [
        InboundMessage(
            external_id=external_id_of(message),
            dedup_key=f"message:{external_id_of(message)}",
            occurred_at=_time(message, "date"),
            account=account,
            thread_key=_thread_of(message, author),
            kind=MessageKind.DM if is_private else MessageKind.MENTION,
            audience=Audience.PRIVATE if is_private else Audience.PUBLIC,
            author=author,
            text=text,
            parent_id=external_id_of(object_in(parent, "a reply")) if parent else None,
            entities=entities_of(text, _entities(message)),
            media=media,
            is_echo=_is_ours(account, message, author, chat),
            language=text_or_none(object_in(message["from"], "from"), "language_code"),
            permalink=_permalink(chat, message),
        )
    ]


def _moved(account: str, message: Fields) -> ThreadsMoved:
    """A group that became a supergroup has a new number; both chats are told so, in any order."""
    here = number_in(_chat(message), "id")
    if "migrate_to_chat_id" in message:
        before, after = here, number_in(message, "migrate_to_chat_id")
    else:
        before, after = number_in(message, "migrate_from_chat_id"), here
    return ThreadsMoved(
        external_id=external_id_of(message),
        dedup_key=f"moved:{before}:{after}",
        occurred_at=_time(message, "date"),
        account=account,
        before=f"{_group(before)}:",
        after=f"{_group(after)}:",
    )


def _group(number: int) -> str:
    return f"group:{number}"


def _edited(account: str, raw: Raw, message: Fields) -> list[Inbound]:
    if "from" not in message or "edit_date" not in message:
        return [_unknown(account, raw, "edit without a person", external_id_of(message))]
    author = _author(object_in(message["from"], "from"))
    text, version = _text_of(message), number_in(message, "edit_date")
    return [
        MessageEdited(
            external_id=external_id_of(message),
            dedup_key=f"edit:{external_id_of(message)}:{version}",
            occurred_at=_time(message, "edit_date"),
            account=account,
            version=max(2, version),
            thread_key=_thread_of(message, author),
            text=text,
            edited_at=_time(message, "edit_date"),
            entities=entities_of(text, _entities(message)),
        )
    ]


def _deleted(account: str, raw: Raw, gone: Fields) -> list[Inbound]:
    chat, ids = number_in(_chat(gone), "id"), gone.get("message_ids")
    if not isinstance(ids, list) or not all(_is_whole(one) for one in ids):
        message = "Telegram sent a deletion without message ids"
        raise ContractChanged(message)
    return [
        MessageDeleted(
            external_id=f"{chat}:{one}",
            dedup_key=f"deletion:{chat}:{one}",
            occurred_at=raw.received_at,
            account=account,
        )
        for one in ids
    ]


def _reaction(account: str, raw: Raw, change: Fields) -> list[Inbound]:
    target = external_id_of(change)
    if "user" not in change:  # a channel or a group as a whole
        return [_unknown(account, raw, "reaction without a person", target)]
    now_there = change.get("new_reaction")
    given = now_there if isinstance(now_there, list) else []
    emojis = [one.get("emoji") for one in given if isinstance(one, dict)]
    named = [emoji for emoji in emojis if isinstance(emoji, str)]
    actor = _author(object_in(change["user"], "user"))
    return [
        Reacted(
            external_id=target,
            dedup_key=f"reaction:{target}:{actor.external_id}:{number_in(change, 'date')}",
            occurred_at=_time(change, "date"),
            account=account,
            reaction=named[0] if named else "",
            actor=actor,
            target_id=target,
        )
    ]


_READERS: Mapping[str, Callable[[str, Raw, Fields], list[Inbound]]] = {
    "message": _message,
    "edited_message": _edited,
    "business_message": _message,
    "edited_business_message": _edited,
    "deleted_business_messages": _deleted,
    "message_reaction": _reaction,
}


# --- values ------------------------------------------------------------------------------------


def external_id_of(message: Fields) -> str:
    """Chat and number: a message's number is only unique in its chat."""
    return f"{number_in(_chat(message), 'id')}:{number_in(message, 'message_id')}"


def _thread_of(message: Fields, author: Author) -> str:
    """Group what is one customer's matter: a private chat, or one person in a group.

    A business chat is answered through its connection, which the key therefore names.
    """
    chat = _chat(message)
    number = number_in(chat, "id")
    if connection := text_or_none(message, "business_connection_id"):
        return f"business:{connection}:{number}"
    if chat.get("type") == "private":
        return f"chat:{number}"
    return f"{_group(number)}:{author.external_id}"


def _is_ours(account: str, message: Fields, author: Author, chat: Fields) -> bool:
    """Our bot, or in a business chat whoever is not the customer (whose id the chat has)."""
    is_business = "business_connection_id" in message
    return author.external_id == account or (
        is_business and author.external_id != str(number_in(chat, "id"))
    )


def _text_of(message: Fields) -> str:
    """What was said; for what has no words, the least that tells an agent what came."""
    for name in ("text", "caption"):
        if isinstance(message.get(name), str):
            return cast("str", message[name])
    place, person = message.get("location"), message.get("contact")
    if isinstance(place, dict):
        return f"📍 {place.get('latitude')}, {place.get('longitude')}"
    if isinstance(person, dict):
        return f"☎ {person.get('first_name', '')} {person.get('phone_number', '')}".strip()
    sticker = message.get("sticker")
    return str(sticker.get("emoji") or "") if isinstance(sticker, dict) else ""


def _entities(message: Fields) -> Iterable[Fields]:
    found = message.get("entities") or message.get("caption_entities")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else ()


def _media_of(message: Fields) -> tuple[Media, ...]:
    """Files by reference: their addresses hold the token and live for an hour."""
    photos = message.get("photo")
    found = [("image", photos[-1])] if isinstance(photos, list) and photos else []
    found += [(kind, message[name]) for name, kind in _FILES.items() if name in message]
    refs = ((kind, one.get("file_id")) for kind, one in found if isinstance(one, dict))
    return tuple(Media(kind, "", ref=ref) for kind, ref in refs if isinstance(ref, str))


def _permalink(chat: Fields, message: Fields) -> str | None:
    name = text_or_none(chat, "username")
    if chat.get("type") == "private" or name is None:
        return None
    return f"https://t.me/{name}/{number_in(message, 'message_id')}"


def _author(person: Fields) -> Author:
    names = (text_or_none(person, "first_name"), text_or_none(person, "last_name"))
    name = " ".join(one for one in names if one)
    return Author(str(number_in(person, "id")), text_or_none(person, "username") or "", name)


def _chat(message: Fields) -> Fields:
    return object_in(message.get("chat"), "a chat")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _time(fields: Fields, name: str) -> datetime:
    seconds = number_in(fields, name)
    if 0 <= seconds < _LATEST:
        return datetime.fromtimestamp(seconds, UTC)
    message = f"Telegram sent no readable {name}"
    raise ContractChanged(message)
