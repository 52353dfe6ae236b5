"""What has fallen due: turns of paths, levels that lasted, promised updates, deputies."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection

from hearwell.escalation.events import StatementAsked, UpdateDue
from hearwell.escalation.models import Incident, IncidentPart, IncidentState, Statement
from hearwell.escalation.queries import choice_of
from hearwell.escalation.rules import Part, Severity
from hearwell.escalation.services.incidents import change_level
from hearwell.escalation.services.log import note, save
from hearwell.escalation.services.walking import walk_due
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)


def sweep_due() -> int:
    """Do what has fallen due in every workspace; return how many things that was.

    Looks across workspaces through a function that tells only their ids.
    """
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM escalation_places(%s)", [moment])
        places: list[UUID] = [row[0] for row in cursor.fetchall()]
    return sum(_swept(place, moment) for place in places)


def _swept(workspace_id: UUID, moment: datetime) -> int:
    """Sweep one workspace; one where it fails is logged and keeps no other's alarms waiting."""
    try:
        with scope(workspace_id):
            return sweep_place(workspace_id, moment)
    except Exception:
        log.exception("escalations_not_swept", workspace_id=str(workspace_id))
        return 0


def sweep_place(workspace_id: UUID, moment: datetime) -> int:
    """Do what has fallen due in one workspace."""
    return (
        walk_due(workspace_id, moment)
        + _rise(workspace_id, moment)
        + _remind(workspace_id, moment)
        + _call_deputies(workspace_id, moment)
    )


def _rise(workspace_id: UUID, moment: datetime) -> int:
    """Raise by one level the incidents that have lasted too long at theirs."""
    due = Incident.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, state=IncidentState.LIVE, rises_at__lte=moment
    )
    found = list(due.order_by("id"))
    choice = choice_of(workspace_id) if found else None
    for incident in found:
        if choice and incident.severity < Severity.CRITICAL:
            change_level(incident, incident.severity + 1, choice, None)
        else:
            save(incident, rises_at=None)
    return len(found)


def _remind(workspace_id: UUID, moment: datetime) -> int:
    """Tell the lead and the writer of an incident whose next update was promised for now."""
    due = Incident.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, state=IncidentState.LIVE,
        update_at__lte=moment, reminded_at__isnull=True,
    )  # fmt: skip
    found = list(due.order_by("id"))
    people = _people(workspace_id, [one.id for one in found], (Part.LEAD, Part.WORDS))
    for incident in found:
        save(incident, reminded_at=moment)
        note(incident, "update_due", None)
    emit(
        UpdateDue(workspace_id, one.id, one.number, one.update_at, one.title, people[one.id])
        for one in found
        if one.update_at
    )
    return len(found)


def _people(
    workspace_id: UUID, incident_ids: list[UUID], parts: tuple[Part, ...]
) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    if not incident_ids:
        return found
    rows = IncidentPart.objects.filter(
        workspace_id=workspace_id, incident_id__in=incident_ids, part__in=[str(p) for p in parts]
    )
    for incident_id, user_id in rows.values_list("incident_id", "user_id"):
        if user_id and user_id not in found[incident_id]:
            found[incident_id].append(user_id)
    return found


def _call_deputies(workspace_id: UUID, moment: datetime) -> int:
    """Let deputies sign where the first ones have not in time."""
    due = Statement.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, deputies_at__lte=moment
    )
    found = list(due.order_by("id"))
    if not found:
        return 0
    incidents = Incident.objects.in_bulk([one.incident_id for one in found])
    for statement in found:
        statement.deputies_at = None
        incident = incidents[statement.incident_id]
        deputies = IncidentPart.objects.filter(
            workspace_id=workspace_id, incident_id=incident.id, part__in=statement.signs
        )
        ids = [one for one in deputies.values_list("deputy_id", flat=True) if one]
        note(incident, "deputies", None, {"version": statement.version})
        emit([_asked(incident, statement, ids)])
    Statement.objects.bulk_update(found, ["deputies_at"])
    return len(found)


def _asked(incident: Incident, statement: Statement, ids: list[UUID]) -> StatementAsked:
    return StatementAsked(
        incident.workspace_id, incident.id, incident.number, statement.id,
        list(dict.fromkeys(ids)), is_deputies=True, title=incident.title,
    )  # fmt: skip
