"""A customer's data: their copy of it, the hold on it, its end."""

from collections.abc import Callable
from datetime import datetime
from tempfile import TemporaryFile
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse
from ninja import Field, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.schemas import Storable
from hearwell.contacts.models import Contact
from hearwell.contacts.queries import contact_by_id
from hearwell.privacy import services
from hearwell.privacy.services import RefusedError, Why

router = Router(tags=["Privacy"])
RIGHT = "manage_privacy"
_REFUSALS = {
    Why.HELD: "This customer's data is under legal hold.",
    Why.OPEN_CASE: "A case of this customer is still open. Close it first.",
    Why.ON_ITS_WAY: "Something to this customer is still on its way. Try again when it is there.",
    Why.GONE: "This customer's data is erased already.",
}


class HoldIn(Schema):
    """Why nothing may be erased."""

    why: Annotated[str, Field(min_length=1, max_length=500), Storable]


class PrivacyOut(Schema):
    """How a customer's data stands: kept, held (legal hold), erasing (asked for), erased."""

    contact_id: UUID
    state: Literal["kept", "held", "erasing", "erased"]
    hold_why: str
    hold_since: datetime | None
    erased_at: datetime | None


def _contact(request: ApiRequest, contact_id: UUID) -> Contact:
    contact = contact_by_id(request.auth.workspace_id, contact_id)
    if contact is None:
        raise not_found()
    return contact


def _state(request: ApiRequest, contact_id: UUID) -> dict[str, Any]:
    contact = _contact(request, contact_id)
    state = "held" if contact.hold_since else "erasing" if contact.erasing_since else "kept"
    return {
        "contact_id": contact.id,
        "state": "erased" if contact.erased_at else state,
        "hold_why": contact.hold_why,
        "hold_since": contact.hold_since,
        "erased_at": contact.erased_at,
    }


@router.get("/contacts/{contact_id}/privacy", response=PrivacyOut, summary="How their data stands")
@needs(RIGHT)
def privacy(request: ApiRequest, contact_id: UUID) -> dict[str, Any]:
    """Say whether a customer's data is kept, held, being erased or erased."""
    return _state(request, contact_id)


@router.get("/contacts/{contact_id}/export", summary="Export a customer's data")
@needs(RIGHT)
def export(request: ApiRequest, contact_id: UUID) -> FileResponse:
    """Everything held about a customer, as a zip: `customer.json` and the files.

    The trail notes who took it. `customer.json` has `tables`: table -> rows, each with its personal
    columns; which these are stands in the reference of personal data.
    """
    _contact(request, contact_id)
    target = TemporaryFile()  # noqa: SIM115  the response closes it
    services.export_into(target, contact_id, request.auth)
    target.seek(0)
    answer = FileResponse(target, as_attachment=True, filename=f"customer-{contact_id}.zip")
    answer["Cache-Control"] = "no-store"
    return answer


@router.put("/contacts/{contact_id}/hold", response=PrivacyOut, summary="Hold a customer's data")
@needs(RIGHT)
def hold(request: ApiRequest, contact_id: UUID, body: HoldIn) -> dict[str, Any]:
    """Let nobody erase anything of a customer until the hold ends (legal hold)."""
    _done(request, contact_id, lambda: services.hold(contact_id, request.auth, body.why))
    return _state(request, contact_id)


@router.delete("/contacts/{contact_id}/hold", response=PrivacyOut, summary="End a hold")
@needs(RIGHT)
def let_go(request: ApiRequest, contact_id: UUID) -> dict[str, Any]:
    """End a legal hold; without one nothing happens."""
    _done(request, contact_id, lambda: services.let_go(contact_id, request.auth))
    return _state(request, contact_id)


@router.post(
    "/contacts/{contact_id}/erase", response={202: PrivacyOut}, summary="Erase a customer's data"
)
@needs(RIGHT)
def erase(request: ApiRequest, contact_id: UUID) -> Status[dict[str, Any]]:
    """Erase what is held about a customer, for good; it takes a moment.

    409 while a case is open, something is on its way or there is a hold. Cases stay as figures.
    """
    _done(request, contact_id, lambda: services.ask_to_erase(contact_id, request.auth))
    return Status(202, _state(request, contact_id))


def _done(request: ApiRequest, contact_id: UUID, act: Callable[[], None]) -> None:
    _contact(request, contact_id)
    try:
        act()
    except RefusedError as error:
        raise Problem(409, error.why.value, _REFUSALS[error.why]) from error
