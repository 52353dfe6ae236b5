"""Accept an escalation, see it through, have it signed off, or withdraw it. One owner at a time."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.escalation.events import EscalationAccepted, EscalationSettled
from hearwell.escalation.models import Escalation, EscalationMove, EscalationState
from hearwell.escalation.queries import choice_of
from hearwell.escalation.roster import roster_of
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LONGEST_OUTCOME: Final = 2000


class UnknownEscalationError(LookupError):
    """There is no such escalation here."""


class HasOwnerError(Exception):
    """Somebody else accepted first; `owner_id` says who."""

    def __init__(self, owner_id: UUID | None) -> None:
        super().__init__(str(owner_id))
        self.owner_id = owner_id


class NotYoursError(Exception):
    """Who asked is not asked here, or may not decide this."""


class SettledError(Exception):
    """It is settled, or not so far: nothing was changed."""


def may_accept(one: Escalation, by: Membership) -> bool:
    """Say whether somebody may accept: who was asked so far, and every lead."""
    return str(by.user_id) in one.asked_ids or can(by.role, "approve")


@transaction.atomic
def accept(escalation_id: UUID, by: Membership) -> Escalation:
    """Make this person the owner; said twice it is said once.

    Raises UnknownEscalationError, HasOwnerError, NotYoursError, SettledError.
    """
    one = _locked(by.workspace_id, escalation_id)
    if not one.is_open:
        raise SettledError
    if not one.is_unclaimed:
        if one.owner_id == by.user_id:
            return one
        raise HasOwnerError(one.owner_id)
    if not may_accept(one, by):
        raise NotYoursError
    _save(one, by, "accepted", state=EscalationState.ACCEPTED, owner_id=by.user_id,
          accepted_at=now(), due_at=None)  # fmt: skip
    told = EscalationAccepted(
        one.workspace_id, one.case_id, one.id, one.level, by.user_id, by.user_id
    )
    emit([told])
    return one


@transaction.atomic
def finish(escalation_id: UUID, by: Membership, outcome: str) -> Escalation:
    """Say what was done. Where the path wants it signed off, that is asked for now.

    Raises UnknownEscalationError, NotYoursError, SettledError.
    """
    one = _locked(by.workspace_id, escalation_id)
    if one.state != EscalationState.ACCEPTED:
        raise SettledError
    if one.owner_id != by.user_id and not can(by.role, "approve"):
        raise NotYoursError
    said = clean(outcome)[0].strip()[:LONGEST_OUTCOME]
    if not one.sign_off:
        _save(one, by, "finished", state=EscalationState.DONE, outcome=said, ended_at=now())
        _tell(one, by)
        return one
    _save(one, by, "finished", state=EscalationState.SIGNING, outcome=said)
    _tell(one, by, signers_of(one))
    return one


def signers_of(one: Escalation) -> list[UUID]:
    """Return who may sign it off: whoever the path names, but never its owner.

    Where the path names nobody else who is left, the owners of the workspace do.
    """
    roster = roster_of(one.workspace_id, choice_of(one.workspace_id).parts)
    named = [user_id for user_id in roster.all_of(one.sign_off) if user_id != one.owner_id]
    return named or [user_id for user_id in roster.last_resort() if user_id != one.owner_id]


@transaction.atomic
def sign_off(escalation_id: UUID, by: Membership, *, is_good: bool, remark: str = "") -> Escalation:
    """Sign an escalation off, or send it back to its owner.

    Raises UnknownEscalationError, NotYoursError, SettledError.
    """
    one = _locked(by.workspace_id, escalation_id)
    if one.state != EscalationState.SIGNING:
        raise SettledError
    allowed = signers_of(one)
    # Where nobody but the owner is left to sign, waiting for ever would help nobody.
    if by.user_id not in allowed and (allowed or by.user_id != one.owner_id):
        raise NotYoursError
    data = {"remark": clean(remark)[0].strip()[:LONGEST_OUTCOME]}
    if is_good:
        _save(one, by, "signed", data, state=EscalationState.DONE, ended_at=now(),
              signed_by_id=by.user_id)  # fmt: skip
    else:
        _save(one, by, "returned", data, state=EscalationState.ACCEPTED)
    _tell(one, by, [one.owner_id] if one.owner_id else [])
    return one


@transaction.atomic
def withdraw(escalation_id: UUID, by: Membership) -> Escalation:
    """Take an escalation back that was raised in error: who raised it, or a lead.

    Raises UnknownEscalationError, NotYoursError, SettledError.
    """
    one = _locked(by.workspace_id, escalation_id)
    if not one.is_unclaimed:
        raise SettledError
    if one.raised_by_id != by.user_id and not can(by.role, "approve"):
        raise NotYoursError
    _save(one, by, "withdrawn", state=EscalationState.WITHDRAWN, due_at=None, ended_at=now())
    _tell(one, by)
    return one


def _locked(workspace_id: UUID, escalation_id: UUID) -> Escalation:
    found = Escalation.objects.select_for_update().filter(
        workspace_id=workspace_id, id=escalation_id
    )
    one = found.first()
    if one is None:
        raise UnknownEscalationError(escalation_id)
    return one


def _save(
    one: Escalation, by: Membership, what: str, data: dict[str, Any] | None = None, **values: Any
) -> None:
    """Change a locked escalation, its history and the audit trail together."""
    before = one.state
    for name, value in values.items():
        setattr(one, name, value)
    one.save(update_fields=list(values))
    EscalationMove.objects.create(
        workspace_id=one.workspace_id,
        escalation_id=one.id,
        what=what,
        step=one.step,
        level=one.level,
        by_id=by.user_id,
        data=data or {},
    )
    entry = AuditEntry(
        f"escalation.{what}", by.user, "case", one.case_id,
        before={"state": before}, after={"state": str(one.state)},
    )  # fmt: skip
    record_audit(one.workspace_id, [entry])


def _tell(one: Escalation, by: Membership, user_ids: list[UUID] | None = None) -> None:
    told = EscalationSettled(
        one.workspace_id, one.case_id, one.id, str(one.state), user_ids or [], by.user_id
    )
    emit([told])
