"""Direct messages of X, in the older shape of its events and the newer one of its lists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, moment_or_none, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageKind,
    Unknown,
)
from hearwell.connectors.x.ids import id_of, is_id, moment_of
from hearwell.connectors.x.posts import Told, shown_file
from hearwell.connectors.x.words import entities_of, plain

_SAID, _SAID_NEW = "message_create", "MessageCreate"
_GROUP: Final = "group-"
_LAST_MS: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)


def thread_of(account: str, conversation: str) -> str:
    """The thread of a conversation, which between two people has both their ids for a name."""
    people = conversation.split("-")
    others = [one for one in people if one != account]
    is_pair = len(people) == len(others) + 1 and len(others) == 1 and is_id(others[0])
    return f"dm:{others[0]}" if is_pair else f"dm:{_GROUP}{conversation}"


def person_of(thread_key: str) -> str:
    """Whom a private thread is with; empty for a group, or for no such thread."""
    kind, _, person = thread_key.partition(":")
    return person if kind == "dm" and is_id(person) else ""


def group_of(thread_key: str) -> str:
    """The conversation of a group's thread; empty if it is none."""
    kind, _, rest = thread_key.partition(":")
    return rest.removeprefix(_GROUP) if kind == "dm" and rest.startswith(_GROUP) else ""


# --- as events tell ------------------------------------------------------------------------------


def told(account: str, payload: Fields) -> list[Inbound]:
    """The messages of an event."""
    found, people = payload.get("direct_message_events"), payload.get("users")
    if not isinstance(found, list):
        message = "X sent a direct message without any"
        raise ContractChanged(message)
    known = _people(people if isinstance(people, dict) else {})
    return [_told(account, object_in(one, "a message"), known) for one in found]


def _people(users: Mapping[str, Any]) -> dict[str, Author]:
    found = {}
    for user, said in users.items():
        one = said.get("data", said) if isinstance(said, dict) else None
        if isinstance(one, dict):
            handle = text_or_none(one, "username") or text_or_none(one, "screen_name") or ""
            name = text_or_none(one, "name") or ""
            found[user] = Author(user, f"@{handle}" if handle else "", name)
    return found


def _told(account: str, event: Fields, people: Mapping[str, Author]) -> Inbound:
    number = id_of(event.get("id"), "a message")
    if event.get("type") != _SAID:
        return _unknown(account, number, str(event.get("type"))[:60])
    made = object_in(event.get(_SAID), "a message")
    data = object_in(made.get("message_data"), "what it says")
    sender = id_of(made.get("sender_id"), "a sender")
    target = object_in(made.get("target"), "a recipient")
    other = id_of(target.get("recipient_id"), "a recipient") if sender == account else sender
    text, entities = plain(text_or_none(data, "text") or "", entities_of(data))
    return InboundMessage(
        external_id=number,
        dedup_key=f"dm:{number}",
        occurred_at=_stamped(event, number),
        account=account,
        thread_key=f"dm:{other}",
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=people.get(sender, Author(sender)),
        text=text,
        entities=entities,
        media=_attached(data),
        is_echo=sender == account,
    )


def _stamped(event: Fields, number: str) -> datetime:
    stamp = str(event.get("created_timestamp"))
    if stamp.isascii() and stamp.isdigit() and int(stamp) < _LAST_MS:
        return datetime.fromtimestamp(int(stamp) / 1000, UTC)
    return moment_of(number)


def _attached(data: Fields) -> tuple[Media, ...]:
    """A file of a message; its address needs our token, so a person opens it on X."""
    attachment = data.get("attachment")
    file = attachment.get("media") if isinstance(attachment, dict) else None
    url = text_or_none(file, "media_url_https") if isinstance(file, dict) else None
    if file is None or url is None or not url.startswith("https://"):
        return ()
    return (Media("image", url, ref=str(file.get("id_str", ""))),)


# --- as lists show -------------------------------------------------------------------------------


def listed(account: str, page: Fields) -> list[Inbound]:
    """The messages of a page, as they stand there."""
    found, includes = page.get("data", []), page.get("includes")
    if not isinstance(found, list):
        message = "X sent a page of messages without any"
        raise ContractChanged(message)
    known = Told.of(includes if isinstance(includes, dict) else {})
    return [_listed(account, object_in(one, "a message"), known) for one in found]


def _listed(account: str, event: Fields, known: Told) -> Inbound:
    number = id_of(event.get("id"), "a message")
    if event.get("event_type") != _SAID_NEW:
        return _unknown(account, number, str(event.get("event_type"))[:60])
    sender = id_of(event.get("sender_id"), "a sender")
    conversation = text_or_none(event, "dm_conversation_id") or f"{account}-{sender}"
    text, entities = plain(text_or_none(event, "text") or "", entities_of(event))
    attached = event.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    files = (known.media.get(str(key)) for key in (keys if isinstance(keys, list) else []))
    return InboundMessage(
        external_id=number,
        dedup_key=f"dm:{number}",
        occurred_at=moment_or_none(event.get("created_at")) or moment_of(number),
        account=account,
        thread_key=thread_of(account, conversation),
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=known.author(sender),
        text=text,
        entities=entities,
        media=tuple(shown for file in files if file and (shown := shown_file(file)) is not None),
        is_echo=sender == account,
    )


def _unknown(account: str, number: str, kind: str) -> Unknown:
    return Unknown(
        external_id=number,
        dedup_key=f"dm:{number}",
        occurred_at=moment_of(number),
        account=account,
        type_name=f"dm {kind}",
    )
