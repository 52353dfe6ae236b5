"""Events, pages of posts and direct messages of X, read into the contract's items. Pure and total.

A webhook or a stream brings one event of the X Activity API. What we asked for comes in envelopes
of ours: ``{"account": …, "page" or "dms": X's answer}``, or ``"gone"`` with ids that X knows no
more. Which account an event is for is in its ``filter``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    json_of,
    moment_in,
    nonempty_in,
    object_in,
    text_or_none,
)
from hearwell.connect.model import (
    Inbound,
    MessageDeleted,
    Raw,
    Receipt,
    ReceiptState,
    Unknown,
)
from hearwell.connectors.x import messages, posts
from hearwell.connectors.x.ids import id_of

MENTION, REPLY, QUOTE = "post.mention.create", "post.reply.create", "post.quote.create"
CREATE, DELETE = "post.create", "post.delete"
DM_RECEIVED, DM_SENT, DM_READ = "dm.received", "dm.sent", "dm.read"
_POSTS: Final = frozenset({MENTION, REPLY, QUOTE, CREATE})
_CALLS: Final = frozenset({MENTION, QUOTE})
_LAST_MS: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)


def body_of(raw: Raw) -> Fields:
    """The JSON of a delivery. Raises ``ContractChanged``."""
    return object_in(json_of(raw.body, "X"), "the delivery")


def account_of(raw: Raw) -> str:
    """The account that a delivery is for. Raises ``ContractChanged``."""
    body = body_of(raw)
    if "account" in body:
        return id_of(body["account"], "an account")
    return _subject(object_in(body.get("data"), "the event"))


def _subject(event: Fields) -> str:
    return id_of(object_in(event.get("filter"), "a filter").get("user_id"), "an account")


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    body = body_of(raw)
    if "account" not in body:
        return _event(object_in(body.get("data"), "the event"), raw.received_at)
    account = id_of(body["account"], "an account")
    if "gone" in body:
        return _gone(account, body)
    if "dms" in body:
        return messages.listed(account, object_in(body["dms"], "a page"))
    return posts.listed(account, object_in(body.get("page"), "a page"))


def event_type(raw: Raw) -> str:
    """What kind of event a delivery is; empty for what we asked for, and never raises."""
    try:
        event = object_in(body_of(raw).get("data"), "the event")
    except ContractChanged:
        return ""
    return text_or_none(event, "event_type") or ""


# --- events --------------------------------------------------------------------------------------


def _event(event: Fields, at: datetime) -> list[Inbound]:
    account, kind = _subject(event), nonempty_in(event, "event_type")
    payload = event.get("payload")
    if kind in _POSTS:
        includes = event.get("includes")
        told = posts.Told.of(includes if isinstance(includes, dict) else {})
        return posts.items_of(account, object_in(payload, "a post"), told, is_called=kind in _CALLS)
    if kind == DELETE:
        gone = id_of(object_in(payload, "a deletion").get("id"), "a post")
        return [_deleted(account, gone, at)]
    if kind in {DM_RECEIVED, DM_SENT}:
        return messages.told(account, object_in(payload, "messages"))
    if kind == DM_READ:
        return _read(account, event, object_in(payload, "a receipt"), at)
    return [_unknown(account, event, kind, at)]


def _unknown(account: str, event: Fields, kind: str, at: datetime) -> Unknown:
    """Typing, encrypted chats, follows, …: nothing that we could show."""
    key = f"event:{text_or_none(event, 'event_uuid') or kind}"
    return Unknown(external_id=key, dedup_key=key, occurred_at=at, account=account, type_name=kind)


def _deleted(account: str, gone: str, at: datetime) -> MessageDeleted:
    return MessageDeleted(
        external_id=gone,
        dedup_key=f"gone:{gone}",
        occurred_at=at,
        account=account,
        must_purge=True,
    )


def _gone(account: str, body: Fields) -> list[Inbound]:
    found, at = body["gone"], moment_in(body, "at")
    if not isinstance(found, list):
        message = "What is gone is no list"
        raise ContractChanged(message)
    return [_deleted(account, id_of(one, "a post"), at) for one in found]


def _read(account: str, event: Fields, payload: Fields, at: datetime) -> list[Inbound]:
    """They have read up to one of our messages; X has it as a list of marks."""
    marks = payload.get("direct_message_mark_read_events")
    known = [one for one in marks if isinstance(one, dict)] if isinstance(marks, list) else []
    if not known:
        return [_unknown(account, event, DM_READ, at)]
    return [_receipt(account, one) for one in known]


def _receipt(account: str, mark: Mapping[str, Any]) -> Receipt:
    last = id_of(mark.get("last_read_event_id"), "a message")
    stamp = str(mark.get("created_timestamp"))
    if not (stamp.isascii() and stamp.isdigit() and int(stamp) < _LAST_MS):
        message = "X sent no time of a receipt"
        raise ContractChanged(message)
    return Receipt(
        external_id=last,
        dedup_key=f"read:{last}",
        occurred_at=datetime.fromtimestamp(int(stamp) / 1000, UTC),
        account=account,
        state=ReceiptState.READ,
        target_id=last,
    )
