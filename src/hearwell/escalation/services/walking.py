"""Walk paths: ask whoever is next, pass over who is absent, and leave nothing with nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from hearwell.conversations.models import Case
from hearwell.escalation.events import EscalationMoved
from hearwell.escalation.models import Escalation, EscalationMove, EscalationState
from hearwell.escalation.queries import choice_of
from hearwell.escalation.roster import Roster, roster_of
from hearwell.escalation.rules import Place, Step, Turn, next_turn
from hearwell.events.services import emit
from hearwell.kit import rows

log = structlog.get_logger(__name__)
AT_ONCE = 500
# An owner whom it was given to is told again this often, until somebody accepts.
TOLD_AGAIN = timedelta(minutes=30)
# A turn begins where the one before ended, so that the seconds of sweeps do not add up; where we
# come later than that, whoever is next has their whole time.
_PUNCTUAL = timedelta(minutes=1)
# The last turn ends so long before the time by which there is an owner: the sweep must be in time.
_IN_TIME = timedelta(seconds=30)
_WALKED = ("step", "level", "state", "due_at", "owner_id", "asked_ids")
# As one document: Django's bulk_update works out a CASE for each row and column (for five hundred
# rows more than a second).
_KEPT = "(id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _WALKED)


def walk_due(workspace_id: UUID, moment: datetime) -> int:
    """Take the escalations of a workspace on whose time is over; return how many."""
    due = Escalation.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, due_at__lte=moment
    )
    found = list(due.order_by("due_at")[:AT_ONCE])
    if not found:
        return 0
    roster = roster_of(workspace_id, choice_of(workspace_id).parts)
    holders = assignees(workspace_id, {one.case_id for one in found})
    moves: list[EscalationMove] = []
    events = []
    for one in found:
        walked = _go_on(one, roster, holders.get(one.case_id), moment)
        events.append(_moved(one, asked_now(one, walked)))
        moves += walked
    rows.insert(found, conflict=_KEPT)
    EscalationMove.objects.bulk_create(moves)
    emit(events)
    return len(found)


def _go_on(
    one: Escalation, roster: Roster, holder: UUID | None, moment: datetime
) -> list[EscalationMove]:
    """Take one a step on: to the next turn, or, at the end, to an owner of the workspace."""
    if one.step + 1 < len(one.steps):
        due = one.due_at or moment
        is_punctual = moment - due < _PUNCTUAL
        begins = due if is_punctual else moment
        return begin_turn(one, roster, holder, begins, at=one.step + 1)
    if one.state == EscalationState.GIVEN:
        one.due_at = moment + TOLD_AGAIN
        return [_move(one, "asked", moment, user_ids=roster.last_resort())]
    last = roster.last_resort()
    one.state = EscalationState.GIVEN
    one.owner_id = last[0] if last else None
    one.due_at = moment + TOLD_AGAIN
    log.warning("escalation_nobody_accepted", severity=one.severity, owners=len(last))
    return [_move(one, "given", moment, user_ids=last[:1])]


def begin_turn(
    one: Escalation, roster: Roster, holder: UUID | None, moment: datetime, *, at: int
) -> list[EscalationMove]:
    """Ask who is next from a step on; those passed over are noted with the reason."""
    steps = [Step.restored(step) for step in one.steps]
    turn = next_turn(steps, at, lambda target: roster.find(target, holder), roster.last_resort())
    step = steps[turn.index]
    one.step, one.level = turn.index, max(one.severity, min(step.level, 4))
    one.due_at = moment + timedelta(minutes=step.minutes)
    if step.place is Place.LAST:
        one.due_at -= _IN_TIME
    asked = [str(user_id) for user_id in turn.asked]
    one.asked_ids = list(dict.fromkeys([*one.asked_ids, *asked]))
    return [*_passed(one, turn, moment), _move(one, "asked", moment, user_ids=turn.asked)]


def _passed(one: Escalation, turn: Turn, moment: datetime) -> list[EscalationMove]:
    return [
        EscalationMove(
            workspace_id=one.workspace_id,
            escalation_id=one.id,
            at=moment,
            what="passed",
            step=index,
            level=one.steps[index]["level"],
            data={"why": why, "target": one.steps[index]["target"]},
        )
        for index, why in turn.passed
    ]


def _move(
    one: Escalation, what: str, moment: datetime, *, user_ids: Sequence[UUID]
) -> EscalationMove:
    return EscalationMove(
        workspace_id=one.workspace_id,
        escalation_id=one.id,
        at=moment,
        what=what,
        step=one.step,
        level=one.level,
        user_ids=[str(user_id) for user_id in user_ids],
    )


def asked_now(one: Escalation, moves: Sequence[EscalationMove]) -> list[UUID]:
    """Return who was asked last, of moves in their order."""
    last = next((m for m in reversed(moves) if m.escalation_id == one.id and m.user_ids), None)
    return [UUID(text) for text in last.user_ids] if last else []


def _moved(one: Escalation, asked: Sequence[UUID]) -> EscalationMoved:
    place = one.steps[one.step]["place"]
    is_given = one.state == EscalationState.GIVEN
    return EscalationMoved(
        one.workspace_id,
        case_id=one.case_id,
        escalation_id=one.id,
        severity=one.level,
        step=one.step,
        user_ids=list(asked),
        due_at=one.due_at,
        is_last=place == Place.LAST,
        is_given=is_given,
    )


def assignees(workspace_id: UUID, case_ids: set[UUID]) -> dict[UUID, UUID | None]:
    """Return case -> who has it; one query."""
    found = Case.objects.filter(workspace_id=workspace_id, id__in=case_ids)
    return dict(found.values_list("id", "assignee_id"))
