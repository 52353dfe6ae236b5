"""Write the log of an incident: lines are added and never changed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.escalation.models import EntryKind, Incident, IncidentEntry, IncidentState
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LONGEST_ENTRY: Final = 4000
_BY_HAND: Final = (EntryKind.FACT, EntryKind.GO, EntryKind.NO_GO)


class UnknownIncidentError(LookupError):
    """There is no such incident here."""


class WrongStateError(Exception):
    """The incident stands elsewhere by now: nothing was changed. `state` says where."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class EmptyEntryError(ValueError):
    """Nothing was written."""


def locked(workspace_id: UUID, incident_id: UUID, *states: str) -> Incident:
    """Return an incident, locked to the end of the transaction, in one of the states.

    Raises UnknownIncidentError, WrongStateError.
    """
    found = Incident.objects.select_for_update().filter(workspace_id=workspace_id, id=incident_id)
    incident = found.first()
    if incident is None:
        raise UnknownIncidentError(incident_id)
    if states and incident.state not in states:
        raise WrongStateError(incident.state)
    return incident


def save(incident: Incident, **values: Any) -> None:
    """Change a locked incident; its version counts up."""
    values["version"] = incident.version + 1
    for name, value in values.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(values))


def note(
    incident: Incident,
    what: str,
    by: Membership | None,
    data: dict[str, Any] | None = None,
    *,
    text: str = "",
    kind: str = EntryKind.EVENT,
) -> IncidentEntry:
    """Add a line; what happened by itself has nobody's name."""
    return IncidentEntry.objects.create(
        workspace_id=incident.workspace_id,
        incident_id=incident.id,
        at=now(),
        kind=kind,
        what=what,
        text=text,
        data=data or {},
        by_id=by.user_id if by else None,
        by_name=str(by.user) if by else "",
    )


def audit(incident: Incident, action: str, by: Membership | None, **after: Any) -> None:
    """Note an act in the audit trail, too."""
    entry = AuditEntry(
        action, by.user if by else None, "incident", incident.id, str(incident), after=after or None
    )
    record_audit(incident.workspace_id, [entry])


@transaction.atomic
def log_entry(incident_id: UUID, by: Membership, kind: str, text: str) -> IncidentEntry:
    """Log a fact or a decision (go, no go) of an incident that is live or just over.

    Raises UnknownIncidentError, WrongStateError, EmptyEntryError.
    """
    said = clean(text)[0].strip()[:LONGEST_ENTRY]
    if not said or kind not in _BY_HAND:
        raise EmptyEntryError
    states = (IncidentState.PROPOSED, IncidentState.LIVE, IncidentState.ENDED)
    incident = locked(by.workspace_id, incident_id, *states)
    return note(incident, "said", by, text=said, kind=kind)
