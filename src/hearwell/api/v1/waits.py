"""What customers may expect: the wait now, by channel."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from hearwell.accounts.models import Workspace
from hearwell.api.access import ApiRequest, needs
from hearwell.waits import queries

router = Router(tags=["Waits"])


class ExpectedWait(Schema):
    """Half are answered within `p50_s` seconds of opening hours, nine in ten within `p90_s`.

    Null where there is too little to tell, or nothing is switched on. `kept_percent` says how often
    what was told over the last week came true, of all channels. `closes_at` is when the desk
    closes, where that is before `p90_s` is over.
    """

    measured_at: datetime
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    p50_s: int | None
    p90_s: int | None
    kept_percent: int | None


@router.get("/expected-wait", response=ExpectedWait, summary="How long an answer takes now")
@needs("read")
def expected_wait(
    request: ApiRequest,
    channel_id: Annotated[UUID | None, Query(description="Of one channel alone.")] = None,
) -> dict[str, Any]:
    """Measured once a minute from the last answers and who still waits, where it is switched on."""
    place = Workspace.objects.get(id=request.auth.workspace_id)
    told = queries.told_now(place, channel_id)
    return {
        "measured_at": told.at,
        "is_open": told.is_open,
        "opens_at": told.opens_at,
        "closes_at": told.closes_at,
        "p50_s": told.p50_s,
        "p90_s": told.p90_s,
        "kept_percent": queries.kept_lately(place.id).percent,
    }
