"""Replies that wait for a second person, and what is given to customers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema

from hearwell.accounts.rules import can
from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import key_of, remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import KEY
from hearwell.api.v1.reading import delivery_out
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_rows
from hearwell.inbox import approving
from hearwell.inbox.handed_in import HandedIn, as_they_stand
from hearwell.inbox.unsendable import NotPermitted, Unsendable
from hearwell.outbound.models import Delivery
from hearwell.powers.giving import MOST_MINOR
from hearwell.powers.grants import grants_in
from hearwell.powers.models import Grant
from hearwell.powers.queries import waiting_reviews
from hearwell.powers.services import BadGrantError, Gift, decide_grant, give

router = Router(tags=["Powers"])
Words = Annotated[str, Field(max_length=2000)]


class ReviewOut(Schema):
    """A reply that waits. `digest` and `lane_version` are what an approval is for."""

    delivery: schemas.Delivery
    case_id: UUID
    author_id: UUID
    submitted_at: datetime
    reasons: list[dict[str, Any]]
    digest: str
    lane_version: int


class DecisionIn(Schema):
    """Approve what was read (`digest`, and `lane_version` as it was told), or ask for changes."""

    decision: Literal["approve", "return"]
    digest: Annotated[str, Field(max_length=64)] = ""
    lane_version: int = 0
    remark: Words = ""


class GrantOut(Schema):
    """Something given or asked for, in whole minor units. `state`: granted, waiting or refused."""

    id: UUID
    case_id: UUID
    kind: str
    reason: str
    note: str
    amount_minor: int
    currency: str
    state: str
    is_above: bool
    giver_id: UUID
    given_at: datetime
    approver_id: UUID | None
    decided_at: datetime | None
    remark: str


class GrantIn(Schema):
    """What to give: goodwill within limits, or a surprise from its own budget."""

    amount_minor: Annotated[int, Field(gt=0, le=MOST_MINOR)]
    reason: Literal["delay", "damage", "mistake", "wait", "service", "loyalty", "other"]
    note: Annotated[str, Field(max_length=500)] = ""
    kind: Literal["goodwill", "surprise"] = "goodwill"


class GrantDecisionIn(Schema):
    """Whether to give what somebody else asked for."""

    decision: Literal["approve", "refuse"]
    remark: Annotated[str, Field(max_length=500)] = ""


@router.get("/approvals", response=list[ReviewOut], summary="List replies that wait for approval")
@needs("reply")
def approvals(request: ApiRequest) -> Any:
    """The oldest first: everybody's for who may approve, one's own for others."""
    me = request.auth
    author_id = None if can(me.role, "approve") else me.user_id
    waiting = waiting_reviews(me.workspace_id, author_id=author_id)
    return [_out(one) for one in as_they_stand(me.workspace_id, waiting)]


def _out(one: HandedIn) -> dict[str, Any]:
    same = ("author_id", "submitted_at", "reasons", "digest")
    return {
        **{name: getattr(one.review, name) for name in same},
        "delivery": delivery_out(one.review.delivery),
        "case_id": one.case_id,
        "lane_version": one.lane_version,
    }


@router.post(
    "/deliveries/{delivery_id}/decision", response=schemas.Delivery, summary="Approve a reply"
)
@needs("approve")
def decide(request: ApiRequest, delivery_id: UUID, body: DecisionIn) -> Any:
    """Let it go, or send it back with a remark. Nobody decides their own.

    409: it was settled meanwhile, is not what was read, or the customer has written since.
    """
    try:
        if body.decision == "return":
            approving.send_back(delivery_id, body.remark, request.auth)
        else:
            seen = body.lane_version
            approving.approve(delivery_id, body.digest, request.auth, seen=seen)
    except NotPermitted as why:
        raise Problem(403, why.code, why.message) from why
    except Unsendable as why:
        raise Problem(409, why.code, why.message) from why
    workspace_id = request.auth.workspace_id
    return delivery_out(Delivery.objects.get(workspace_id=workspace_id, id=delivery_id))


@router.get("/cases/{case_id}/grants", response=list[GrantOut], summary="List what was given")
@needs("read")
def grants(request: ApiRequest, case_id: UUID) -> Any:
    """What was given or asked for in a case, the newest first."""
    if not case_rows(request.auth.workspace_id, [case_id]):
        raise not_found()
    return grants_in(request.auth.workspace_id, case_id)


@router.post(
    "/cases/{case_id}/grants",
    response={201: GrantOut},
    openapi_extra=KEY,
    summary="Give something",
)
@needs("reply")
@remembered(is_required=True)
def give_something(request: ApiRequest, case_id: UUID, body: GrantIn) -> Any:
    """Give it within the limits of the token's member; above them it waits (`state` waiting)."""
    gift = Gift(case_id=case_id, key=key_of(request), **body.dict())
    try:
        grant = give(gift, by=request.auth)
    except Case.DoesNotExist as error:
        raise not_found() from error
    except BadGrantError as why:
        raise Problem(422, "not_given", str(why)) from why
    return 201, GrantOut.from_orm(grant)


@router.post("/grants/{grant_id}/decision", response=GrantOut, summary="Decide about a grant")
@needs("approve")
def decide_about(request: ApiRequest, grant_id: UUID, body: GrantDecisionIn) -> Any:
    """Give what somebody else asked for, or do not. 409: decided meanwhile, or not yours to."""
    is_approved = body.decision == "approve"
    try:
        return decide_grant(grant_id, is_approved=is_approved, by=request.auth, remark=body.remark)
    except Grant.DoesNotExist as error:
        raise not_found() from error
    except BadGrantError as why:
        raise Problem(409, "not_decided", str(why)) from why
