"""Cases that are put to a team by somebody's word, not by the routing rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.conversations.services import Handing
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing.models import Team
from hearwell.routing.services.placing import lock, move
from hearwell.routing.services.standing import is_routed, note, overflow_at

_SENT = """
    UPDATE routing_placement p SET team_id = r.team_id, rule_id = NULL, rule_name = '',
        state = CASE WHEN c.assignee_id IS NULL THEN 'queued' ELSE 'held' END, user_id = NULL,
        stage = 0, look_at = CASE WHEN c.assignee_id IS NULL THEN r.look_at END
    FROM json_to_recordset(%s::json) AS r(id uuid, team_id uuid, look_at timestamptz),
        conversations_case c
    WHERE p.workspace_id = %s AND p.case_id = r.id
        AND c.workspace_id = p.workspace_id AND c.id = p.case_id
"""


def send_to(workspace_id: UUID, wanted: Mapping[UUID, UUID], why: str) -> dict[UUID, UUID | None]:
    """Put cases (case -> team) to teams; return case -> the team before, of those that moved.

    Whoever has a case keeps it; what the rules of routing would have said of a new one is passed
    by. Waits for decisions under way. A team that is gone moves nothing.
    """
    lock(workspace_id)
    teams = Team.objects.filter(workspace_id=workspace_id).in_bulk(set(wanted.values()))
    cases = Case.objects.filter(workspace_id=workspace_id, id__in=list(wanted)).order_by("id")
    moving = [one for one in cases if one.team_id != wanted[one.id] and wanted[one.id] in teams]
    handings = [Handing(one.id, one.assignee_id, one.assignee_id, wanted[one.id]) for one in moving]
    if is_routed(workspace_id):
        _stand(workspace_id, handings, teams)
    move(workspace_id, handings, why)
    for team in teams.values():
        ids = [one.case_id for one in handings if one.team_id == team.id]
        conversations.log(ids, "put_to", actor_id=None, data={"team": team.name})
    return {one.id: one.team_id for one in moving}


def _stand(workspace_id: UUID, handings: Sequence[Handing], teams: Mapping[UUID, Team]) -> None:
    note(workspace_id, [one.case_id for one in handings])
    lines = [
        {
            "id": one.case_id,
            "team_id": one.team_id,
            "look_at": overflow_at(teams[one.team_id], 0) if one.team_id else now(),
        }
        for one in handings
    ]
    rows.fetch(_SENT, [rows.document(lines), workspace_id], is_read=False)
