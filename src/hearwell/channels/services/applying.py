"""Hand the items of one channel to their takers, so that a poison item parks only its thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from hearwell.channels.intake import taker_of
from hearwell.channels.models import Channel
from hearwell.channels.rules import lanes_of, own_lanes
from hearwell.connect.failures import Failure
from hearwell.connect.model import Inbound

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Someone else's transaction, a restart or a full disk: the item is innocent, the moment is bad.
# 40 rollback, 08 connection, 53 resources, 57P0x shutdown, 55P03 lock not available.
_PASSING_CLASSES = ("40", "08", "53", "57P", "55P03")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item with the delivery it came in and its place there."""

    raw_id: UUID
    index: int
    item: Inbound


@dataclass(frozen=True, slots=True)
class Poisoned:
    """An entry that could not be taken in, and why; a follower is only waiting behind one."""

    entry: Entry
    code: str
    reason: str
    is_follower: bool = False


@dataclass
class Outcome:
    """What became of the entries of one channel."""

    taken: list[Entry] = field(default_factory=list)
    poisoned: list[Poisoned] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)


def is_passing(error: BaseException) -> bool:
    """Say whether an error is about the moment (deadlock, restart, …) and not about the item."""
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None)
    if code is None:  # the connection itself went away, before the server could say anything
        return isinstance(cause, errors.OperationalError | errors.InterfaceError)
    return str(code).startswith(_PASSING_CLASSES)


def take_all(channel: Channel, entries: Sequence[Entry]) -> Outcome:
    """Hand over the entries, in order, inside the caller's scoped transaction.

    Consecutive items of one type go together. Raises only what is passing: then nothing counts
    and the whole group is to be tried again.
    """
    outcome = Outcome()
    for _, run in groupby(entries, key=lambda entry: type(entry.item)):
        _take_some(channel, list(run), outcome)
    return outcome


def _take_some(channel: Channel, batch: Sequence[Entry], outcome: Outcome) -> None:
    """Take a batch in; when it fails, halve it until the poison is alone."""
    batch = list(_unblocked(batch, outcome))
    if not batch:
        return
    try:
        _hand_over(channel, [entry.item for entry in batch])
    except Exception as error:
        if is_passing(error):
            raise
        if len(batch) == 1:
            _poison(channel, batch[0], error, outcome)
            return
        middle = len(batch) // 2
        _take_some(channel, batch[:middle], outcome)
        _take_some(channel, batch[middle:], outcome)
    else:
        outcome.taken.extend(batch)


def _unblocked(batch: Sequence[Entry], outcome: Outcome) -> Iterator[Entry]:
    for entry in batch:
        if outcome.blocked.isdisjoint(lanes_of(entry.item)):
            yield entry
            continue
        outcome.blocked |= own_lanes(entry.item)
        reason = "Waits behind a message of the same thread that could not be taken in."
        outcome.poisoned.append(Poisoned(entry, "follows", reason, is_follower=True))


def _hand_over(channel: Channel, items: Sequence[Inbound]) -> None:
    taker = taker_of(type(items[0]))
    if taker is None:
        raise LookupError(type(items[0]).__name__)
    with transaction.atomic():
        taker(channel, items)
        # Composite foreign keys are deferred: a row that would fail at the commit fails here.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _poison(channel: Channel, entry: Entry, error: Exception, outcome: Outcome) -> None:
    code, reason = told(error)
    if not isinstance(error, Failure):
        # Anything but a failure of the contract is a bug of ours and is loud.
        log.error(
            "item_parked", channel_id=str(channel.id), raw_id=str(entry.raw_id), exc_info=error
        )
    outcome.poisoned.append(Poisoned(entry, code, reason))
    outcome.blocked |= own_lanes(entry.item)


def told(error: Exception) -> tuple[str, str]:
    """Return (code, reason) of an error for people: no customer text, no secret."""
    if isinstance(error, Failure):
        return error.code, error.message
    return "bug", f"Taking it in failed: {type(error).__name__}."


def with_patience(work: Callable[[], T], *, tries: int = 3) -> T:
    """Run `work`; on a deadlock or serialization failure run it again, a few times, at once.

    What is not over after that, and every lost connection, is raised: the sweep comes back.
    """
    for left in range(tries - 1, -1, -1):
        try:
            return work()
        except DatabaseError as error:
            code = str(getattr(error.__cause__, "sqlstate", None) or "")
            if not left or not code.startswith("40"):
                raise
            log.info("group_retried", code=code)
    raise AssertionError  # the loop returns or raises
