"""Reads of paths, escalations and incidents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hearwell.conversations.models import Case
from hearwell.escalation.models import (
    Escalation,
    EscalationChoice,
    EscalationMove,
    EscalationPath,
    Incident,
    IncidentCase,
    IncidentEntry,
    IncidentPart,
    IncidentState,
    IncidentTask,
    Review,
    SignOff,
    Statement,
    StatementState,
)
from hearwell.escalation.models.incidents import CURRENT_STATES
from hearwell.escalation.models.paths import OPEN_STATES
from hearwell.escalation.rules import DEFAULT_PATHS, Choice, Path
from hearwell.kit import rows

MOST_LISTED: Final = 50


def choice_of(workspace_id: UUID) -> Choice:
    """Return what a workspace chose, or the defaults; one query."""
    row = EscalationChoice.objects.filter(workspace_id=workspace_id).first()
    return Choice.restored(row.choice) if row else Choice()


def current_paths(workspace_id: UUID) -> list[EscalationPath]:
    """Return the paths that were chosen, those of any kind first; one query."""
    found = EscalationPath.objects.filter(workspace_id=workspace_id, is_current=True)
    return list(found.order_by("kind", "severity"))


def paths_for(rows: Collection[EscalationPath], kind: str) -> dict[int, Path]:
    """Return severity -> path for a kind: its own, else that of any kind, else the default."""
    known = {(row.kind, row.severity): row.told() for row in rows}
    return {
        severity: known.get((kind, severity)) or known.get(("", severity)) or default
        for severity, default in DEFAULT_PATHS.items()
    }


def open_escalation_of(workspace_id: UUID, case_id: UUID) -> Escalation | None:
    """Return the escalation of a case that is not settled yet; one query."""
    found = Escalation.objects.filter(
        _here(workspace_id, case_id), workspace_id=workspace_id, state__in=OPEN_STATES
    )
    return found.order_by("-level").first()


def _here(workspace_id: UUID, case_id: UUID) -> Q:
    """Return what is of a case, or of one that was merged into it: taken back, it is theirs."""
    merged = Case.objects.filter(workspace_id=workspace_id, merged_into_id=case_id)
    return Q(case_id=case_id) | Q(case_id__in=merged.values("id"))


def escalation_by_id(workspace_id: UUID, escalation_id: UUID) -> Escalation | None:
    """Return an escalation."""
    return Escalation.objects.filter(workspace_id=workspace_id, id=escalation_id).first()


def escalations_of(
    workspace_id: UUID, *, states: Collection[str] = OPEN_STATES, limit: int = MOST_LISTED
) -> list[Escalation]:
    """Return escalations: the gravest first, and of these the longest open."""
    found = Escalation.objects.filter(workspace_id=workspace_id, state__in=list(states))
    return list(found.order_by("-level", "raised_at")[:limit])


def moves_of(workspace_id: UUID, escalation_ids: Collection[UUID]) -> list[EscalationMove]:
    """Return what happened to escalations, in order; one query."""
    found = EscalationMove.objects.filter(
        workspace_id=workspace_id, escalation_id__in=list(escalation_ids)
    )
    return list(found.order_by("id"))


def cases_in(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Return cases by id; one query."""
    return Case.objects.filter(workspace_id=workspace_id).in_bulk(list(case_ids))


def incidents_of(
    workspace_id: UUID,
    *,
    states: Collection[str] = (),
    before: int | None = None,
    limit: int = MOST_LISTED,
) -> list[Incident]:
    """Return incidents, the newest first; `before`: those with lower numbers."""
    found = Incident.objects.filter(workspace_id=workspace_id)
    if states:
        found = found.filter(state__in=list(states))
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:limit])


def current_incidents(workspace_id: UUID) -> list[Incident]:
    """Return what is proposed or live, the gravest first; one query."""
    found = Incident.objects.filter(workspace_id=workspace_id, state__in=CURRENT_STATES)
    return list(found.order_by("-severity", "-number")[:MOST_LISTED])


def incident_by_number(workspace_id: UUID, number: int) -> Incident | None:
    """Return an incident."""
    return Incident.objects.filter(workspace_id=workspace_id, number=number).first()


def incident_by_id(workspace_id: UUID, incident_id: UUID) -> Incident | None:
    """Return an incident."""
    return Incident.objects.filter(workspace_id=workspace_id, id=incident_id).first()


def linked(workspace_id: UUID, incident_id: UUID) -> QuerySet[IncidentCase]:
    """Return the links of the cases that are in an incident now."""
    return IncidentCase.objects.filter(
        workspace_id=workspace_id, incident_id=incident_id, unlinked_at__isnull=True
    )


def cases_of(workspace_id: UUID, incident_id: UUID, limit: int = MOST_LISTED) -> list[Case]:
    """Return the cases of an incident: those that wait longest first; one query."""
    inside = linked(workspace_id, incident_id).values("case_id")
    found = Case.objects.filter(workspace_id=workspace_id, id__in=inside)
    return list(found.order_by("waiting_since", "number")[:limit])


def kinds_in(workspace_id: UUID, incident_id: UUID) -> list[tuple[str, int, int, int]]:
    """Return (kind, cases, waiting, answered) of an incident's cases, the most first; one query."""
    inside = linked(workspace_id, incident_id).values("case_id")
    found = Case.objects.filter(workspace_id=workspace_id, id__in=inside)
    counted = found.values_list("kind").annotate(
        n=Count("id"),
        waiting=Count("id", filter=Q(status="open", turn="ours")),
        answered=Count("id", filter=Q(last_reply_at__isnull=False)),
    )
    return [(row[0], row[1], row[2], row[3]) for row in counted.order_by("-n", "kind")]


