"""What the wallboard asks the database: one statement for each part of the board.

A clock is late here as it is in `sla.queries.attainment`, and waits as in `waiting_now`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.sla.queries import WAITING_CASES

# An answer to a question that is older than this is not drawn: the index is on when it was asked.
OLDEST_ANSWERED: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WaitingAt:
    """Who waits on one network now; the longest wait began at `asked_at` and is due at `due_at`."""

    network: str
    n: int
    unassigned: int
    late: int
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAt:
    """How the promises to answer were kept on one network, of those that began today."""

    network: str
    met: int
    breached: int


@dataclass(frozen=True, slots=True)
class Hour:
    """How many began to wait for an answer within an hour, and how many were answered in it."""

    starts_at: datetime
    asked: int = 0
    answered: int = 0


_WAITING: Final = f"""
    SELECT c.network, count(*), count(*) FILTER (WHERE c.assignee_id IS NULL),
        count(*) FILTER (WHERE w.due_at < %(now)s), min(w.asked_at),
        (array_agg(w.due_at ORDER BY w.asked_at, w.due_at))[1]
    FROM ({WAITING_CASES}) w
    JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = w.case_id
    GROUP BY c.network
"""  # noqa: S608  our own words
_KEPT: Final = """
    SELECT c.network, count(*) FILTER (WHERE k.state = 'met'),
        count(*) FILTER (WHERE k.state IN ('missed', 'unanswered')
            OR (k.state = 'running' AND coalesce(k.paused_at, %(now)s) > k.due_at))
    FROM sla_clock k
    JOIN conversations_case c ON c.workspace_id = k.workspace_id AND c.id = k.case_id
    WHERE k.workspace_id = %(workspace)s AND k.kind = 'answer'
        AND k.started_at >= %(starts_at)s AND k.started_at < %(now)s
    GROUP BY c.network
"""
_HOURS: Final = """
    WITH clocks AS MATERIALIZED (
        SELECT started_at, met_at FROM sla_clock
        WHERE workspace_id = %(workspace)s AND kind = 'answer' AND started_at >= %(oldest)s
    )
    SELECT hour, sum(asked)::int, sum(answered)::int FROM (
        SELECT date_trunc('hour', started_at, %(zone)s) AS hour, 1 AS asked, 0 AS answered
        FROM clocks WHERE started_at >= %(starts_at)s
        UNION ALL
        SELECT date_trunc('hour', met_at, %(zone)s), 0, 1
        FROM clocks WHERE met_at >= %(starts_at)s
    ) happened GROUP BY hour
"""
_KINDS: Final = """
    SELECT c.kind, count(DISTINCT c.id)
    FROM sla_clock k
    JOIN conversations_case c ON c.workspace_id = k.workspace_id AND c.id = k.case_id
    WHERE k.workspace_id = %(workspace)s AND k.started_at >= %(starts_at)s
    GROUP BY c.kind ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a workspace up to now: `starts_at` is midnight in its own `zone`."""

    workspace_id: UUID
    starts_at: datetime
    now: datetime
    zone: str

    def _ask(self, statement: str) -> Sequence[tuple[Any, ...]]:
        values = {
            "workspace": self.workspace_id,
            "starts_at": self.starts_at,
            "now": self.now,
            "zone": self.zone,
            "oldest": self.starts_at - OLDEST_ANSWERED,
        }
        return rows.fetch(statement, values)

    def waiting(self) -> list[WaitingAt]:
        """Return who waits now, by network."""
        return [WaitingAt(*row) for row in self._ask(_WAITING)]

    def kept(self) -> list[KeptAt]:
        """Return how promises to answer that began today were kept, by network."""
        return [KeptAt(*row) for row in self._ask(_KEPT)]

    def hours(self) -> list[Hour]:
        """Return every hour of the day up to now; a day may have 23 or 25 of them."""
        found = {row[0]: row for row in self._ask(_HOURS)}
        starts = [self.starts_at]
        while starts[-1] + timedelta(hours=1) <= self.now:
            starts.append(starts[-1] + timedelta(hours=1))
        return [Hour(start, *found.get(start, (start, 0, 0))[1:]) for start in starts]

    def kinds(self) -> list[tuple[str, int]]:
        """Return what today's cases are about, most first: (kind, cases)."""
        return [(kind, n) for kind, n in self._ask(_KINDS)]
