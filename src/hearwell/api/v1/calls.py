"""Telephone calls: note one, or that somebody asks to be called."""

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.api.v1 import schemas
from hearwell.connect.calls import CallError
from hearwell.inbox import calls

router = Router(tags=["Calls"])
Short = Annotated[str, Field(max_length=200), schemas.Storable]


class CallIn(Schema):
    """A call. `number` is the other side's, with its country, or `withheld` where they hid it.

    `id` is the call's own id: the same id again is the same call. `outcome`: reached, not_reached,
    voicemail, or callback for somebody who asks to be called. `recording_url` begins with https.
    """

    id: Annotated[str, Field(min_length=1, max_length=200), schemas.Storable]
    direction: Literal["in", "out"]
    number: Short
    outcome: Literal["reached", "not_reached", "voicemail", "callback"]
    started_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    duration_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    notes: Annotated[str, Field(max_length=20_000), schemas.Storable] = ""
    recording_url: Annotated[str, Field(max_length=2_000), schemas.Storable] = ""
    name: Short = ""
    agent: Short = ""


class CallOut(Schema):
    """What became of it: its case, null for a call of ours to somebody who has none."""

    case_id: UUID | None
    is_new: bool


@router.post("/calls", response={201: CallOut}, summary="Note a call")
@needs("reply")
def note_call(request: ApiRequest, body: CallIn) -> Any:
    """Take a call in; it is a case with the same clocks as any other. Again is the same call."""
    told = {
        name: value.isoformat() if hasattr(value, "isoformat") else str(value)
        for name, value in body.dict(exclude={"agent"}).items()
        if value is not None
    }
    try:
        call = calls.read_call(told)
    except CallError as error:
        raise Problem(422, "invalid", f"{error.field}: {error}") from error
    noted = calls.log_calls([(call, body.agent)], request.auth)
    return Status(201, {"case_id": noted.case_id, "is_new": noted.fresh > 0})
