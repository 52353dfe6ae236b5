"""Many cases in one act, and the one undo of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID

from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import remembered
from hearwell.api.problems import Problem
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import OPTIONAL_KEY
from hearwell.conversations.queries import case_rows
from hearwell.conversations.services import Seen
from hearwell.inbox import bulk
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.bulk import Done

T = TypeVar("T")
router = Router(tags=["Many cases"])
_HIGHEST: Final = 2**31 - 1
Reason = Literal["solved", "no_answer_needed", "answered_elsewhere", "duplicate", "spam"]
WhyLeft = Literal["moved", "unanswered", "so_already", "not_found"]


class SeenCase(Schema):
    """A case, and as which version it was read. Without one, what happened since does not count."""

    id: UUID
    version: Annotated[int | None, Field(ge=0, le=_HIGHEST)] = None


class ClaimMany(Schema):
    """Take those that nobody has."""

    kind: Literal["claim"]


class AssignMany(Schema):
    """Give them to a member, or to nobody (null)."""

    kind: Literal["assign"]
    user_id: UUID | None


class TagMany(Schema):
    """Put a label on."""

    kind: Literal["tag"]
    tag: Annotated[str, Field(min_length=1, max_length=60), schemas.Storable]


class CloseMany(Schema):
    """Close them. `solved` leaves those that nobody has answered; the others say why not."""

    kind: Literal["close"]
    reason: Reason


class SnoozeMany(Schema):
    """Put them away until a time, at most 90 days from now."""

    kind: Literal["snooze"]
    until: AwareDatetime


Act = Annotated[
    ClaimMany | AssignMany | TagMany | CloseMany | SnoozeMany, Field(discriminator="kind")
]


class BatchIn(Schema):
    """What to do, and with which cases."""

    act: Act
    cases: Annotated[list[SeenCase], Field(min_length=1, max_length=bulk.MOST)]


class LeftCase(Schema):
    """A case that was left as it is, and why.

    `moved`: something happened since it was read; `unanswered`: nobody has answered it;
    `so_already`: there was nothing to do, or somebody else has it; `not_found`: it is not there.
    """

    id: UUID
    why: WhyLeft


class BatchOut(Schema):
    """What was done to which cases, and what was left. `id` undoes it, until `undo_until`.

    Both are null where nothing was done.
    """

    id: UUID | None
    undo_until: datetime | None
    done: list[UUID]
    left: list[LeftCase]


class UndoneOut(Schema):
    """`back` are as they were; `left` are not: somebody else has worked on them since."""

    id: UUID
    back: list[UUID]
    left: list[UUID]


@router.post("/batches", response=BatchOut, openapi_extra=OPTIONAL_KEY, summary="Act on many cases")
@needs("claim")
@remembered(is_required=False)
def batch(request: ApiRequest, body: BatchIn) -> Any:
    """Claim, assign, label, close or snooze up to 1,000 cases, all in one act.

    A case whose version has moved on is not closed or snoozed; it is named in `left`. Each act
    takes the right that it takes for one case.
    """
    seen: Seen = {one.id: one.version for one in body.cases}
    done = _may(lambda: _done(request, body, seen))
    at = done.batch.at if done.batch else None
    return 200, BatchOut(
        id=done.batch.id if done.batch else None,
        undo_until=at + bulk.UNDO_WITHIN if at else None,
        done=done.done_ids,
        left=_left(request, seen, done),
    )


def _done(request: ApiRequest, body: BatchIn, seen: Seen) -> Done:
    me = request.auth
    match body.act:
        case ClaimMany():
            return bulk.assign_cases(seen, me.user_id, me, is_free=True)
        case AssignMany(user_id=user_id):
            return bulk.assign_cases(seen, user_id, me)
        case TagMany(tag=tag):
            return bulk.tag_cases(seen, tag, me)
        case CloseMany(reason=reason):
            return bulk.close_cases(seen, reason, me)
        case SnoozeMany(until=until):
            return bulk.snooze_cases(seen, until, me)


def _left(request: ApiRequest, seen: Seen, done: Done) -> list[LeftCase]:
    """Name what was left, in the order asked for."""
    rest = seen.keys() - set(done.done_ids)
    unsaid = rest - done.unanswered_ids - done.moved_ids
    there = {row.id for row in case_rows(request.auth.workspace_id, unsaid)} if unsaid else set()

    def why(case_id: UUID) -> WhyLeft:
        if case_id in done.moved_ids:
            return "moved"
        if case_id in done.unanswered_ids:
            return "unanswered"
        return "so_already" if case_id in there else "not_found"

    return [LeftCase(id=case_id, why=why(case_id)) for case_id in seen if case_id in rest]


@router.post("/batches/{batch_id}/undo", response=UndoneOut, summary="Undo an act on many cases")
@needs("claim")
def undo(request: ApiRequest, batch_id: UUID) -> Any:
    """Give every case back what it was, but for those that somebody else has worked on since.

    By whoever did it, once, within ten minutes. 409: it can no longer be undone.
    """
    undone = _may(lambda: bulk.undo(batch_id, request.auth))
    asked = [UUID(row["id"]) for row in undone.batch.rows]
    back = set(undone.case_ids)
    return {
        "id": batch_id,
        "back": [case_id for case_id in asked if case_id in back],
        "left": [case_id for case_id in asked if case_id not in back],
    }


def _may(act: Callable[[], T]) -> T:
    try:
        return act()
    except NotAllowedError as error:
        detail = f"This token's role does not include “{error.action}”."
        raise Problem(403, "forbidden", detail) from error
    except BadActError as error:
        raise Problem(422, "invalid", str(error)) from error
    except bulk.BatchGoneError as error:
        detail = "That can no longer be undone: it was, it is too long ago, or it is not yours."
        raise Problem(409, "cannot_undo", detail) from error
