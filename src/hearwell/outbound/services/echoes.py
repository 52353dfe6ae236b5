"""Our own messages as the network shows them: proof that a delivery arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from hearwell.connect.model import InboundMessage, Receipt, ReceiptState, Sent
from hearwell.kit.text import clean
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import IN_FLIGHT, State
from hearwell.outbound.services.moves import move, tell
from hearwell.outbound.services.outcomes import sent_columns

_OPEN = IN_FLIGHT | {State.NEEDS_HUMAN}
_WAITING = _OPEN | {State.SENT}


def match_echoes(
    workspace_id: UUID, channel_id: UUID, echoes: Sequence[InboundMessage]
) -> set[str]:
    """Match echoes to deliveries, one to one; returns the external ids that are ours.

    By our key where the network hands it back, else by the network's id, else by thread, parent
    and text among what is in flight. An echo may come before our send returns: it settles the
    delivery, and the answer that follows only completes it.
    """
    if not echoes:
        return set()
    book = _Book.of(_candidates(workspace_id, channel_id, echoes))
    pairs = [(echo, row) for echo in echoes if (row := book.take(echo)) is not None]
    _settle(pairs)
    return {echo.external_id for echo, _ in pairs}


def _candidates(
    workspace_id: UUID, channel_id: UUID, echoes: Sequence[InboundMessage]
) -> list[Delivery]:
    wanted = (
        Q(key__in=_keys(echo.echo_key for echo in echoes))
        | Q(remote_id__in=[echo.external_id for echo in echoes])
        | Q(state__in=sorted(_OPEN))
    )
    rows = Delivery.objects.select_for_update(no_key=True).filter(
        wanted, workspace_id=workspace_id, channel_id=channel_id
    )
    return list(rows.order_by("id"))


def _keys(values: Iterable[str | None]) -> list[UUID]:
    """The echoed keys that are UUIDs: others are not ours."""
    found = []
    for value in values:
        try:
            found.append(UUID(value or ""))
        except ValueError:
            continue
    return found


def _likeness(thread: str, parent: str | None, text: str) -> tuple[str, str, str]:
    return thread, parent or "", " ".join(text.split()).casefold()


@dataclass
class _Book:
    """Deliveries by the three ways of recognising them; each is handed out once."""

    by_key: dict[str, Delivery] = field(default_factory=dict)
    by_remote: dict[str, Delivery] = field(default_factory=dict)
    by_likeness: dict[tuple[str, str, str], list[Delivery]] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Iterable[Delivery]) -> _Book:
        book = cls()
        for row in rows:
            book.by_key[str(row.key)] = row
            if row.remote_id:
                book.by_remote[row.remote_id] = row
            if State(row.state) in _OPEN:
                draft = row.draft
                like = _likeness(draft["thread_key"], draft["parent_id"], draft["text"])
                book.by_likeness.setdefault(like, []).append(row)
        return book

    def take(self, echo: InboundMessage) -> Delivery | None:
        like = _likeness(echo.thread_key, echo.parent_id, echo.text)
        ways = [
            self.by_remote.get(echo.external_id),
            self.by_key.get((echo.echo_key or "").lower()),
            # A key that is not ours belongs to somebody else's message, however alike the texts.
            *(self.by_likeness.get(like, []) if not echo.echo_key else []),
        ]
        # One that has an id on the network already is only recognised by that id.
        known = self.by_remote.get(echo.external_id)
        free = [row for row in ways if row and row.id not in self.taken]
        free = [row for row in free if row is known or not row.remote_id]
        if not free:
            return None
        self.taken.add(free[0].id)
        self.by_remote[echo.external_id] = free[0]
        return free[0]


def _settle(pairs: Sequence[tuple[InboundMessage, Delivery]]) -> None:
    echo_of = {row.id: echo for echo, row in pairs}

    def proof(row: Delivery) -> dict[str, Any]:
        echo = echo_of[row.id]
        return sent_columns(Sent(echo.external_id, echo.permalink or "", echo.occurred_at))

    proven = [row for _, row in pairs if State(row.state) in _OPEN]
    move(proven, State.SENT, reason="its echo came", each=proof)
    confirm([row for _, row in pairs])


def confirm(rows: Iterable[Delivery], reason: str = "its echo came") -> None:
    """Confirm those of the locked deliveries that are sent."""
    move([row for row in rows if row.state == State.SENT], State.CONFIRMED, reason=reason)


def record_receipts(workspace_id: UUID, channel_id: UUID, items: Sequence[Receipt]) -> None:
    """Note what the network says about the delivery of our messages.

    Delivered or read confirms; a key in the receipt is also proof for what was in doubt. Failed
    after acceptance tells the agent, the delivery keeps its state.
    """
    rows = Delivery.objects.select_for_update(no_key=True).filter(
        Q(key__in=_keys(item.echo_key for item in items))
        | Q(remote_id__in=[item.target_id for item in items if item.target_id]),
        workspace_id=workspace_id,
        channel_id=channel_id,
        state__in=sorted(_WAITING),
    )
    by_key = {str(row.key): row for row in rows.order_by("id")}
    by_remote = {row.remote_id: row for row in by_key.values() if row.remote_id}
    good: list[tuple[Receipt, Delivery]] = []
    bad: list[tuple[Receipt, Delivery]] = []
    for item in items:
        row = by_remote.get(item.target_id or "") or by_key.get((item.echo_key or "").lower())
        if row is not None:
            (bad if item.state is ReceiptState.FAILED else good).append((item, row))
    _prove(good)
    _blame(bad)


def _prove(pairs: Sequence[tuple[Receipt, Delivery]]) -> None:
    receipt_of = {row.id: item for item, row in pairs}
    rows = list({row.id: row for _, row in pairs}.values())

    def proof(row: Delivery) -> dict[str, Any]:
        item = receipt_of[row.id]
        return sent_columns(Sent(item.target_id or "", row.permalink, item.occurred_at))

    open_rows = [row for row in rows if State(row.state) in _OPEN]
    move(open_rows, State.SENT, reason="its receipt came", each=proof)
    confirm(rows, "its receipt came")


_UNDELIVERED = "The network took this message but could not deliver it."


def _blame(pairs: Iterable[tuple[Receipt, Delivery]]) -> None:
    """Tell what could not be delivered, and why, in the network's own words."""
    reason_of = {row.id: (item.reason, row) for item, row in pairs}
    failed = [row for _, row in reason_of.values()]
    for reason, row in reason_of.values():
        row.failure_code = "undelivered"
        row.failure_message = f"{_UNDELIVERED} {clean(reason)[0]}".strip()
    if failed:
        here = Delivery.objects.filter(workspace_id=failed[0].workspace_id)
        here.bulk_update(failed, ["failure_code", "failure_message"])
    tell(failed, State.FAILED)
