"""Escalate cases: by hand, or because triage raised an alarm. A batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import Case
from hearwell.escalation.events import EscalationRaised
from hearwell.escalation.models import Escalation, EscalationMove, Why
from hearwell.escalation.models.paths import OPEN_STATES
from hearwell.escalation.queries import choice_of, current_paths, paths_for
from hearwell.escalation.roster import Roster, roster_of
from hearwell.escalation.rules import (
    Choice,
    Path,
    Severity,
    alarms_that_count,
    latest_owner,
    steps_from,
)
from hearwell.escalation.services.walking import asked_now, assignees, begin_turn
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LONGEST_REMARK: Final = 2000
_ONE_OPEN: Final = (
    "(workspace_id, case_id) WHERE state IN ('waiting', 'given', 'accepted', 'signing') DO NOTHING"
)


class NoSuchCaseError(LookupError):
    """There is no such case here, or it is of an archive."""


class BadSeverityError(ValueError):
    """Severities are 0 to 4."""


class Judged(Protocol):
    """What triage says of a message; `alarms` are those it raised."""

    case_id: UUID
    kind: str
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A case to be escalated."""

    case_id: UUID
    kind: str
    severity: int
    why: str
    message_id: UUID | None = None
    remark: str = ""
    by_id: UUID | None = None


@transaction.atomic
def escalate(case_id: UUID, severity: int, by: Membership, remark: str = "") -> Escalation:
    """Escalate a case by hand; one that is escalated already stays as it is and is returned.

    Raises NoSuchCaseError, BadSeverityError.
    """
    if severity not in set(Severity):
        raise BadSeverityError(severity)
    workspace_id = by.workspace_id
    case = Case.objects.filter(workspace_id=workspace_id, id=case_id, is_historic=False).first()
    if case is None or case.merged_into_id is not None:
        raise NoSuchCaseError(case_id)
    said = clean(remark)[0].strip()[:LONGEST_REMARK]
    wanted = Wanted(case.id, case.kind, severity, Why.PERSON, remark=said, by_id=by.user_id)
    made = next(iter(raise_many(workspace_id, [wanted])), None)
    if made is None:
        return Escalation.objects.get(
            workspace_id=workspace_id, case_id=case_id, state__in=OPEN_STATES
        )
    entry = AuditEntry(
        "escalation.raised", by.user, "case", case.id, f"HW-{case.number}",
        after={"severity": severity},
    )  # fmt: skip
    record_audit(workspace_id, [entry])
    return made


def raise_alarms(workspace_id: UUID, verdicts: Mapping[UUID, Judged]) -> list[Escalation]:
    """Escalate the cases in which triage raised an alarm; no query where it raised none.

    A case that is escalated already stays where it is. Six statements, however many.
    """
    alarmed = {key: one for key, one in verdicts.items() if one.alarms}
    if not alarmed:
        return []
    choice = choice_of(workspace_id)
    found: dict[UUID, Wanted] = {}
    for message_id, one in alarmed.items():
        counted = alarms_that_count(one.alarms, choice.alarms)
        if counted and one.case_id not in found:
            found[one.case_id] = Wanted(
                one.case_id, one.kind, choice.alarm_level, counted[0], message_id
            )
    return raise_many(workspace_id, list(found.values()), choice)


def raise_many(
    workspace_id: UUID, wanted: Sequence[Wanted], choice: Choice | None = None
) -> list[Escalation]:
    """Raise escalations and ask the first of each path; return those that are new."""
    wanted = _not_open(workspace_id, wanted)
    if not wanted:
        return []
    choice = choice or choice_of(workspace_id)
    roster, paths = roster_of(workspace_id, choice.parts), current_paths(workspace_id)
    holders = assignees(workspace_id, {one.case_id for one in wanted})
    made, moves = [], {}
    for one in wanted:
        escalation = _raised(workspace_id, one, paths_for(paths, one.kind))
        moves[escalation.id] = _begun(escalation, roster, holders.get(one.case_id))
        made.append(escalation)
    new = {row[0] for row in rows.insert(made, conflict=_ONE_OPEN, returning=("id",))}
    made = [one for one in made if one.id in new]
    EscalationMove.objects.bulk_create(move for one in made for move in moves[one.id])
    emit(_event(one, asked_now(one, moves[one.id])) for one in made)
    return made


def _not_open(workspace_id: UUID, wanted: Iterable[Wanted]) -> list[Wanted]:
    listed = list(wanted)
    found = Escalation.objects.filter(
        workspace_id=workspace_id, case_id__in=[one.case_id for one in listed],
        state__in=OPEN_STATES,
    )  # fmt: skip
    known = set(found.values_list("case_id", flat=True)) if listed else set()
    return [one for one in listed if one.case_id not in known]


def _raised(workspace_id: UUID, one: Wanted, paths: Mapping[int, Path]) -> Escalation:
    steps, at = steps_from(one.severity, paths), now()
    return Escalation(
        workspace_id=workspace_id,
        case_id=one.case_id,
        kind=one.kind,
        severity=one.severity,
        level=one.severity,
        why=one.why,
        message_id=one.message_id,
        remark=one.remark,
        raised_at=at,
        raised_by_id=one.by_id,
        steps=[step.stored() for step in steps],
        sign_off=paths[one.severity].sign_off,
        owned_by=at + latest_owner(steps),
    )


def _begun(one: Escalation, roster: Roster, holder: UUID | None) -> list[EscalationMove]:
    raised = EscalationMove(
        workspace_id=one.workspace_id,
        escalation_id=one.id,
        at=one.raised_at,
        what="raised",
        level=one.severity,
        by_id=one.raised_by_id,
        data={"why": one.why},
    )
    return [raised, *begin_turn(one, roster, holder, one.raised_at, at=0)]


def _event(one: Escalation, asked: Sequence[UUID]) -> EscalationRaised:
    return EscalationRaised(
        one.workspace_id,
        case_id=one.case_id,
        escalation_id=one.id,
        severity=one.severity,
        why=one.why,
        user_ids=list(asked),
        due_at=one.due_at,
        actor_id=one.raised_by_id,
    )
