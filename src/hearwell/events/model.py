"""Domain events: frozen facts in the past tense, stored as JSON and read back as they were."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Self, get_args, get_origin, get_type_hints
from uuid import UUID

EVENT_TYPES: dict[str, type[DomainEvent]] = {}
CAUSED_BY: Final = "caused_by"
_ABOUT: Final = frozenset({"workspace_id", "event_id", CAUSED_BY})
_HINTS: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class DomainEvent:
    """Something that happened in one workspace.

    Subclasses are frozen dataclasses of UUID, str, int, float, bool, datetime, None, and lists,
    tuples and dicts of these.
    """

    workspace_id: UUID
    name: ClassVar[str] = "DomainEvent"
    # Of one that was read back: the id of its row, and what had caused it (services.causing).
    event_id: ClassVar[UUID | None] = None
    caused_by: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = cls.__name__
        EVENT_TYPES[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """Return the fields, the workspace left out, as JSON-able values."""
        return {name: _plain(value) for name, value in vars(self).items() if name not in _ABOUT}

    @classmethod
    def restored(cls, workspace_id: UUID, payload: dict[str, Any]) -> Self:
        """Rebuild the event; fields added since it was stored take their defaults."""
        hints = _hints(cls)
        told = {key: value for key, value in payload.items() if key in hints and key not in _ABOUT}
        values = {key: _typed(value, hints[key]) for key, value in told.items()}
        return cls(workspace_id=workspace_id, **values)

    def known_as(self, event_id: UUID, payload: dict[str, Any]) -> Self:
        """Note which row it was read from, and what had caused it; returns itself."""
        vars(self)["event_id"] = event_id
        vars(self)["caused_by"] = tuple(payload.get(CAUSED_BY, ()))
        return self


def _plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return value


def _hints(cls: type[DomainEvent]) -> dict[str, Any]:
    if cls.name not in _HINTS:
        _HINTS[cls.name] = get_type_hints(cls)
    return _HINTS[cls.name]


def _typed(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _typed(value, next(arg for arg in get_args(hint) if arg is not type(None)))
    if origin in (list, tuple):
        return origin(_typed(item, get_args(hint)[0]) for item in value)
    if hint is UUID:
        return UUID(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return value
