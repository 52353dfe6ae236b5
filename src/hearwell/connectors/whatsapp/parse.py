"""Calls of the webhook, read into the contract's items. Pure and total.

A call may concern several numbers. People are told apart by their business-scoped id; by their
phone only where an older call has no such id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, nonempty_in, object_in, text_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    Receipt,
    ReceiptState,
    ThreadsMoved,
    Unknown,
)
from hearwell.connectors.meta.hook import entries_of, id_in
from hearwell.connectors.whatsapp.contents import media_of, text_of

OBJECT: Final = "whatsapp_business_account"
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_STATES: Final = {
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "failed": ReceiptState.FAILED,
}


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a call, in its order."""
    items: list[Inbound] = []
    for entry, change in _changes(raw):
        items += _items(raw, entry, change)
    return items


def accounts_of(raw: Raw) -> list[str]:
    """The numbers that a call concerns, by their ids at Meta. Raises ``ContractChanged``."""
    return list(dict.fromkeys(_account(entry, change) for entry, change in _changes(raw)))


def thread_of(person: str) -> str:
    """The conversation with a person. Its end is marked: one id may be the beginning of another."""
    return f"person:{person}:"


def person_in(thread_key: str) -> str:
    """Whom a conversation is with; empty where the key is none of ours."""
    kind, _, rest = thread_key.partition(":")
    return rest.removesuffix(":") if kind == "person" else ""


def _changes(raw: Raw) -> Iterator[tuple[Fields, Fields]]:
    for entry in entries_of(raw, OBJECT):
        for change in _list(entry, "changes"):
            yield entry, change


def _list(fields: Fields, name: str) -> list[Fields]:
    found = fields.get(name, [])
    if not isinstance(found, list):
        message = f"WhatsApp sent {name} that is no list"
        raise ContractChanged(message)
    return [object_in(one, f"one of {name}") for one in found]


def _value(change: Fields) -> Fields:
    return object_in(change.get("value"), "a value")


def _account(entry: Fields, change: Fields) -> str:
    """The number's id; what concerns all numbers of a business account has the account's."""
    value = change.get("value")
    metadata = value.get("metadata") if isinstance(value, dict) else None
    number = text_or_none(metadata, "phone_number_id") if isinstance(metadata, dict) else None
    return number or id_in(entry, "id")


def _items(raw: Raw, entry: Fields, change: Fields) -> list[Inbound]:
    account, value, field = _account(entry, change), _value(change), text_in(change, "field")
    if field == "messages":
        people = _people(value)
        return [
            *(_told(raw, account, one, people) for one in _list(value, "messages")),
            *(_receipt(account, one) for one in _list(value, "statuses")),
            *(_trouble(raw, account, one) for one in _list(value, "errors")),
        ]
    if field == "smb_message_echoes":
        return [_echoed(raw, account, one) for one in _list(value, "message_echoes")]
    return [_unknown(raw, account, field, json.dumps(value, sort_keys=True))]


def _people(value: Fields) -> Mapping[str, Author]:
    """Who wrote, by business-scoped id and by phone."""
    found: dict[str, Author] = {}
    for contact in _list(value, "contacts"):
        profile = contact.get("profile")
        known = profile if isinstance(profile, dict) else {}
        phone, scoped = text_or_none(contact, "wa_id"), text_or_none(contact, "user_id")
        if not phone and not scoped:
            continue
        name = text_or_none(known, "name") or ""
        handle = f"+{phone}" if phone else text_or_none(known, "username") or ""
        author = Author(scoped or phone or "", handle, name)
        found |= {one: author for one in (phone, scoped) if one}
    return found


def _author(message: Fields, people: Mapping[str, Author], *, end: str = "from") -> Author:
    phone, scoped = text_or_none(message, end), text_or_none(message, f"{end}_user_id")
    known = people.get(scoped or "") or people.get(phone or "")
    if known is not None:
        return known
    if not phone and not scoped:
        message_ = "WhatsApp did not say who a message is from"
        raise ContractChanged(message_)
    return Author(scoped or phone or "", f"+{phone}" if phone else "")


# --- messages ----------------------------------------------------------------------------------


def _told(raw: Raw, account: str, message: Fields, people: Mapping[str, Author]) -> Inbound:
    kind = text_in(message, "type")
    reader: Callable[[Raw, str, Fields, Author], Inbound] | None = _READERS.get(kind)
    if kind == "system":
        return _system(raw, account, message)
    return (reader or _message)(raw, account, message, _author(message, people))


def _message(raw: Raw, account: str, message: Fields, author: Author) -> Inbound:
    return _said(raw, account, message, author, author.external_id)


def _said(
    raw: Raw, account: str, message: Fields, author: Author, person: str, *, is_echo: bool = False
) -> Inbound:
    number = nonempty_in(message, "id")
    text, media = text_of(message), media_of(message)
    if not text and not media:
        return _unknown(raw, account, text_in(message, "type"), number, key=f"message:{number}")
    context = message.get("context")
    return InboundMessage(
        external_id=number,
        dedup_key=f"message:{number}",
        occurred_at=_time(message),
        account=account,
        thread_key=thread_of(person),
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=author,
        text=text,
        parent_id=text_or_none(context, "id") if isinstance(context, dict) else None,
        media=media,
        is_echo=is_echo,
    )


