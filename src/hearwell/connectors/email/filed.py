"""A mail out of a file (an mbox) as a delivery: whose it is, and when it came, told by its head."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Raw, Source
from hearwell.connectors.email.addresses import mailboxes, normal
from hearwell.connectors.email.envelope import INBOX, SENT, Envelope, headers_of
from hearwell.connectors.email.fields import Head, head_of
from hearwell.connectors.email.limits import MAX_HEAD
from hearwell.kit import clock

NO_TIME, NOT_OURS = "time", "not_ours"
_RECEIVERS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_BEFORE_MAIL = datetime(1982, 1, 1, tzinfo=UTC)


def raw_of(body: bytes, own: Collection[str], at: datetime | None, *, is_cut: bool) -> Raw:
    """The delivery. Raises ContractChanged, with NO_TIME or NOT_OURS as its network code."""
    head = head_of(_head(body))
    ours = {normal(one) for one in own} - {""}
    account, is_sent = _whose(head, ours)
    arrived_at = _arrived(head, at)
    if arrived_at is None:
        message = "Nobody wrote down when this mail was written."
        raise ContractChanged(message, network_code=NO_TIME)
    if not account:
        message = "None of our addresses wrote this mail or received it."
        raise ContractChanged(message, network_code=NOT_OURS)
    envelope = Envelope(
        account=account,
        folder=SENT if is_sent else INBOX,
        arrived_at=arrived_at,
        is_cut=is_cut,
    )
    return Raw("FILE", "mbox:", headers_of(envelope), body, clock.now(), Source.IMPORT)


def _head(body: bytes) -> bytes:
    """What stands before the first empty line."""
    beginning = body[:MAX_HEAD]
    ends = (beginning.find(gap) for gap in (b"\n\n", b"\r\n\r\n"))
    return beginning[: min((end for end in ends if end >= 0), default=len(beginning))]


def _whose(head: Head, ours: Collection[str]) -> tuple[str, bool]:
    """Which address of ours it concerns, and whether that one wrote it.

    Where there is only one it is in that one's mailbox, whatever the head says (a blind copy).
    """
    for writer in _named(head, "from"):
        if writer in ours:
            return writer, True
    readers = (reader for name in _RECEIVERS for reader in _named(head, name))
    found = next((reader for reader in readers if reader in ours), "")
    return found or (next(iter(ours)) if len(ours) == 1 else ""), False


def _named(head: Head, name: str) -> Iterator[str]:
    for value in head.all(name):
        yield from (box.address for box in mailboxes(value))


def _arrived(head: Head, at: datetime | None) -> datetime | None:
    """When it came here: the topmost Received says, else its date, else the file."""
    stamp = head.raw("received").rpartition(b";")[2]
    return _moment(stamp) or _moment(head.raw("date")) or (at if at and _is_likely(at) else None)


def _moment(value: bytes) -> datetime | None:
    try:
        found = parsedate_to_datetime(value.decode("ascii", "replace").strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if _is_likely(found) else None


def _is_likely(at: datetime) -> bool:
    return _BEFORE_MAIL < at < clock.now() + timedelta(days=1)
