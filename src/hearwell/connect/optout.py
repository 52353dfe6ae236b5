"""Networks where a word is enough to be left alone: STOP, and START to hear from us again."""

from __future__ import annotations

from abc import ABC, abstractmethod


class HeedsWishes(ABC):
    """Knows when a customer asks for no more messages.

    The house remembers it, tells whoever opens the composer, and sends nothing until the customer
    takes it back. A network that refuses by itself raises ``OptedOut``, which is remembered alike.
    """

    @abstractmethod
    def wish(self, text: str) -> bool | None:
        """Return True for no more, False for messages again, None for anything else. PURE."""
