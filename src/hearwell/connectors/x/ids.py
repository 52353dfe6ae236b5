"""X's ids: numbers too large for JSON's, so strings; the time when they were made is in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from hearwell.connect.failures import ContractChanged

_EPOCH_MS: Final = 1_288_834_974_657
_MOST: Final = 2**63
_SHIFT: Final = 22


def is_id(value: object) -> bool:
    """Whether it is one: 1 to 19 digits."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) < _MOST


def id_of(value: object, what: str) -> str:
    """The id that it is. Raises ``ContractChanged``."""
    if isinstance(value, str) and is_id(value):
        return value
    message = f"X sent no id of {what}"
    raise ContractChanged(message)


def moment_of(one: str) -> datetime:
    """When an id was made."""
    return datetime.fromtimestamp(((int(one) >> _SHIFT) + _EPOCH_MS) / 1000, UTC)


def order(one: str) -> int:
    """What sorts ids by their time; what is none comes first."""
    return int(one) if is_id(one) else 0


def permalink(post: str) -> str:
    """Where a post is seen, whatever its author is called by now."""
    return f"https://x.com/i/status/{post}"
