"""Numbers out of what people and machines write."""

from __future__ import annotations


def whole_number(text: str | None, *, digits: int) -> int | None:
    """Return a number of at most so many ASCII digits; None for anything else.

    Eighteen digits fit into PostgreSQL's bigint, nine into its integer.
    """
    if not text or len(text) > digits or not (text.isascii() and text.isdigit()):
        return None
    return int(text)
