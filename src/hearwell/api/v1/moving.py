"""Merge, split, take back; and which cases may belong together."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ninja import Router

from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import OPTIONAL_KEY, case_now
from hearwell.conversations.models import Move
from hearwell.conversations.queries import moves_of
from hearwell.conversations.related import related_cases
from hearwell.conversations.services import Moved
from hearwell.inbox import acts, regrouping

router = Router(tags=["Merge and split"])


@router.get(
    "/cases/{case_id}/related", response=list[schemas.RelatedCase], summary="List related cases"
)
@needs("read")
def related(request: ApiRequest, case_id: UUID) -> Any:
    """At most three open cases that may be the same matter, each with the reason.

    Never for a name. Nothing is merged by itself.
    """
    case_now(request, case_id)
    return related_cases(request.auth.workspace_id, case_id)


@router.get("/cases/{case_id}/moves", response=list[schemas.Move], summary="List merges and splits")
@needs("read")
def moves(request: ApiRequest, case_id: UUID) -> Any:
    """What was merged into, or split off, this case, the latest first."""
    case_now(request, case_id)
    return moves_of(request.auth.workspace_id, case_id)


@router.post(
    "/cases/{case_id}/merge",
    response=schemas.Move,
    openapi_extra=OPTIONAL_KEY,
    summary="Merge a case into another",
)
@needs("close")
@remembered(is_required=False)
def merge(request: ApiRequest, case_id: UUID, body: schemas.MergeIn) -> Any:
    """Move all that is in the case into another one; it is closed and leads there.

    No clock begins anew, and replies go to the conversation that they were written for. 409:
    either has moved on, or somebody else is on one of them. 422: it makes no sense.
    """
    seen = {case_id: body.expected_version, body.into_case_id: body.expected_into_version}
    expected = {key: version for key, version in seen.items() if version is not None}
    return 200, _moved(
        lambda: regrouping.merge_cases(
            body.into_case_id, case_id, request.auth, why=body.why, expected=expected
        )
    )


@router.post(
    "/cases/{case_id}/split",
    response=schemas.Move,
    openapi_extra=OPTIONAL_KEY,
    summary="Split conversations off a case",
)
@needs("close")
@remembered(is_required=False)
def split(request: ApiRequest, case_id: UUID, body: schemas.SplitIn) -> Any:
    """Move conversations into a new case, `to_case_id`. One at least stays."""
    return 200, _moved(
        lambda: regrouping.split_case(
            case_id,
            body.conversation_ids,
            request.auth,
            expected_version=body.expected_version,
        )
    )


@router.post("/moves/{move_id}/undo", response=schemas.Move, summary="Undo a merge or a split")
@needs("close")
def undo(request: ApiRequest, move_id: UUID) -> Any:
    """Bring the conversations back, with what came meanwhile. Repeats change nothing."""
    return _moved(lambda: regrouping.undo_move(move_id, request.auth))


def _moved(act: Callable[[], Moved]) -> schemas.Move:
    try:
        return schemas.Move.from_orm(act().move)
    except Move.DoesNotExist as why:
        raise not_found() from why
    except acts.BadActError as why:
        raise Problem(422, "cannot_move", str(why)) from why
    except acts.TakenError as taken:
        raise Problem(409, "taken", taken.message, user_id=taken.user_id) from taken
    except acts.CaseMovedError as moved:
        detail = "A case has changed since you read it."
        case = moved.case
        raise Problem(
            409, "conflict", detail, case_id=str(case.id), version=case.version
        ) from moved
