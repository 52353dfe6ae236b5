"""Like, hide and delete messages on their networks."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ninja import Field, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.connect.model import Act
from hearwell.conversations.models import Case, Message
from hearwell.inbox.moderating import (
    MAX_WHY,
    RIGHT,
    CannotActError,
    Why,
    act_on,
    acts_asked,
    offered_on,
)
from hearwell.outbound.actlaw import ActState

router = Router(tags=["Act"])
_STATUS: Final = {Why.POWERS: 403, Why.STOPPED: 409, Why.UNDER_WAY: 409}


class MessageAct(Schema):
    """Something asked of a network for a message.

    State: waiting, done, refused (by the network, or because sending is stopped), failed,
    withdrawn. `why` is the reason that was given, `failure_message` why it was not done.
    """

    id: UUID
    message_id: UUID
    act: Act
    state: ActState
    why: str
    asked_by_id: UUID | None
    asked_at: datetime
    settled_at: datetime | None
    failure_code: str
    failure_message: str


class MessageActs(Schema):
    """What can be done to a message as it stands, and what was asked for, the latest first."""

    offered: list[Act]
    asked: list[MessageAct]


class ActIn(Schema):
    """What to do; hiding needs a reason, which is kept."""

    act: Act
    why: str = Field("", max_length=MAX_WHY)


@router.get(
    "/cases/{case_id}/messages/{message_id}/acts",
    response=MessageActs,
    summary="What can be done to a message",
)
@needs("read")
def acts(request: ApiRequest, case_id: UUID, message_id: UUID) -> Any:
    """What its account can do to the message on its network, and what came of what was asked."""
    workspace_id = request.auth.workspace_id
    rows = Message.objects.filter(workspace_id=workspace_id, case_id=case_id).defer("search")
    message = rows.filter(id=message_id).first()
    if message is None:
        raise not_found()
    asked = acts_asked(workspace_id, message_id)
    return {"offered": offered_on(message, asked), "asked": asked}


@router.post(
    "/cases/{case_id}/messages/{message_id}/acts",
    response={202: MessageAct},
    summary="Like, hide or delete a message",
)
@needs(RIGHT)
def act(request: ApiRequest, case_id: UUID, message_id: UUID, body: ActIn) -> Any:
    """Have the account do it; watch the list of the message's acts for what comes of it.

    Asked again it is the same act, waiting or done; `unlike` and `unhide` take back. Only messages
    of your own can be deleted, for good. 422: `not_possible`, `no_reason`. 409: `stopped`, or the
    opposite is `under_way`.
    """
    try:
        asked = act_on(case_id, message_id, body.act, request.auth, why=body.why)
    except (Case.DoesNotExist, Message.DoesNotExist) as error:
        raise not_found() from error
    except CannotActError as why:
        raise Problem(_STATUS.get(why.code, 422), why.code.value, str(why)) from why
    return Status(202, asked)
