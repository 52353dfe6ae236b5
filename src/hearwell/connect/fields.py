"""Typed values out of the JSON that a network sent. Pure; what is not there as promised raises.

All raise ``ContractChanged``: a network that sends something else than it did has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from hearwell.connect.failures import ContractChanged

Fields = Mapping[str, Any]


# Five megabytes of nothing but brackets are 1.7 million lists: seconds of work, and their memory.
MOST_PARTS: Final = 250_000


def json_of(body: bytes, who: str) -> Any:
    """What the bytes say; ``who`` names the network that sent them, should it be no JSON."""
    few_parts(body, who)
    try:
        return json.loads(body)
    # RecursionError: a few thousand nested brackets are valid JSON and a cheap attack.
    except (ValueError, RecursionError) as error:
        message = f"{who} sent something that is not JSON: {type(error).__name__}"
        raise ContractChanged(message) from error


def few_parts(body: bytes, who: str) -> None:
    """Look that JSON has no more lists and objects than anybody sends, before it is read."""
    if body.count(b"[") + body.count(b"{") > MOST_PARTS:
        message = f"{who} sent something of too many parts"
        raise ContractChanged(message)


def object_in(value: object, what: str) -> Fields:
    """An object; ``what`` names it, should it be none."""
    if isinstance(value, dict):
        return cast("Fields", value)
    message = f"The network sent {what} that is not an object"
    raise ContractChanged(message)


def objects_in(value: object) -> list[Fields]:
    """A list of objects."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return value
    message = "The network sent no list of objects where there should be one"
    raise ContractChanged(message)


def text_in(fields: Fields, name: str) -> str:
    """A text, which may be empty."""
    value = fields.get(name)
    if isinstance(value, str):
        return value
    message = f"The network sent no {name}"
    raise ContractChanged(message)


def nonempty_in(fields: Fields, name: str) -> str:
    """A text that says something, such as an id."""
    value = fields.get(name)
    if isinstance(value, str) and value:
        return value
    message = f"The network sent no {name}"
    raise ContractChanged(message)


def text_or_none(fields: Fields, name: str) -> str | None:
    """A text that says something, or None. Never raises."""
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def number_in(fields: Fields, name: str) -> int:
    """A whole number; True and False are none."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    message = f"The network sent no {name}"
    raise ContractChanged(message)


def moment_in(fields: Fields, name: str) -> datetime:
    """An ISO time with its zone, in UTC."""
    found = moment_or_none(fields.get(name))
    if found is not None:
        return found
    message = f"The network sent no readable {name}"
    raise ContractChanged(message)


def moment_or_none(value: object) -> datetime | None:
    """An ISO time with its zone, in UTC; None if the value is none. Never raises."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is UTC:
            return moment
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    # OverflowError: a time at the very edge of the calendar, moved over it by its own offset.
    except (ValueError, OverflowError):
        return None
