"""Who listens to what: ``@on(Event)`` in a capability's handlers.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from hearwell.events.model import DomainEvent

E = TypeVar("E", bound=DomainEvent)
Handler = Callable[[Sequence[Any]], None]
Question = Callable[[UUID], bool]
HANDLERS: dict[str, dict[str, Handler]] = defaultdict(dict)
_WHERE: Final[dict[str, Question]] = {}


def handler_name(handler: Handler) -> str:
    """Return the stable name under which a handler's jobs are queued."""
    return f"{handler.__module__}.{handler.__qualname__}"


def on(
    event: type[E], *, where: Question | None = None
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Call the decorated function with batches of this event, as a job of its own.

    It runs in the scope of one workspace, at least once and possibly out of order. `where` says of
    a workspace, in its scope and by one cheap query, whether there is anything to hear for at all:
    no job is queued where there is not.
    """

    def register(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        name = handler_name(handler)
        HANDLERS[event.name][name] = handler
        if where is not None:
            _WHERE[name] = where
        return handler

    return register


def handlers_of(name: str) -> dict[str, Handler]:
    """Return handler name -> handler for an event name; empty if nobody listens."""
    return HANDLERS.get(name, {})


def is_heard(workspace_id: UUID, name: str) -> bool:
    """Say whether anybody in a workspace listens to an event; asks only where it must."""
    handlers = handlers_of(name)
    if any(handler not in _WHERE for handler in handlers):
        return True
    return any(_WHERE[handler](workspace_id) for handler in handlers)


def listeners(workspace_id: UUID, name: str) -> list[str]:
    """Return the names of the handlers that an event has in a workspace."""
    return [one for one in handlers_of(name) if one not in _WHERE or _WHERE[one](workspace_id)]
