"""Answer, note, claim, assign, close."""

from typing import Any
from uuid import UUID

from ninja import Router, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import HEADER, key_of, remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.reading import delivery_out
from hearwell.conversations.queries import case_rows
from hearwell.guard.words import said_of
from hearwell.inbox import acts
from hearwell.inbox.reply import (
    CannotSend,
    Conflict,
    Guarded,
    NotPermitted,
    Reply,
    TakenByOther,
    Unsendable,
    send_reply,
)
from hearwell.routing.queries import claim_of

router = Router(tags=["Act"])
KEY = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": True,
            "schema": {"type": "string", "maxLength": 255},
            "description": "A new value for each request, the same when it is sent again.",
        }
    ]
}
OPTIONAL_KEY = {"parameters": [{**KEY["parameters"][0], "required": False}]}


@router.post(
    "/cases/{case_id}/replies",
    response={202: schemas.Delivery},
    openapi_extra=KEY,
    summary="Reply to the customer",
)
@needs("reply")
@remembered(is_required=True)
def reply(request: ApiRequest, case_id: UUID, body: schemas.ReplyIn) -> Any:
    """Queue a reply; it goes out by the brand's account, once. Watch its delivery for the end.

    The same Idempotency-Key again gives the same answer and sends nothing more. 409: the case has
    moved on, somebody else is on it, sending is stopped, or the guard warns (`findings`: their
    tokens as `overrides` send it all the same). 422: the network or the guard would not take it.
    """
    wanted = Reply(
        case_id=case_id,
        text=body.text,
        audience=body.audience,
        key=key_of(request),
        seen_version=body.seen_version,
        conversation_id=body.conversation_id,
        channel_id=body.channel_id,
        is_holding=body.is_holding,
        confirm=body.confirm,
        overrides=frozenset(body.overrides),
        undo_s=body.undo_s,
    )
    try:
        queued = send_reply(wanted, request.auth)
    except Unsendable as why:
        raise _unsendable(why) from why
    return 202, schemas.Delivery(**delivery_out(queued))


def _unsendable(why: Unsendable) -> Problem:
    match why:
        case NotPermitted():
            return Problem(403, "forbidden", why.message)
        case CannotSend():
            wrong = [{"code": found.code, "what": str(found.message)} for found in why.problems]
            return Problem(422, why.code, why.message, problems=wrong)
        case Guarded():
            return _guarded(why)
        case Conflict():
            newer = [message.id for message in why.newer]
            return Problem(409, why.code, why.message, newer_message_ids=newer)
        case TakenByOther():
            return Problem(409, why.code, why.message, user_id=why.user_id)
        case _:
            return Problem(409, why.code, why.message)


def _guarded(why: Guarded) -> Problem:
    found = [
        {
            "check": one.check.value,
            "level": one.level.value,
            "what": said_of(one),
            "token": one.token,
        }
        for one in why.findings
    ]
    return Problem(422 if why.is_blocking else 409, why.code, why.message, findings=found)


@router.post(
    "/cases/{case_id}/notes",
    response={201: schemas.Message},
    openapi_extra=OPTIONAL_KEY,
    summary="Add a note",
)
@needs("note")
@remembered(is_required=False)
def note(request: ApiRequest, case_id: UUID, body: schemas.NoteIn) -> Any:
    """Write something that only the team sees."""
    case_now(request, case_id)
    try:
        written = acts.add_note(case_id, body.text, request.auth)
    except acts.BadActError as why:
        raise Problem(422, "invalid", str(why)) from why
    return 201, schemas.Message.from_orm(written)


@router.post("/cases/{case_id}/claim", response=schemas.Claim, summary="Claim a case")
@needs("claim")
def claim(request: ApiRequest, case_id: UUID) -> Any:
    """Take the case for ten minutes; claiming again extends. 409: somebody else is on it."""
    try:
        acts.claim_case(case_id, request.auth)
    except acts.TakenError as taken:
        detail, until = taken.message, taken.until
        raise Problem(409, "taken", detail, user_id=taken.user_id, until=until) from taken
    return claim_of(case_id)


@router.delete("/cases/{case_id}/claim", response={204: None}, summary="Let a case go")
@needs("claim")
def release(request: ApiRequest, case_id: UUID) -> Status[None]:
    """Let the case go, and its assignment where the claim had made it. Repeats do no harm."""
    acts.release_case(case_id, request.auth)
    return Status(204, None)


@router.put("/cases/{case_id}/assignee", response=schemas.Case, summary="Assign a case")
@needs("assign")
def assign(request: ApiRequest, case_id: UUID, body: schemas.AssignIn) -> Any:
    """Make a member responsible for the case, or nobody."""
    case_now(request, case_id)
    try:
        acts.assign_case([case_id], body.user_id, request.auth)
    except acts.BadActError as why:
        raise Problem(422, "not_a_member", str(why)) from why
    return case_now(request, case_id)


@router.post("/cases/{case_id}/close", response=schemas.Case, summary="Close a case")
@needs("close")
def close(request: ApiRequest, case_id: UUID, body: schemas.CloseIn) -> Any:
    """Close the case with a reason; its running clocks stop. 409: it has moved on.

    Reasons: solved, no_answer_needed, answered_elsewhere, duplicate, spam, not_about_us. What
    nobody has answered was not solved (422, `unanswered`): say why it needs no answer.
    """
    if body.reason not in acts.CLOSE_REASONS:
        reasons = ", ".join(acts.CLOSE_REASONS)
        raise Problem(422, "invalid", f"reason: one of {reasons}.")
    try:
        acts.close_case(case_id, body.reason, request.auth, expected_version=body.expected_version)
    except acts.BadActError as why:
        raise Problem(422, "unanswered", str(why)) from why
    except acts.CaseMovedError as moved:
        detail = "The case has changed since you read it."
        raise Problem(409, "conflict", detail, version=moved.case.version) from moved
    return case_now(request, case_id)


@router.post("/cases/{case_id}/reopen", response=schemas.Case, summary="Reopen a case")
@needs("close")
def reopen(request: ApiRequest, case_id: UUID) -> Any:
    """Take a closed case back to work."""
    acts.reopen_case(case_id, request.auth)
    return case_now(request, case_id)


def case_now(request: ApiRequest, case_id: UUID) -> Any:
    """Return the case as it now stands; a foreign one is as absent as one that never was."""
    found = case_rows(request.auth.workspace_id, [case_id])
    if not found:
        raise not_found()
    return found[0]
