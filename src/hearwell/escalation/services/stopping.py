"""The stop button of an incident: planned and automatic posts wait, people's replies go out.

The incident's row is locked first, so that of two who press at once the later one decides and
each is told how it stands.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.escalation.models import Incident, IncidentState
from hearwell.escalation.services.log import locked, note
from hearwell.outbound import services as outbound
from hearwell.outbound.models import KillSwitch, SwitchScope


def stop_switch(incident: Incident) -> KillSwitch | None:
    """Return the switch that this incident has thrown, while it is on; one query."""
    on = outbound.active_switches(incident.workspace_id)
    return next((one for one in on if one.value == str(incident.id)), None)


def stop_posts(incident: Incident, by: Membership | None) -> None:
    """Hold planned and automatic posts on every account, for a locked incident."""
    reason = f"{incident}: {incident.title}"
    outbound.stop(
        incident.workspace_id,
        SwitchScope.UNATTENDED.value,
        str(incident.id),
        reason=reason,
        by=by.user if by else None,
    )
    note(incident, "stopped", by)


def resume_posts(incident: Incident, by: Membership) -> None:
    """Allow them again, for a locked incident; what was held waits until it is reviewed."""
    outbound.resume(
        incident.workspace_id,
        SwitchScope.UNATTENDED.value,
        str(incident.id),
        reason=str(incident),
        by=by.user,
    )
    note(incident, "resumed", by)


@transaction.atomic
def press_stop(incident_id: UUID, by: Membership, *, is_on: bool) -> bool:
    """Stop planned and automatic posts, or allow them; return whether that changed anything.

    Raises UnknownIncidentError, WrongStateError for one that is not live.
    """
    incident = locked(by.workspace_id, incident_id, IncidentState.LIVE)
    if is_on is (stop_switch(incident) is not None):
        return False
    if is_on:
        stop_posts(incident, by)
    else:
        resume_posts(incident, by)
    return True
