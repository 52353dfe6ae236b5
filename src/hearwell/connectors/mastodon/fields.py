"""Values out of what a server sent. Whatever is missing or odd is ``ContractChanged``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hearwell.connect.failures import ContractChanged

Fields = Mapping[str, Any]


def web(value: object) -> str:
    """An address on the web; empty if it is none."""
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def string(fields: Fields, name: str) -> str:
    """A string that is there. Raises ``ContractChanged``."""
    value = fields.get(name)
    if isinstance(value, str) and value:
        return value
    message = f"Mastodon sent no {name}"
    raise ContractChanged(message)


def optional(fields: Fields, name: str) -> str | None:
    """A string, if there is one."""
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def moment(fields: Fields, name: str) -> datetime:
    """A time in UTC. Raises ``ContractChanged``."""
    try:
        found = datetime.fromisoformat(string(fields, name))
        if found.tzinfo is UTC:
            return found
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    # OverflowError: a time at the very edge of the calendar, moved over it by its own offset.
    except (ValueError, OverflowError):
        pass
    message = f"Mastodon sent no readable {name}"
    raise ContractChanged(message)
