"""To whom: a batch of decisions at a time, one batch of a workspace at a time.

Run by the worker after the take-in, never in its transaction. What is decided is the rules'; here
are the rows around it. Whoever is faster by hand keeps the case: rows are locked, skipped where
somebody else has them, and handed over only from whom they were seen with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from hearwell.conversations import services as conversations
from hearwell.conversations.rules import Gist
from hearwell.conversations.services import Handing
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing import pressing
from hearwell.routing.accounts import PURPOSE
from hearwell.routing.board import Board, read_board
from hearwell.routing.events import TeamChanged
from hearwell.routing.facts import case_facts
from hearwell.routing.models import PlacementState, Rule, Team
from hearwell.routing.openings import Opening, openings
from hearwell.routing.pressing import PRESSING
from hearwell.routing.rules import (
    LAST_STAGE,
    CaseFacts,
    Decision,
    Method,
    Mode,
    Person,
    Wait,
    decide,
    first_that_fits,
    key_of,
    needs_from,
    needs_of,
)
from hearwell.routing.services.returning import give_back, hand_over
from hearwell.routing.services.standing import overflow_at

Gists = Callable[[Collection[UUID]], Mapping[UUID, Gist]]
# Larger ones are faster (people and points are read once for each) and hold their rows longer.
AT_MOST: Final = 1000
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('routing.place' || %s, 0))"
_NEW = f"""
    SELECT p.case_id, c.assignee_id, c.team_id, c.network, c.channel_id::text, k.care, k.purpose,
        c.audience, c.kind, c.urgency, ARRAY(SELECT lower(t.name) FROM conversations_casetag ct
            JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
            WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id),
        coalesce((SELECT k.tier FROM contacts_contact k
            WHERE k.workspace_id = c.workspace_id AND k.id = c.contact_id), '')
    FROM routing_placement p
    JOIN conversations_case c ON c.workspace_id = p.workspace_id AND c.id = p.case_id
    {PURPOSE}
    WHERE p.workspace_id = %s AND p.state = 'new'
    ORDER BY p.queued_at, p.id LIMIT %s FOR UPDATE OF p, c SKIP LOCKED
"""  # noqa: S608  only our own fragments
_SORTED = """
    UPDATE routing_placement p SET team_id = r.team_id, rule_id = r.rule_id, state = r.state,
        rule_name = r.rule_name, needs = r.needs, needs_key = r.needs_key, priority = r.priority,
        stage = 0, queued_at = %s, look_at = r.look_at
    FROM json_to_recordset(%s::json) AS r(id uuid, team_id uuid, rule_id uuid, rule_name text,
        state text, needs jsonb, needs_key text, priority smallint, look_at timestamptz)
    WHERE p.workspace_id = %s AND p.case_id = r.id
"""
# Who waits and may be anybody's is looked for again after this, so that it is not missed later.
_LATE = """
    SELECT p.case_id, p.team_id, p.stage, p.needs_key, c.assignee_id IS NULL AND c.status = 'open'
        AND c.turn = 'ours' AND NOT c.is_historic
    FROM routing_placement p
    JOIN conversations_case c ON c.workspace_id = p.workspace_id AND c.id = p.case_id
    WHERE p.workspace_id = %s AND p.look_at <= %s AND p.state = 'queued'
    ORDER BY p.look_at LIMIT %s FOR UPDATE OF p, c SKIP LOCKED
"""
_STAGED = """
    UPDATE routing_placement p SET stage = r.stage, team_id = r.team_id, look_at = r.look_at,
        needs_key = CASE WHEN r.stage > 0 THEN '' ELSE p.needs_key END
    FROM json_to_recordset(%s::json) AS r(id uuid, team_id uuid, stage smallint,
        look_at timestamptz)
    WHERE p.workspace_id = %s AND p.case_id = r.id
"""
_KEYS = """
    SELECT DISTINCT needs_key FROM routing_placement
    WHERE workspace_id = %s AND team_id = %s AND state = 'queued'
"""
# The load of a case is what rules.load_of says.
_WAITING = f"""
    SELECT c.id, c.network, c.audience, p.needs_key, p.stage, p.not_to_id, p.rule_name
    FROM routing_placement p
    JOIN conversations_case c ON c.workspace_id = p.workspace_id AND c.id = p.case_id
    JOIN json_to_recordset(%(openings)s::json) AS o(needs_key text, load text, only_id uuid)
        ON o.needs_key = p.needs_key AND o.load = CASE c.network WHEN 'webchat' THEN 'chat'
            WHEN 'email' THEN 'mail'
            ELSE CASE c.audience WHEN 'private' THEN 'private' ELSE 'public' END END
    WHERE p.workspace_id = %(workspace)s AND p.team_id = %(team)s AND p.state = 'queued'
        AND p.needs_key = ANY(%(keys)s)
        AND c.status = 'open' AND NOT c.is_historic AND c.turn = 'ours' AND c.assignee_id IS NULL
        AND NOT EXISTS (SELECT FROM routing_claim k WHERE k.workspace_id = c.workspace_id
            AND k.case_id = c.id AND k.expires_at > %(now)s)
        AND (p.stage > 0 OR o.only_id IS NULL OR p.not_to_id IS DISTINCT FROM o.only_id)
    ORDER BY p.priority DESC, {PRESSING} LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608  only our own fragment
