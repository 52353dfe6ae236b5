"""Open, raise and lower, hand over and end an incident; link cases to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case
from hearwell.escalation.events import IncidentEnded, IncidentLevelChanged, IncidentOpened
from hearwell.escalation.models import (
    Incident,
    IncidentCase,
    IncidentPart,
    IncidentState,
    IncidentTask,
    Review,
)
from hearwell.escalation.queries import choice_of
from hearwell.escalation.roster import Roster, roster_of
from hearwell.escalation.rules import Choice, Part, Severity
from hearwell.escalation.services.log import WrongStateError, audit, locked, note, save
from hearwell.escalation.services.proposing import link_ids, lock_numbers, next_number
from hearwell.escalation.services.stopping import resume_posts, stop_posts, stop_switch
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LONGEST_TITLE: Final = 200
REVIEW_WITHIN: Final = timedelta(hours=48)
LEVELS: Final = range(Severity.WATCH, Severity.CRITICAL + 1)


class BadIncidentError(ValueError):
    """It has no title, or no such level, part or person; `field` says where."""

    def __init__(self, *, field: str) -> None:
        super().__init__(field)
        self.field = field


def _checked(title: str, severity: int) -> str:
    said = " ".join(clean(title)[0].split())[:LONGEST_TITLE]
    if not said:
        raise BadIncidentError(field="title")
    if severity not in LEVELS:
        raise BadIncidentError(field="severity")
    return said


@transaction.atomic
def open_incident(
    title: str, severity: int, by: Membership, case_ids: Collection[UUID] = ()
) -> Incident:
    """Open an incident by hand, with the cases it is about. Raises BadIncidentError."""
    said = _checked(title, severity)
    lock_numbers(by.workspace_id)
    incident = Incident.objects.create(
        workspace_id=by.workspace_id,
        number=next_number(by.workspace_id),
        title=said,
        severity=severity,
        state=IncidentState.PROPOSED,
    )
    _linked(incident, case_ids, by)
    _go_live(incident, severity, by)
    return incident


@transaction.atomic
def open_proposal(incident_id: UUID, by: Membership, title: str, severity: int) -> Incident:
    """Open what was proposed. Raises BadIncidentError, UnknownIncidentError, WrongStateError."""
    said = _checked(title, severity)
    incident = locked(by.workspace_id, incident_id, IncidentState.PROPOSED)
    if said != incident.title:
        save(incident, title=said)
    _go_live(incident, severity, by)
    return incident


def _go_live(incident: Incident, severity: int, by: Membership) -> None:
    choice, at = choice_of(incident.workspace_id), now()
    roster = roster_of(incident.workspace_id, choice.parts)
    save(incident, state=IncidentState.LIVE, opened_at=at, opened_by_id=by.user_id,
         lead_id=by.user_id)  # fmt: skip
    _name_parts(incident, choice, roster, by)
    note(incident, "opened", by, {"level": severity})
    enter_level(incident, severity, choice, by)
    audit(incident, "incident.opened", by, level=severity, title=incident.title)
    told = IncidentOpened(
        incident.workspace_id, incident.id, incident.number, severity, incident.title,
        incident.lead_id, by.user_id,
    )  # fmt: skip
    emit([told])


def _name_parts(incident: Incident, choice: Choice, roster: Roster, by: Membership) -> None:
    """Name who does what, by the settings; whoever opens it leads until it is handed over."""
    named = []
    for part in Part:
        owner, deputy = choice.parts[part]
        first = by.user_id if part is Part.LEAD else next(iter(_people(roster, owner)), None)
        second = next((one for one in _people(roster, deputy) if one != first), None)
        named.append(
            IncidentPart(
                workspace_id=incident.workspace_id,
                incident_id=incident.id,
                part=part.value,
                user_id=first,
                deputy_id=second,
            )
        )
    IncidentPart.objects.bulk_create(named)


def _people(roster: Roster, target: str) -> list[UUID]:
    """Return who of a target may be asked now, or else whoever is left of it."""
    return roster.find(target)[0] or roster.all_of(target)


def enter_level(incident: Incident, severity: int, choice: Choice, by: Membership | None) -> None:
    """Let the clocks, tasks and, where it says so, the stop of a level begin."""
    level, at = choice.levels[severity], now()
    save(
        incident,
        severity=severity,
        level_at=at,
        rises_at=at + timedelta(minutes=level.rises_after) if level.rises_after else None,
    )
    tasks = [
        IncidentTask(
            workspace_id=incident.workspace_id,
            incident_id=incident.id,
            level=severity,
            position=place,
            text=text,
            due_at=at + timedelta(minutes=minutes) if minutes else None,
        )
        for place, (text, minutes) in enumerate(level.tasks)
    ]
    rows.insert(tasks, conflict="(workspace_id, incident_id, text) DO NOTHING")
    if level.stops and stop_switch(incident) is None:
        stop_posts(incident, by)


@transaction.atomic
def set_level(incident_id: UUID, severity: int, by: Membership, why: str = "") -> Incident:
    """Put a live incident at another level. Raises BadIncidentError and those of `locked`."""
    if severity not in LEVELS:
        raise BadIncidentError(field="severity")
    incident = locked(by.workspace_id, incident_id, IncidentState.LIVE)
    if severity != incident.severity:
        change_level(incident, severity, choice_of(by.workspace_id), by, why)
    return incident


def change_level(
    incident: Incident, severity: int, choice: Choice, by: Membership | None, why: str = ""
) -> None:
    """Put a locked incident at another level and tell of it; nobody's doing: it lasted."""
    before = incident.severity
    note(
        incident,
        "level",
        by,
        {"level": severity, "before": before},
        text=clean(why)[0].strip()[:500],
    )
    enter_level(incident, severity, choice, by)
    audit(incident, "incident.level", by, level=severity)
    told = IncidentLevelChanged(
        incident.workspace_id, incident.id, incident.number, severity, before, incident.title,
        by.user_id if by else None,
    )  # fmt: skip
    emit([told])


