"""What comes back: from a team whose hours have ended, from people who are away or have left."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from hearwell.conversations import services as conversations
from hearwell.conversations.services import Handing
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing.board import Board
from hearwell.routing.events import TeamChanged
from hearwell.routing.services.standing import note, overflow_at, requeue

_MINUTE: Final = 60
# Nobody is on it at this moment.
_UNCLAIMED: Final = """NOT EXISTS (SELECT FROM routing_claim k
        WHERE k.workspace_id = c.workspace_id AND k.case_id = c.id AND k.expires_at > %(now)s)"""
_WAITS: Final = "c.status = 'open' AND NOT c.is_historic AND c.turn = 'ours'"
# By hand is by hand: only what is with nobody, or was given by the machine, changes its team.
_AFTER_HOURS: Final = f"""
    SELECT c.id, c.assignee_id, p.team_id
    FROM routing_placement p
    JOIN conversations_case c ON c.workspace_id = p.workspace_id AND c.id = p.case_id
    WHERE p.workspace_id = %(workspace)s AND p.team_id = ANY(%(teams)s)
        AND p.state IN ('queued', 'given') AND (c.assignee_id IS NULL OR c.assignee_id = p.user_id)
        AND {_WAITS} AND {_UNCLAIMED}
    ORDER BY c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608  only our own fragments
_TAKEN_OVER: Final = """
    UPDATE routing_placement p SET state = 'queued', team_id = r.team_id, user_id = NULL,
        given_at = NULL, not_to_id = NULL, stage = 0, queued_at = %s, look_at = r.look_at,
        needs_key = coalesce((SELECT string_agg((n->>0) || '=' || (n->>1), chr(31))
            FROM jsonb_array_elements(p.needs) n), '')
    FROM json_to_recordset(%s::json) AS r(id uuid, team_id uuid, look_at timestamptz)
    WHERE p.workspace_id = %s AND p.case_id = r.id
"""
_OF_THE_AWAY: Final = f"""
    SELECT c.id, c.assignee_id FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.assignee_id = ANY(%(people)s) AND {_WAITS}
        AND {_UNCLAIMED}
    ORDER BY c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608  only our own fragments
_OF_THE_GONE: Final = f"""
    SELECT c.id, c.assignee_id FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.assignee_id IS NOT NULL AND {_WAITS}
        AND NOT EXISTS (SELECT FROM accounts_membership m
            WHERE m.workspace_id = c.workspace_id AND m.user_id = c.assignee_id)
    ORDER BY c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608  only our own fragments


def hand_over(board: Board, at_most: int) -> int:
    """Hand what waits for us in teams whose hours are over to the next team that is open.

    What the customer must answer stays; so does what somebody took or was given by hand.
    """
    nexts = {key: board.taking_over(key) for key in board.teams}
    closed = [key for key, other in nexts.items() if key != other]
    if not closed:
        return 0
    values = {"teams": closed, "most": at_most, **_values(board)}
    found = rows.fetch(_AFTER_HOURS, values)
    if not found:
        return 0
    handings = [
        Handing(case_id, holder_id, None, nexts[team_id], _why_hours(board, team_id))
        for case_id, holder_id, team_id in found
    ]
    moved = conversations.hand(handings)
    lines = [
        {
            "id": one.case_id,
            "team_id": one.team_id,
            "look_at": overflow_at(board.teams[one.team_id], 0),
        }
        for one in handings
        if one.case_id in moved and one.team_id
    ]
    rows.fetch(_TAKEN_OVER, [now(), rows.document(lines), board.workspace_id], is_read=False)
    _tell(board, handings, moved)
    return len(moved)


def _tell(board: Board, handings: list[Handing], moved: set[UUID]) -> None:
    by_team: dict[UUID, list[UUID]] = {}
    for one in handings:
        if one.case_id in moved and one.team_id:
            by_team.setdefault(one.team_id, []).append(one.case_id)
    emit(TeamChanged(board.workspace_id, ids, key, "hours") for key, ids in by_team.items())


def _why_hours(board: Board, team_id: UUID) -> dict[str, Any]:
    other = board.teams[board.taking_over(team_id)]
    return {"code": "hours", "from": board.teams[team_id].name, "team": other.name}


def give_back(board: Board, at_most: int) -> int:
    """Take what waits with people who have been away too long back into its queue."""
    moment, after_s = now(), board.settings.back_after_s
    away = [
        one
        for one in board.members.values()
        if one.away_since and (moment - one.away_since).total_seconds() >= after_s
    ]
    if not away:
        return 0
    values = {"people": [one.user_id for one in away], "most": at_most, **_values(board)}
    minutes = max(1, round(after_s / _MINUTE))
    whys = {one.user_id: {"code": "away", "name": one.name, "minutes": minutes} for one in away}
    return _take_back(board, rows.fetch(_OF_THE_AWAY, values), whys)


def take_from_the_gone(board: Board, at_most: int) -> int:
    """Take what waits with people who have left the workspace back into its queue."""
    found = rows.fetch(_OF_THE_GONE, {"most": at_most, "workspace": board.workspace_id})
    return _take_back(board, found, {holder: {"code": "left"} for _case, holder in found})


def _take_back(board: Board, found: list[tuple[Any, ...]], whys: dict[UUID, dict[str, Any]]) -> int:
    if not found:
        return 0
    moved = conversations.hand(
        [Handing(case_id, holder, None, None, whys[holder]) for case_id, holder in found]
    )
    back = {case_id: holder for case_id, holder in found if case_id in moved}
    note(board.workspace_id, back)
    requeue(board.workspace_id, back)
    return len(moved)


def _values(board: Board) -> dict[str, Any]:
    return {"workspace": board.workspace_id, "now": now()}