_GIVEN = """
    UPDATE routing_placement p SET state = 'given', user_id = r.user_id, given_at = %s,
        not_to_id = NULL, look_at = NULL
    FROM json_to_recordset(%s::json) AS r(id uuid, user_id uuid)
    WHERE p.workspace_id = %s AND p.case_id = r.id
"""
_TURNS = """
    UPDATE routing_teammember m SET turn = r.turn
    FROM json_to_recordset(%s::json) AS r(user_id uuid, turn bigint)
    WHERE m.workspace_id = %s AND m.team_id = %s AND m.user_id = r.user_id
"""


def no_gists(_case_ids: Collection[UUID]) -> Mapping[UUID, Gist]:
    """Know nothing of what any case is about."""
    return {}


def place_batch(
    workspace_id: UUID,
    open_calendars: Collection[str] = (),
    gists: Gists = no_gists,
    *,
    at_most: int = AT_MOST,
) -> int:
    """Decide on at most so many cases of each sort, in the caller's transaction; how many moved.

    Parameters
    ----------
    open_calendars: the keys of the opening hours that are open now.
    gists: case ids -> what each is about, where it is known.
    """
    lock(workspace_id)
    board = read_board(workspace_id, open_calendars)
    moved, pending = sort_new(board, gists, at_most)
    moved += hand_over(board, at_most) + give_back(board, at_most) + overflow(board, at_most)
    moved += give_out(board, at_most, pending)
    move(workspace_id, list(pending.values()), "rule")
    return moved


def lock(workspace_id: UUID) -> None:
    """Let nobody else decide in this workspace until the transaction ends: points are counted."""
    rows.fetch(_LOCK, [str(workspace_id)])


def sort_new(board: Board, gists: Gists, at_most: int) -> tuple[int, dict[UUID, Handing]]:
    """Find the team of cases that came in, by the first rule that fits; how many were looked at.

    Also returns the moves to teams that are still to be made: a case that is given to somebody in
    this batch is written once, and tells its whole reason in one line.
    """
    found = rows.fetch(_NEW, [board.workspace_id, at_most])
    if not found:
        return 0, {}
    told = gists([row[0] for row in found])
    active = [rule for rule in board.rules if rule.is_active]
    conditions = [rule.conditions for rule in active]
    lines, moves = [], []
    for case_id, assignee_id, team_id, *known in found:
        facts = case_facts(told.get(case_id, Gist()), *known)
        place = first_that_fits(conditions, facts)
        rule = active[place] if place is not None else None
        home = rule.team_id if rule else board.default.id
        team = board.teams[board.taking_over(home)]
        state = PlacementState.HELD if assignee_id else PlacementState.QUEUED
        lines.append(_sorted(case_id, team, rule, facts, state.value))
        if team_id != team.id or rule is not None:
            why = _why_team(board, rule.name if rule else "", home, team)
            moves.append(Handing(case_id, assignee_id, assignee_id, team.id, why))
    rows.fetch(_SORTED, [now(), rows.document(lines), board.workspace_id], is_read=False)
    pending = {m.case_id: m for m in moves if m.to_id is None and "closed" not in m.why}
    move(board.workspace_id, [one for one in moves if one.case_id not in pending], "rule")
    return len(found), pending


def _sorted(
    case_id: UUID, team: Team, rule: Rule | None, facts: CaseFacts, state: str
) -> dict[str, Any]:
    """Return the line of `_SORTED` for a case."""
    needs = needs_of(rule.needed if rule else (), facts)
    return {
        "id": case_id,
        "team_id": team.id,
        "state": state,
        "rule_id": rule.id if rule else None,
        "rule_name": rule.name if rule else "",
        "needs": needs,
        "needs_key": key_of(needs),
        "priority": rule.priority if rule else 0,
        "look_at": overflow_at(team, 0),
    }


def _why_team(board: Board, rule_name: str, home: UUID, team: Team) -> dict[str, Any]:
    why: dict[str, Any] = {"code": "rule" if rule_name else "default", "team": team.name}
    if rule_name:
        why["rule"] = rule_name
    if home != team.id:
        why["closed"] = board.teams[home].name
    return why


def move(workspace_id: UUID, handings: Sequence[Handing], why: str) -> None:
    """Move cases to other teams and tell of it."""
    moved = conversations.hand(handings)
    by_team: dict[UUID, list[UUID]] = {}
    for one in handings:
        if one.case_id in moved and one.team_id is not None:
            by_team.setdefault(one.team_id, []).append(one.case_id)
    emit(TeamChanged(workspace_id, ids, team_id, why) for team_id, ids in by_team.items())


