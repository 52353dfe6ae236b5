"""Who takes in what: the seam through which items leave this package, upwards.

``@takes(InboundMessage) def take_in(channel, items)`` registers the one taker of a type. It is
called with consecutive items of that type for one channel, in the network's order, inside one
transaction in the scope of the channel's workspace. Raising parks the item that cannot be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.connect.model import Inbound, Source

I = TypeVar("I", bound=Inbound)  # noqa: E741 -- the type variable of "item"
Taker = Callable[[Channel, Sequence[Any]], Any]
TAKERS: dict[type[Inbound], Taker] = {}


class TakerTakenError(ValueError):
    """Another function already takes this type."""


@dataclass(frozen=True, slots=True)
class RawRef:
    """The raw delivery behind an item: ``received_at`` is when it reached us."""

    id: UUID
    received_at: datetime
    source: Source


_refs: ContextVar[Sequence[RawRef]] = ContextVar("hearwell_raw_refs", default=())


def takes(
    item_type: type[I],
) -> Callable[
    [Callable[[Channel, Sequence[I]], Any]],
    Callable[[Channel, Sequence[I]], Any],
]:
    """Register the decorated function as the taker of one type of item."""

    def register(
        taker: Callable[[Channel, Sequence[I]], Any],
    ) -> Callable[[Channel, Sequence[I]], Any]:
        known = TAKERS.get(item_type)
        if known is not None and known.__qualname__ != taker.__qualname__:
            message = f"{item_type.__name__} is taken by {known.__module__}.{known.__qualname__}"
            raise TakerTakenError(message)
        TAKERS[item_type] = taker
        return taker

    return register


def taker_of(item_type: type[Inbound]) -> Taker | None:
    """Return the taker of a type, or None if nobody takes it."""
    return TAKERS.get(item_type)


def raw_of(item: Inbound) -> RawRef | None:
    """Return the raw delivery that an item being taken in came with; None outside a drain."""
    refs = _refs.get()
    if item.raw_index is None or item.raw_index >= len(refs):
        return None
    return refs[item.raw_index]


@contextmanager
def behind(refs: Sequence[RawRef]) -> Iterator[None]:
    """Make `refs` the raw deliveries that ``raw_index`` points into."""
    token = _refs.set(refs)
    try:
        yield
    finally:
        _refs.reset(token)
