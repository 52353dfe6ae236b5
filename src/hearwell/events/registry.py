"""Who listens to what: ``@on(Event)`` in a capability's handlers.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hearwell.events.model import DomainEvent

E = TypeVar("E", bound=DomainEvent)
Handler = Callable[[Sequence[Any]], None]
HANDLERS: dict[str, dict[str, Handler]] = defaultdict(dict)


def handler_name(handler: Handler) -> str:
    """Return the stable name under which a handler's jobs are queued."""
    return f"{handler.__module__}.{handler.__qualname__}"


def on(
    event: type[E],
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Call the decorated function with batches of this event, as a job of its own.

    It runs in the scope of one workspace, at least once and possibly out of order.
    """

    def register(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        HANDLERS[event.name][handler_name(handler)] = handler
        return handler

    return register


def handlers_of(name: str) -> dict[str, Handler]:
    """Return handler name -> handler for an event name; empty if nobody listens."""
    return HANDLERS.get(name, {})
