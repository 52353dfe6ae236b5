"""How an examination says that a promise of the contract is broken."""

from __future__ import annotations


class NonconformingError(AssertionError):
    """The connector breaks a promise of the contract."""


def must(holds: object, message: str) -> None:
    """Raise NonconformingError unless it holds."""
    if not holds:
        raise NonconformingError(message)