def _echoed(raw: Raw, account: str, message: Fields) -> Inbound:
    """What somebody said as us in the phone app."""
    to = _author(message, {}, end="to")
    us = Author(account, f"+{nonempty_in(message, 'from').removeprefix('+')}")
    kind = text_in(message, "type")
    if kind in {"edit", "revoke"}:
        return _READERS[kind](raw, account, message, to)
    return _said(raw, account, message, us, to.external_id, is_echo=True)


def _edited(raw: Raw, account: str, message: Fields, author: Author) -> Inbound:
    del raw
    edit = object_in(message.get("edit"), "an edit")
    target, at = nonempty_in(edit, "original_message_id"), _time(message)
    return MessageEdited(
        external_id=target,
        dedup_key=f"edit:{nonempty_in(message, 'id')}",
        occurred_at=at,
        account=account,
        version=max(2, int(at.timestamp())),
        thread_key=thread_of(author.external_id),
        text=text_of(object_in(edit.get("message"), "an edited message")),
        edited_at=at,
    )


def _revoked(raw: Raw, account: str, message: Fields, author: Author) -> Inbound:
    """Deleted for everybody: what somebody took back is not kept either."""
    del raw
    target = nonempty_in(object_in(message.get("revoke"), "a revoke"), "original_message_id")
    return MessageDeleted(
        external_id=target,
        dedup_key=f"revoke:{target}",
        occurred_at=_time(message),
        account=account,
        thread_key=thread_of(author.external_id),
        must_purge=True,
    )


def _reaction(raw: Raw, account: str, message: Fields, author: Author) -> Inbound:
    del raw
    reaction = object_in(message.get("reaction"), "a reaction")
    target = nonempty_in(reaction, "message_id")
    return Reacted(
        external_id=target,
        dedup_key=f"reaction:{nonempty_in(message, 'id')}",
        occurred_at=_time(message),
        account=account,
        reaction=text_or_none(reaction, "emoji") or "",
        actor=author,
        target_id=target,
    )


def _system(raw: Raw, account: str, message: Fields) -> Inbound:
    """A person has another number, and so another id: the conversation goes on under it."""
    system = object_in(message.get("system"), "a system message")
    number = nonempty_in(message, "id")
    before, after = _change_of_id(message, system)
    kind = text_or_none(system, "type") or "system"
    if kind not in {"user_changed_number", "user_changed_user_id"} or not before or not after:
        return _unknown(raw, account, f"system: {kind}", number, key=f"system:{number}")
    return ThreadsMoved(
        external_id=number,
        dedup_key=f"moved:{before}:{after}",
        occurred_at=_time(message),
        account=account,
        before=thread_of(before),
        after=thread_of(after),
        person=(before, after),
    )


def _change_of_id(message: Fields, system: Fields) -> tuple[str | None, str | None]:
    """The person's id before and after: business-scoped if both are, else by phone."""
    was, now = text_or_none(system, "previous_user_id"), text_or_none(system, "user_id")
    if was and now:
        return was, now
    phone = text_or_none(system, "customer") or text_or_none(message, "from")
    return phone, text_or_none(system, "wa_id") or text_or_none(system, "new_wa_id")


_READERS: Final[Mapping[str, Callable[[Raw, str, Fields, Author], Inbound]]] = {
    "edit": _edited,
    "revoke": _revoked,
    "reaction": _reaction,
}

# --- receipts, and what is not understood --------------------------------------------------------


def _receipt(account: str, status: Fields) -> Inbound:
    target, said = nonempty_in(status, "id"), text_in(status, "status")
    state, at, key = _STATES.get(said), _time(status), f"status:{target}:{said}"
    if state is None:  # "sent": the answer to the send said so already
        return Unknown(
            external_id=target,
            dedup_key=key,
            occurred_at=at,
            account=account,
            type_name=f"status: {said}"[:80],
        )
    return Receipt(
        external_id=target,
        dedup_key=key,
        occurred_at=at,
        account=account,
        state=state,
        target_id=target,
        echo_key=text_or_none(status, "biz_opaque_callback_data"),
        reason=_reason(status) if state is ReceiptState.FAILED else "",
    )


def _reason(status: Fields) -> str:
    for error in _list(status, "errors"):
        data = error.get("error_data")
        details = text_or_none(data, "details") if isinstance(data, dict) else None
        title = text_or_none(error, "title") or text_or_none(error, "message") or ""
        return f"{details or title} ({error.get('code')})".strip()
    return ""


def _trouble(raw: Raw, account: str, error: Fields) -> Inbound:
    said = json.dumps(error, sort_keys=True)
    return _unknown(raw, account, f"error {error.get('code')}", said)


def _unknown(raw: Raw, account: str, name: str, said: str, *, key: str = "") -> Inbound:
    """Kept and counted. Its key is what was said: told twice, it is one."""
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Unknown(
        external_id=key or f"unknown:{digest}",
        dedup_key=key or f"unknown:{name[:80]}:{digest}",
        occurred_at=raw.received_at,
        account=account,
        type_name=name[:80],
    )


def _time(fields: Fields) -> datetime:
    """Seconds since 1970, as text."""
    given = fields.get("timestamp")
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if text.isascii() and text.isdigit() and int(text[:20]) < _LATEST:
        return datetime.fromtimestamp(int(text[:20]), UTC)
    message = "WhatsApp sent no readable timestamp"
    raise ContractChanged(message)
