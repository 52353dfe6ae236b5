"""What the provider tells: calls about one message, and pages of its list. Pure and total.

A call is a form (or an object of the same fields), a page is what ``Messages.json`` answers. Both
name a message by its sid, so that what was pushed and what was found are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, nonempty_in, object_in, text_or_none
from hearwell.connect.formsig import is_form, pairs_in
from hearwell.connect.model import (
    Audience,
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
from hearwell.connectors.sms.errors import reason_for
from hearwell.kit.e164 import e164

STATES: Final = {
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "failed": ReceiptState.FAILED,
    "undelivered": ReceiptState.FAILED,
}
_MOST_MEDIA: Final = 10
_MEDIA_KINDS: Final = {"image": "image", "video": "video", "audio": "audio"}


def parse(raw: Raw) -> list[Inbound]:
    """The items in a delivery. Raises ``ContractChanged``."""
    told = _told(raw)
    if isinstance(told.get("messages"), list):
        return [item for one in told["messages"] for item in _listed(object_in(one, "a message"))]
    return [_called(told, raw.received_at)]


def accounts_of(raw: Raw) -> list[str]:
    """The numbers of ours that a delivery concerns. Raises ``ContractChanged``."""
    return list(dict.fromkeys(item.account for item in parse(raw)))


def thread_of(number: str) -> str:
    """The thread with a number: one conversation, as on the other side's telephone."""
    return f"sms:{number}"


def number_of(thread_key: str) -> str:
    """The number of a thread; empty if it is no thread of text messages."""
    head, _, number = thread_key.partition(":")
    return number if head == "sms" else ""


def _told(raw: Raw) -> Fields:
    try:
        if not is_form(raw):
            return object_in(json_of(raw.body, "The provider"), "a delivery")
        return dict(pairs_in(raw.body))
    except (ValueError, RecursionError) as error:
        message = "This is neither a form nor JSON"
        raise ContractChanged(message) from error


# --- a call --------------------------------------------------------------------------------------


def _called(told: Fields, at: datetime) -> Inbound:
    sid = text_or_none(told, "MessageSid") or nonempty_in(told, "SmsSid")
    status = text_or_none(told, "MessageStatus") or text_or_none(told, "SmsStatus") or ""
    if status in ("", "received", "receiving") and "Body" in told:
        return _message(sid, told, at)
    ours = _address(nonempty_in(told, "From"))
    return _state(sid, status, ours, at, text_or_none(told, "ErrorCode") or "")


def _message(sid: str, told: Fields, at: datetime) -> InboundMessage:
    theirs, ours = _address(nonempty_in(told, "From")), _address(nonempty_in(told, "To"))
    body, name = told.get("Body"), text_or_none(told, "ProfileName") or ""
    return InboundMessage(
        external_id=sid,
        dedup_key=sid,
        occurred_at=at,
        account=ours,
        thread_key=thread_of(theirs),
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=Author(theirs, theirs, name),
        text=body if isinstance(body, str) else "",
        parent_id=text_or_none(told, "OriginalRepliedMessageSid"),
        media=tuple(_files(sid, told)),
        addressed_to=(ours,),
    )


def _files(sid: str, told: Fields) -> Iterator[Media]:
    """Files by reference: their addresses want the account's password."""
    count = str(told.get("NumMedia") or "0")
    most = int(count) if count.isascii() and count.isdigit() and len(count) < _MOST_MEDIA else 0
    for number in range(min(most, _MOST_MEDIA)):
        url = text_or_none(told, f"MediaUrl{number}") or ""
        name = url.partition("?")[0].rpartition("/")[2]
        mime = text_or_none(told, f"MediaContentType{number}") or ""
        if name:
            yield Media(_kind(mime), "", ref=f"{sid}/{name}", name=name)


def _kind(mime: str) -> str:
    return _MEDIA_KINDS.get(mime.partition("/")[0], "file")


def _state(sid: str, status: str, account: str, at: datetime, code: str) -> Inbound:
    """How far one of ours has come; queued, sending and sent say nothing that matters."""
    state = STATES.get(status)
    key = f"{sid}:{status}"
    if state is None:
        return Unknown(
            external_id=sid,
            dedup_key=key,
            occurred_at=at,
            account=account,
            type_name=f"status {status}"[:80],
        )
    is_failed = state is ReceiptState.FAILED
    return Receipt(
        external_id=sid,
        dedup_key=key,
        occurred_at=at,
        account=account,
        state=state,
        target_id=sid,
        reason=reason_for(code) if is_failed else "",
    )


# --- a page of the list --------------------------------------------------------------------------


def _listed(told: Fields) -> Iterable[Inbound]:
    """A message of the list; one of ours with how far it has come."""
    sid, status = nonempty_in(told, "sid"), text_or_none(told, "status") or ""
    at = _moment(told)
    if told.get("direction") == "inbound":
        return [_heard(sid, told, at)]
    ours = _address(nonempty_in(told, "from"))
    known = _state(sid, status, ours, at, _code(told))
    # What is still on its way is told again when it has arrived; then there is an answer to show.
    return [_echo(sid, told, at, ours), *([known] if isinstance(known, Receipt) else [])]


def _heard(sid: str, told: Fields, at: datetime) -> InboundMessage:
    files = told.get("media")
    listed = [one for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    named: dict[str, object] = {"From": told.get("from"), "To": told.get("to")}
    named |= {"Body": told.get("body"), "NumMedia": str(min(len(listed), _MOST_MEDIA))}
    for number, one in enumerate(listed):
        named[f"MediaUrl{number}"] = one.get("sid")
        named[f"MediaContentType{number}"] = one.get("content_type")
    return _message(sid, named, at)


def _echo(sid: str, told: Fields, at: datetime, ours: str) -> InboundMessage:
    theirs, body = _address(nonempty_in(told, "to")), told.get("body")
    return InboundMessage(
        external_id=sid,
        dedup_key=sid,
        occurred_at=at,
        account=ours,
        thread_key=thread_of(theirs),
        kind=MessageKind.DM,
        audience=Audience.PRIVATE,
        author=Author(ours, ours),
        text=body if isinstance(body, str) else "",
        is_echo=True,
    )


def _code(told: Fields) -> str:
    code = told.get("error_code")
    return str(code) if isinstance(code, int | str) and not isinstance(code, bool) else ""


def _moment(told: Fields) -> datetime:
    written = text_or_none(told, "date_sent") or nonempty_in(told, "date_created")
    return moment_of(written)


def moment_of(written: str) -> datetime:
    """A time as the list writes it (RFC 2822), in UTC. Raises ``ContractChanged``."""
    try:
        found = parsedate_to_datetime(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError) as error:
        message = "The network sent no readable time"
        raise ContractChanged(message) from error


def _address(text: str) -> str:
    """A number as it is dialled; a short code or a name of letters as it stands."""
    return e164(text) or text.strip()[:200] or "?"