@transaction.atomic
def hand_over(
    incident_id: UUID, part: str, user_id: UUID | None, deputy_id: UUID | None, by: Membership
) -> Incident:
    """Say who does a part of a live incident, and who does it for them.

    Raises BadIncidentError for a part that is none or a person who is no member.
    """
    if part not in set(Part) or (part == Part.LEAD and user_id is None):
        raise BadIncidentError(field="part")
    members = set(Membership.objects.filter(workspace_id=by.workspace_id).values_list(
        "user_id", flat=True
    ))  # fmt: skip
    if not {one for one in (user_id, deputy_id) if one} <= members:
        raise BadIncidentError(field="user")
    incident = locked(by.workspace_id, incident_id, IncidentState.LIVE)
    IncidentPart.objects.update_or_create(
        workspace_id=by.workspace_id, incident_id=incident.id, part=part,
        defaults={"user_id": user_id, "deputy_id": deputy_id},
    )  # fmt: skip
    if part == Part.LEAD:
        save(incident, lead_id=user_id)
    note(incident, "part", by, {"part": part, "user_id": str(user_id or ""),
                                "deputy_id": str(deputy_id or "")})  # fmt: skip
    return incident


@transaction.atomic
def end_incident(incident_id: UUID, by: Membership) -> Incident:
    """End an incident: posts may go again, but what was held waits for a review of its own.

    Said twice it is said once. Raises UnknownIncidentError, WrongStateError.
    """
    incident = locked(by.workspace_id, incident_id)
    if incident.state == IncidentState.ENDED:
        return incident
    if incident.state != IncidentState.LIVE:
        raise WrongStateError(incident.state)
    if stop_switch(incident) is not None:
        resume_posts(incident, by)
    at = now()
    save(incident, state=IncidentState.ENDED, ended_at=at, ended_by_id=by.user_id,
         rises_at=None, update_at=None)  # fmt: skip
    Review.objects.get_or_create(
        workspace_id=by.workspace_id, incident_id=incident.id,
        defaults={"due_at": at + REVIEW_WITHIN},
    )  # fmt: skip
    note(incident, "ended", by)
    _over(incident, by, "incident.ended")
    return incident


@transaction.atomic
def dismiss(incident_id: UUID, by: Membership) -> Incident:
    """Dismiss a proposal. Raises UnknownIncidentError, WrongStateError."""
    incident = locked(by.workspace_id, incident_id, IncidentState.PROPOSED)
    save(incident, state=IncidentState.DISMISSED, ended_at=now(), ended_by_id=by.user_id)
    note(incident, "dismissed", by)
    _over(incident, by, "incident.dismissed")
    return incident


@transaction.atomic
def bring_back(incident_id: UUID, by: Membership) -> Incident:
    """Take a dismissal back: it is a proposal again."""
    incident = locked(by.workspace_id, incident_id, IncidentState.DISMISSED)
    save(incident, state=IncidentState.PROPOSED, ended_at=None, ended_by_id=None)
    note(incident, "brought_back", by)
    audit(incident, "incident.brought_back", by)
    return incident


def _over(incident: Incident, by: Membership, action: str) -> None:
    audit(incident, action, by)
    told = IncidentEnded(
        incident.workspace_id, incident.id, incident.number, incident.severity,
        str(incident.state), incident.title, by.user_id,
    )  # fmt: skip
    emit([told])


@transaction.atomic
def link_case(incident_id: UUID, case_id: UUID, by: Membership) -> bool:
    """Let a case join a current incident; False if it is in it already.

    Raises UnknownIncidentError, WrongStateError, Case.DoesNotExist.
    """
    incident = locked(by.workspace_id, incident_id, IncidentState.PROPOSED, IncidentState.LIVE)
    return bool(_linked(incident, [case_id], by))


def _linked(incident: Incident, case_ids: Collection[UUID], by: Membership) -> list[UUID]:
    known = set(
        Case.objects.filter(
            workspace_id=by.workspace_id, id__in=list(case_ids), merged_into_id=None
        ).values_list("id", flat=True)
    )
    if known != set(case_ids):
        raise Case.DoesNotExist
    return link_ids(incident, list(known), by.user_id)


@transaction.atomic
def unlink_case(incident_id: UUID, case_id: UUID, by: Membership) -> bool:
    """Take a case out of an incident again; False if it was not in it."""
    incident = locked(by.workspace_id, incident_id)
    inside = IncidentCase.objects.filter(
        workspace_id=by.workspace_id, incident_id=incident.id, case_id=case_id,
        unlinked_at__isnull=True,
    )  # fmt: skip
    return bool(inside.update(unlinked_at=now()))
