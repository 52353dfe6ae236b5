"""What an answer of a network says, read so that nothing in it can raise. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hearwell.kit import clock
from hearwell.kit.http import retry_after_s

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

_A_MINUTE_S = 60


def json_in(response: httpx.Response) -> Any:
    """The JSON of an answer; None if it is none, too deep, or in no encoding."""
    try:
        return response.json()
    # RecursionError: a few thousand nested brackets are valid JSON and a cheap attack.
    except (ValueError, RecursionError):
        return None


def object_or_none(response: httpx.Response) -> dict[str, Any] | None:
    """The object that an answer is; None if it is none."""
    found = json_in(response)
    return found if isinstance(found, dict) else None


def soonest(response: httpx.Response) -> datetime:
    """When a server that asks us to wait lets us come again: as it says, else in a minute."""
    return clock.now() + timedelta(seconds=retry_after_s(response) or _A_MINUTE_S)
