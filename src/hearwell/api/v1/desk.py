"""Teams, who is here, and the next case."""

from typing import Any
from uuid import UUID

from ninja import Router, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.v1 import schemas
from hearwell.inbox import atdesk
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.routing.board import Board, Member
from hearwell.routing.queries import claim_of
from hearwell.sla.calendars import open_calendars

router = Router(tags=["Desk"])


def _board(workspace_id: UUID) -> Board:
    return routing.board_now(workspace_id, open_calendars(workspace_id, now()))


@router.get("/teams", response=list[schemas.Team], summary="List teams")
@needs("read")
def teams(request: ApiRequest) -> list[dict[str, Any]]:
    """The teams, by name, and whether each is open now."""
    board = _board(request.auth.workspace_id)
    same = (
        "id", "name", "is_default", "mode", "method", "overflow_team_id", "next_team_id",
    )  # fmt: skip
    return [
        {
            **{name: getattr(team, name) for name in same},
            "is_open": board.open_teams[key],
            "member_ids": list(board.turns.get(key, {})),
        }
        for key, team in board.teams.items()
    ]


@router.get("/presence", response=list[schemas.Presence], summary="List who is here")
@needs("read")
def presence(request: ApiRequest) -> list[dict[str, Any]]:
    """Everybody who takes cases: available, busy or away, and their points."""
    return [_of(one) for one in _board(request.auth.workspace_id).members.values()]


def _of(member: Member) -> dict[str, Any]:
    return {
        "user_id": member.user_id,
        "name": member.name,
        "presence": member.presence.value,
        "used": member.used,
        "capacity": member.capacity,
        "skills": {kind: sorted(values) for kind, values in member.skills.items()},
    }


@router.put("/me/presence", response=schemas.Presence, summary="Be available, busy or away")
@needs("claim")
def set_presence(request: ApiRequest, body: schemas.PresenceIn) -> dict[str, Any]:
    """Set the presence of the member that the token stands for. Saying it again is a sign of life.

    Without one for so long as the settings say, they count as away.
    """
    atdesk.choose_presence(request.auth, body.presence)
    return _of(_board(request.auth.workspace_id).members[request.auth.user_id])


@router.post(
    "/me/next-case", response={200: schemas.Claim, 204: None}, summary="Take the next case"
)
@needs("claim")
def take_next(request: ApiRequest) -> Any:
    """Claim the most pressing case that the member may take and can do. 204: nothing waits.

    Two who ask at once never get the same.
    """
    taken = atdesk.next_case(request.auth)
    return claim_of(taken.case_id) if taken else Status(204, None)
