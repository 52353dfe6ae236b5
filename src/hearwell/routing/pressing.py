"""Which of those that wait comes first: urgent ones, then who can still be answered in time.

Before all of them stands who was told that it is solved and says no, the longest first.

By due time alone a desk that has fallen behind answers nobody in time any more: whoever is late
already stands before everybody whose promise could still be kept. Played through on a day with as
much work as people can do, that halves the share of those answered within what they expect. Whoever
is late is not forgotten for that: one place in so many is theirs, the longest late first.
"""

from __future__ import annotations

from typing import Final

from hearwell.kit.ids import uuid7

URGENT_FROM: Final = 3
LATE_ONE_IN: Final = 4
# Parameters: now, and is_late_turn. What has no due time comes last.
PRESSING: Final = f"""
    c.unsolved_at, (c.urgency >= {URGENT_FROM}) DESC,
    (c.due_at < %(now)s) IS DISTINCT FROM %(is_late_turn)s, c.due_at, c.id
"""


def is_late_turn() -> bool:
    """Return whether this place belongs to somebody who is late; by chance, one in LATE_ONE_IN."""
    return uuid7().int % LATE_ONE_IN == 0