def incidents_with(workspace_id: UUID, case_id: UUID) -> list[Incident]:
    """Return the incidents that a case is in, the newest first; one query."""
    links = IncidentCase.objects.filter(
        _here(workspace_id, case_id), workspace_id=workspace_id, unlinked_at__isnull=True
    )
    found = Incident.objects.filter(workspace_id=workspace_id, id__in=links.values("incident_id"))
    return list(found.order_by("-number")[:MOST_LISTED])


def case_counts(workspace_id: UUID, incident_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many cases each incident has; one query."""
    found = IncidentCase.objects.filter(
        workspace_id=workspace_id, incident_id__in=list(incident_ids), unlinked_at__isnull=True
    )
    counted = found.values_list("incident_id").annotate(n=Count("id"))
    return {row[0]: row[1] for row in counted.order_by()}


def log_of(workspace_id: UUID, incident_id: UUID, limit: int = 500) -> list[IncidentEntry]:
    """Return the log of an incident, the newest line first; one query."""
    found = IncidentEntry.objects.filter(workspace_id=workspace_id, incident_id=incident_id)
    return list(found.order_by("-id")[:limit])


def parts_of(workspace_id: UUID, incident_id: UUID) -> dict[str, IncidentPart]:
    """Return who does what in an incident; one query."""
    found = IncidentPart.objects.filter(workspace_id=workspace_id, incident_id=incident_id)
    return {one.part: one for one in found}


def tasks_of(workspace_id: UUID, incident_id: UUID) -> list[IncidentTask]:
    """Return the checklist of an incident in its order; one query."""
    found = IncidentTask.objects.filter(workspace_id=workspace_id, incident_id=incident_id)
    return list(found.order_by("position", "id"))


def statements_of(workspace_id: UUID, incident_id: UUID) -> list[Statement]:
    """Return the versions of an incident's statement, the newest first; one query."""
    found = Statement.objects.filter(workspace_id=workspace_id, incident_id=incident_id)
    return list(found.order_by("-version")[:MOST_LISTED])


def signatures_of(workspace_id: UUID, statement_id: UUID) -> dict[str, SignOff]:
    """Return part -> who signed a statement or sent it back; one query."""
    found = SignOff.objects.filter(workspace_id=workspace_id, statement_id=statement_id)
    return {one.part: one for one in found}


def approved_for_case(workspace_id: UUID, case_id: UUID) -> Statement | None:
    """Return the approved statement of the live incident that a case is in; one query."""
    links = IncidentCase.objects.filter(
        _here(workspace_id, case_id), workspace_id=workspace_id, unlinked_at__isnull=True
    )
    live = Incident.objects.filter(
        workspace_id=workspace_id, state=IncidentState.LIVE, id__in=links.values("incident_id")
    )
    found = Statement.objects.filter(
        workspace_id=workspace_id, state=StatementState.APPROVED, incident_id__in=live.values("id")
    )
    return found.order_by("-approved_at").first()


def review_of(workspace_id: UUID, incident_id: UUID) -> Review | None:
    """Return the review of an incident, once it has ended."""
    return Review.objects.filter(workspace_id=workspace_id, incident_id=incident_id).first()


def waiting_for(workspace_id: UUID, user_id: UUID) -> list[Escalation]:
    """Return the escalations that this person is asked to accept or has; one query."""
    found = Escalation.objects.filter(workspace_id=workspace_id, state__in=OPEN_STATES)
    mine = found.filter(Q(owner_id=user_id) | Q(asked_ids__contains=[str(user_id)]))
    return list(mine.order_by("-level", "raised_at")[:MOST_LISTED])


def found_after(incident: Incident) -> float:
    """Return how many seconds passed from what was said first to its being noticed."""
    return max(0.0, (incident.found_at - incident.began_at).total_seconds())


def milestones(incident: Incident, entries: Sequence[IncidentEntry]) -> Mapping[str, datetime]:
    """Return what the review measures by: first said, noticed, opened, first statement, ended."""
    first: dict[str, datetime] = {}
    for entry in sorted(entries, key=lambda one: one.id):
        first.setdefault(entry.what, entry.at)
    known = {
        "began": incident.began_at,
        "found": incident.found_at,
        "opened": incident.opened_at,
        "stopped": first.get("stopped"),
        "published": first.get("published"),
        "ended": incident.ended_at,
    }
    return {name: at for name, at in known.items() if at is not None}


_SAID: Final = """
    SELECT date_bin(%(bar)s, m.sent_at, %(since)s), count(*)
    FROM conversations_message m
    JOIN escalation_incidentcase ic ON ic.workspace_id = m.workspace_id
        AND ic.case_id = m.case_id AND ic.unlinked_at IS NULL
    WHERE m.workspace_id = %(workspace)s AND ic.incident_id = %(incident)s
        AND m.direction = 'in' AND m.sent_at >= %(since)s
    GROUP BY 1
"""
FEWEST_BARS: Final = 8
MOST_BARS: Final = 48


def said_in(incident: Incident, bar: timedelta) -> list[tuple[datetime, int]]:
    """Return how much customers said in its cases: (from when, messages), a number for each bar.

    From an hour before it began, 8 to 48 bars; empty where nothing was said. One query.
    """
    since = incident.began_at - timedelta(hours=1)
    values = {
        "bar": bar, "since": since, "workspace": incident.workspace_id, "incident": incident.id,
    }  # fmt: skip
    found = {row[0]: row[1] for row in rows.fetch(_SAID, values)}
    if not found:
        return []
    places = min(MOST_BARS, max(FEWEST_BARS, (max(found) - since) // bar + 1))
    return [(since + bar * n, found.get(since + bar * n, 0)) for n in range(places)]
