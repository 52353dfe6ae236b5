"""The order in which a batch of messages has to be taken in. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hearwell.connect.model import InboundMessage


def rounds(items: Sequence[InboundMessage]) -> list[list[InboundMessage]]:
    """Split a batch so that question and answer of one thread never share a round.

    An answer meets the clock of what was written before it and not of what came after, so within
    a thread the two sides take turns. Threads do not wait for each other: a burst of customers
    is one round however many they are, and an archive needs as many rounds as its longest
    dialogue in the batch has turns.
    """
    made: dict[int, list[InboundMessage]] = defaultdict(list)
    turn: dict[str, tuple[int, bool]] = {}
    for item in items:
        place, was_echo = turn.get(item.thread_key, (0, item.is_echo))
        if item.is_echo != was_echo:
            place += 1
        turn[item.thread_key] = (place, item.is_echo)
        made[place].append(item)
    return [made[place] for place in sorted(made)]
