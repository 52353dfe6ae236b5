"""What a played day was like: for those who waited, and beside first come, first served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from hearwell.kit.scope import scope
from hearwell.simulation.crowd import Spike
from hearwell.simulation.day import Day
from hearwell.simulation.first_come import first_come
from hearwell.simulation.shares import Fate, kept, urgent

BAR: Final = {"urgent": 0.95, "urgent_in_spike": 0.90, "points_above_first_come": 15.0}
_OWNERLESS: Final = """
    SELECT count(*) FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
    WHERE m.direction = 'in' AND (v.id IS NULL OR (c.team_id IS NULL AND c.assignee_id IS NULL))
"""
_SILENT: Final = """
    SELECT count(*) FROM conversations_case c
    WHERE c.status = 'closed' AND c.closed_reason = ''
"""
Fates = Mapping[str, Fate]


def found(played: Day, spike: Spike | None = None) -> dict[str, Any]:
    """Return the figures of a day and the bars they are held against."""
    ours = {
        key: (one, played.answered.get(key)) for key, one in played.said.items() if one.needs_answer
    }
    theirs = first_come(played.crowd, played.pace, played.seed, played.lasts_s)
    ends_s = played.lasts_s
    expected, first = kept(ours.values(), ends_s), kept(theirs.values(), ends_s)
    points = 100 * ((expected.share or 0) - (first.share or 0))
    figures = {
        "messages": len(played.said),
        "agents": len(played.pace),
        "wanted_an_answer": len(ours),
        "answered": sum(at is not None for _, at in ours.values()),
        "missed_by_triage": len(_missed(played, ours)),
        "without_owner_or_verdict": _count(played, _OWNERLESS),
        "closed_without_a_reason": _count(played, _SILENT),
        "closed_unanswered": sum(key in played.closed_as_noise for key in ours),
        "urgent_within_15_min": urgent(ours.values(), ends_s).shown(),
        "urgent_first_come": urgent(theirs.values(), ends_s).shown(),
        "within_what_they_expect": expected.shown(),
        "within_what_they_expect_first_come": first.shown(),
        "points_above_first_come": round(points, 1),
        "bar": BAR,
    }
    if spike:
        in_spike = [fate for fate in ours.values() if spike.holds(fate[0].at_s)]
        figures["urgent_in_spike"] = urgent(in_spike, ends_s).shown()
    return figures


def _missed(played: Day, ours: Fates) -> list[str]:
    """Return what wanted an answer and waited in no queue: the house thought it wanted none."""
    statement = """
        SELECT m.remote_id FROM conversations_message m
        JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
        WHERE m.direction = 'in' AND v.duty = 'none'
    """
    with scope(played.house.id), connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall() if row[0] in ours]


def _count(played: Day, statement: str) -> int:
    with scope(played.house.id), connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
