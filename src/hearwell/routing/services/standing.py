"""Where open cases stand in routing: written when they come, anew when they are given back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from hearwell.conversations import services as conversations
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing.board import Board, read_board
from hearwell.routing.models import Placement, Rule, Team
from hearwell.routing.rules import Mode

_MISSED = """
    INSERT INTO routing_placement (workspace_id, id, case_id, state, rule_name, needs, needs_key,
        priority, stage, queued_at)
    SELECT c.workspace_id, gen_random_uuid(), c.id, 'new', '', '[]', '', 0, 0, %(now)s
    FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.status = 'open' AND NOT c.is_historic
        AND c.turn = 'ours' AND NOT EXISTS (
            SELECT FROM routing_placement p
            WHERE p.workspace_id = c.workspace_id AND p.case_id = c.id)
    ORDER BY c.due_at, c.id LIMIT %(most)s
    ON CONFLICT (workspace_id, case_id) DO NOTHING RETURNING case_id
"""
_CLOSED = """
    DELETE FROM routing_placement p USING conversations_case c
    WHERE p.workspace_id = %(workspace)s AND c.workspace_id = p.workspace_id
        AND c.id = p.case_id AND c.status = 'closed'
    RETURNING p.case_id
"""
_REQUEUE = """
    UPDATE routing_placement p SET state = 'queued', user_id = NULL, given_at = NULL,
        not_to_id = r.not_to_id, queued_at = %s,
        look_at = CASE WHEN p.stage < 2 AND t.overflow_after_s > 0
            THEN %s::timestamptz + make_interval(secs => t.overflow_after_s) END
    FROM json_to_recordset(%s::json) AS r(id uuid, not_to_id uuid), routing_team t
    WHERE p.workspace_id = %s AND p.case_id = r.id
        AND t.workspace_id = p.workspace_id AND t.id = p.team_id
"""
_STRAYED = """
    SELECT p.case_id, p.user_id FROM routing_placement p
    JOIN conversations_case c ON c.workspace_id = p.workspace_id AND c.id = p.case_id
    WHERE p.workspace_id = %(workspace)s AND p.state IN ('given', 'held')
        AND c.assignee_id IS NULL
    LIMIT %(most)s
"""
_HELD = """
    UPDATE routing_placement SET state = 'held', user_id = NULL, look_at = NULL
    WHERE workspace_id = %s AND case_id = ANY(%s) AND state <> 'new'
"""
AT_MOST = 1000


class Placed(Protocol):
    """What is read of a message."""

    case_id: UUID
    workspace_id: UUID


def ensure_default_team(workspace_id: UUID) -> Team:
    """Return the team that takes what nobody else gets, making it where there is none.

    Its `is_routed` says whether this workspace has routing set up: a rule, another team, or a team
    whose cases are given out. Until then everything waits in one place for whoever takes it.
    """
    found = _default_team(workspace_id)
    if found is not None:
        return found
    team = Team(workspace_id=workspace_id, name="Everyone", is_default=True)
    Team.objects.bulk_create([team], ignore_conflicts=True)
    return Team.objects.get(workspace_id=workspace_id, is_default=True)


def _default_team(workspace_id: UUID) -> Team | None:
    others = Team.objects.filter(workspace_id=OuterRef("workspace_id"))
    rules = Rule.objects.filter(workspace_id=OuterRef("workspace_id"), is_active=True)
    known = Team.objects.filter(workspace_id=workspace_id, is_default=True).annotate(
        routes=Q(Exists(others.filter(Q(mode=Mode.PUSH.value) | Q(is_default=False))))
        | Q(Exists(rules))
    )
    team = known.first()
    if team is not None:
        team.is_routed = team.routes
    return team


def board_now(workspace_id: UUID, open_calendars: Collection[str] = ()) -> Board:
    """Return the board of a workspace, with its default team made where there is none yet."""
    board = read_board(workspace_id, open_calendars)
    if board.teams:
        return board
    ensure_default_team(workspace_id)
    return read_board(workspace_id, open_calendars)


def is_routed(workspace_id: UUID) -> bool:
    """Say whether a workspace has routing set up; one query."""
    team = _default_team(workspace_id)
    return team is not None and team.is_routed


def place(
    fresh: Sequence[Placed], verdicts: Mapping[UUID, object], team: Team | None = None
) -> None:
    """Give the cases of fresh messages that have no team to the default one.

    Where routing is set up they are noted for it, too: rules and people are looked for after this
    transaction, by the worker. Three statements a batch at most.
    """
    del verdicts
    if not fresh:
        return
    default = team or ensure_default_team(fresh[0].workspace_id)
    cases = {message.case_id for message in fresh}
    conversations.place_team(cases, default.id)
    if default.is_routed:
        note(default.workspace_id, cases)


def note(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Note cases for routing; those that it knows stay as they stand."""
    fresh = [Placement(workspace_id=workspace_id, case_id=key) for key in sorted(case_ids)]
    rows.insert(fresh, conflict="(workspace_id, case_id) DO NOTHING")


def note_missed(workspace_id: UUID) -> int:
    """Note open cases that routing does not know, and forget closed ones; return how many.

    Those that nobody has any more, whoever took them away, wait again.
    """
    values = {"workspace": workspace_id, "now": now(), "most": AT_MOST}
    strayed = dict(rows.fetch(_STRAYED, values))
    if strayed:
        requeue(workspace_id, strayed)
    found = len(rows.fetch(_MISSED, values)) + len(rows.fetch(_CLOSED, values))
    return found + len(strayed)


def hold(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Note that somebody has taken cases by hand, or was given them by hand."""
    rows.fetch(_HELD, [workspace_id, list(case_ids)], is_read=False)


def forget(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Forget where closed cases stood."""
    Placement.objects.filter(workspace_id=workspace_id, case_id__in=list(case_ids)).delete()


def requeue(workspace_id: UUID, holders: Mapping[UUID, UUID | None]) -> None:
    """Let cases wait anew (case -> who had it, and is not given it again by the machine)."""
    moment = now()
    lines = rows.document({"id": key, "not_to_id": holder} for key, holder in holders.items())
    rows.fetch(_REQUEUE, [moment, moment, lines, workspace_id], is_read=False)


def overflow_at(team: Team, stage: int) -> object:
    """Return when a case that begins to wait now in this stage goes to the next; None: never."""
    if stage >= 2 or not team.overflow_after_s:  # noqa: PLR2004  the last stage
        return None
    return now() + timedelta(seconds=team.overflow_after_s)
