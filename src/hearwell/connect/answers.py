"""What an answer of a network says, and its headers of pace; nothing in them can raise. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hearwell.kit import clock
from hearwell.kit.http import retry_after_s
from hearwell.kit.numbers import whole_number

if TYPE_CHECKING:
    import httpx

_A_MINUTE_S = 60
# Until the year 5138, which a datetime still holds.
_EPOCH_DIGITS = 11
_DIGITS = 9


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


def wait_in(headers: httpx.Headers) -> datetime | None:
    """When ``Retry-After`` lets us come again; None where it names no seconds, or too many."""
    seconds = retry_after_s(headers)
    return clock.now() + timedelta(seconds=seconds) if seconds else None


def soonest(response: httpx.Response) -> datetime:
    """When a server that asks us to wait lets us come again: as it says, else in a minute."""
    return wait_in(response.headers) or clock.now() + timedelta(seconds=_A_MINUTE_S)


def reset_in(headers: httpx.Headers, name: str) -> datetime | None:
    """When a limit begins anew, as a header says in seconds since 1970; None where it does not."""
    seconds = whole_number(headers.get(name), digits=_EPOCH_DIGITS)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def allowance_in(headers: httpx.Headers, prefix: str) -> tuple[int, int] | None:
    """Calls left and allowed: ``<prefix>remaining``, ``<prefix>limit``; None where not said."""
    names = ("remaining", "limit")
    left, limit = (whole_number(headers.get(prefix + name), digits=_DIGITS) for name in names)
    return None if left is None or limit is None else (left, limit)
