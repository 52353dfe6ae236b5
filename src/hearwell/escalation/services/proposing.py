"""Propose an incident where a spike gives reason to; a person opens or dismisses it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Max

from hearwell.conversations.models import Case, Message
from hearwell.escalation.events import IncidentProposed
from hearwell.escalation.models import Incident, IncidentCase, IncidentState
from hearwell.escalation.models.incidents import CURRENT_STATES
from hearwell.escalation.queries import choice_of
from hearwell.escalation.rules import is_same_story
from hearwell.escalation.services.log import note
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now

_CLASS: Final = crc32(b"hearwell.escalation.incidents") - 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A spike as escalation takes it: what it is, of what, since when, and why we think so."""

    spike_id: UUID
    kind: str
    title: str
    words: Sequence[str]
    topic: str
    channel_id: UUID | None
    reasons: Sequence[tuple[str, dict[str, Any]]]
    case_id: UUID
    message_ids: Collection[UUID]
    began_at: datetime
    found_at: datetime


@transaction.atomic
def propose(workspace_id: UUID, sightings: Sequence[Sighting]) -> list[Incident]:
    """Propose an incident for each sighting that asks for one; return those that are new.

    One that tells a story that is proposed or live already is noted there, with its cases. Praise
    is no trouble, and what the workspace wants no incident of proposes none.
    """
    choice = choice_of(workspace_id)
    levels = {"trouble": choice.of_trouble, "volume": choice.of_volume}
    wanted = [(one, levels.get(one.kind, 0)) for one in sightings]
    wanted = [(one, level) for one, level in wanted if level]
    if not wanted:
        return []
    lock_numbers(workspace_id)
    current = list(Incident.objects.filter(workspace_id=workspace_id, state__in=CURRENT_STATES))
    new = []
    for one, level in wanted:
        known = next((incident for incident in current if _is_same(incident, one)), None)
        if known is None:
            known = _proposed(workspace_id, one, level)
            current.append(known)
            new.append(known)
        else:
            note(known, "spiked", None, {"spike_id": str(one.spike_id), "title": one.title})
        link_messages(known, one.message_ids)
    emit(_event(incident, wanted) for incident in new)
    return new


def _is_same(incident: Incident, one: Sighting) -> bool:
    if incident.words or one.words:
        return is_same_story(incident.words, one.words)
    return incident.topic == one.topic and incident.channel_id in (None, one.channel_id)


def _proposed(workspace_id: UUID, one: Sighting, level: int) -> Incident:
    incident = Incident.objects.create(
        workspace_id=workspace_id,
        number=next_number(workspace_id),
        title=one.title,
        severity=level,
        level_at=one.found_at,
        found_by="spike",
        spike_id=one.spike_id,
        words=list(one.words),
        topic=one.topic,
        channel_id=one.channel_id,
        reasons=[[code, figures] for code, figures in one.reasons],
        began_at=one.began_at,
        found_at=one.found_at,
    )
    note(incident, "proposed", None, {"level": level})
    return incident


def _event(incident: Incident, wanted: Sequence[tuple[Sighting, int]]) -> IncidentProposed:
    case_id = next(one.case_id for one, _level in wanted if one.spike_id == incident.spike_id)
    return IncidentProposed(
        incident.workspace_id,
        incident_id=incident.id,
        number=incident.number,
        severity=incident.severity,
        title=incident.title,
        spike_id=incident.spike_id,
        case_id=case_id,
    )


@transaction.atomic
def spike_went_on(workspace_id: UUID, spike_id: UUID, message_ids: Collection[UUID]) -> int:
    """Link what was said since to the current incident of a spike; return how many cases."""
    found = Incident.objects.filter(
        workspace_id=workspace_id, state__in=CURRENT_STATES, spike_id=spike_id
    )
    return sum(link_messages(incident, message_ids) for incident in found)


def lock_numbers(workspace_id: UUID) -> None:
    """Let one at a time propose or open here: numbers have no gap, a story has one incident."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [_CLASS, crc32(workspace_id.bytes) - 2**31],
        )


def next_number(workspace_id: UUID) -> int:
    """Return the number of the next incident; call `lock_numbers` before."""
    found = Incident.objects.filter(workspace_id=workspace_id).aggregate(last=Max("number"))
    return (found["last"] or 0) + 1


def link_messages(incident: Incident, message_ids: Collection[UUID]) -> int:
    """Link the cases of messages; return how many are new. Two statements."""
    if not message_ids:
        return 0
    cases = Case.objects.filter(
        workspace_id=incident.workspace_id,
        is_historic=False,
        id__in=Message.objects.filter(
            workspace_id=incident.workspace_id, id__in=list(message_ids)
        ).values("case_id"),
    )
    ids = list(cases.values_list("id", flat=True))
    return len(link_ids(incident, ids, None))


def link_ids(incident: Incident, case_ids: Collection[UUID], by_id: UUID | None) -> list[UUID]:
    """Link cases; one that was taken out by a person stays out unless a person links it."""
    at = now()
    links = [
        IncidentCase(
            workspace_id=incident.workspace_id,
            incident_id=incident.id,
            case_id=case_id,
            linked_at=at,
            linked_by_id=by_id,
        )
        for case_id in case_ids
    ]
    target = "(workspace_id, incident_id, case_id)"
    again = (
        "DO UPDATE SET unlinked_at = NULL, linked_at = excluded.linked_at,"
        " linked_by_id = excluded.linked_by_id"
        " WHERE escalation_incidentcase.unlinked_at IS NOT NULL"
    )
    conflict = f"{target} {again if by_id else 'DO NOTHING'}"
    return [row[0] for row in rows.insert(links, conflict=conflict, returning=("case_id",))]


def is_proposal(incident: Incident) -> bool:
    """Say whether a person has still to decide about it."""
    return incident.state == IncidentState.PROPOSED