def overflow(board: Board, at_most: int) -> int:
    """Let what waited too long be done without the skill, then by the overflow team."""
    found = rows.fetch(_LATE, [board.workspace_id, now(), at_most])
    lines, handings = [], []
    for case_id, team_id, stage, needs_key, is_waiting in found:
        team = board.teams[team_id]
        later = _later(board, team, stage, needs_key) if is_waiting else (stage, team)
        next_stage, next_team = later
        look_at = overflow_at(next_team, next_stage)
        lines.append(
            {"id": case_id, "team_id": next_team.id, "stage": next_stage, "look_at": look_at}
        )
        if is_waiting and next_stage != stage:
            why = _why_later(team, next_team, needs_key)
            handings.append(Handing(case_id, None, None, next_team.id, why))
    if lines:
        rows.fetch(_STAGED, [rows.document(lines), board.workspace_id], is_read=False)
        move(board.workspace_id, handings, "overflow")
    return len(handings)


def _later(board: Board, team: Team, stage: int, needs_key: str) -> tuple[int, Team]:
    """Return the next stage and its team; what needs no skill skips the stage without it."""
    if stage == 0 and needs_key:
        return 1, team
    other = board.teams.get(team.overflow_team_id) if team.overflow_team_id else None
    return LAST_STAGE, other or team


def _why_later(team: Team, other: Team, needs_key: str) -> dict[str, Any]:
    minutes = max(1, round(team.overflow_after_s / 60))
    if team.id != other.id:
        return {"code": "overflow", "from": team.name, "team": other.name, "minutes": minutes}
    if not needs_key:
        return {}
    skills = [list(pair) for pair in needs_from(needs_key)]
    return {"code": "any_skill", "team": team.name, "minutes": minutes, "skills": skills}


def give_out(board: Board, at_most: int, pending: dict[UUID, Handing]) -> int:
    """Give the cases of the teams that push to those who are here and have room.

    Takes those that are given out of `pending`: their move to the team is made with it.
    """
    given = 0
    used: dict[UUID, int] = {}
    for team in board.teams.values():
        if team.mode == Mode.PUSH.value and board.open_teams[team.id]:
            given += _give_out(board, team, used, at_most, pending)
    return given


def _give_out(
    board: Board, team: Team, used: dict[UUID, int], at_most: int, pending: dict[UUID, Handing]
) -> int:
    """Give out one team's cases; `used` keeps the points of people who are in several teams."""
    people = [
        person if person.user_id not in used else replace(person, used=used[person.user_id])
        for person in board.available(team.id)
    ]
    room = sum(person.room for person in people)
    if not room:
        return 0
    to_fill = _openings(board, team.id, people)
    found = rows.fetch(
        _WAITING,
        {
            "workspace": board.workspace_id,
            "team": team.id,
            "keys": list({one.needs_key for one in to_fill}),
            "openings": rows.document(one._asdict() for one in to_fill),
            "now": now(),
            "is_late_turn": pressing.is_late_turn(),
            "most": min(at_most, room),
        },
    )
    waits = [
        Wait(case_id, board.weight(network, audience), needs_from(key), None if stage else not_to)
        for case_id, network, audience, key, stage, not_to, _rule in found
    ]
    decisions = [one for one in decide(waits, people, Method(team.method)) if one.user_id]
    used.update((one.user_id, one.used) for one in decisions if one.user_id)
    _write(board, team, decisions, {row[0]: row[6] for row in found}, pending)
    return len(decisions)


def _openings(board: Board, team_id: UUID, people: Sequence[Person]) -> list[Opening]:
    """Return the sorts of case in a team's queue that somebody could be given now.

    Without this the cases that nobody here can do, or has room for, would stand before those that
    somebody could.
    """
    keys = (row[0] for row in rows.fetch(_KEYS, [board.workspace_id, team_id]))
    return openings([one for one in people if one.room], keys, board.settings.weights)


def _write(
    board: Board,
    team: Team,
    decisions: Sequence[Decision],
    rule_of: Mapping[UUID, str],
    pending: dict[UUID, Handing],
) -> None:
    if not decisions:
        return
    handings = []
    for one in decisions:
        move_too = pending.pop(one.case_id, None)
        why = _why_given(team, one, rule_of[one.case_id])
        handings.append(Handing(one.case_id, None, one.user_id, team.id if move_too else None, why))
    moved = conversations.hand(handings)
    done = [one for one in decisions if one.case_id in moved]
    lines = rows.document({"id": one.case_id, "user_id": one.user_id} for one in done)
    rows.fetch(_GIVEN, [now(), lines, board.workspace_id], is_read=False)
    turns = {one.user_id: one.turn for one in done}
    lines = rows.document({"user_id": key, "turn": turn} for key, turn in turns.items())
    rows.fetch(_TURNS, [lines, board.workspace_id, team.id], is_read=False)


def _why_given(team: Team, decision: Decision, rule_name: str) -> dict[str, Any]:
    why: dict[str, Any] = {
        "code": "given",
        "team": team.name,
        "method": team.method,
        "used": decision.used,
        "capacity": decision.capacity,
    }
    if rule_name:
        why["rule"] = rule_name
    if decision.skills:
        why["skills"] = [list(pair) for pair in decision.skills]
    return why
