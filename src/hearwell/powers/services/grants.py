"""Give within one's powers, ask where they end, decide what others asked for.

Everything that is given is given under the lock of the purse's row: two who give at once are one
after the other, and the second sees what the first has given.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, Role
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.powers.events import GrantAsked, GrantDecided
from hearwell.powers.giving import MOST_MINOR, REASONS, is_within
from hearwell.powers.grants import given_before, power_of
from hearwell.powers.models import Grant, GrantKind, GrantState, Purse
from hearwell.powers.money import shown_amount

LONGEST_NOTE = 500


class BadGrantError(ValueError):
    """What cannot be given or decided; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What somebody wants to give. `key` is made with the form."""

    case_id: UUID
    key: UUID
    amount_minor: int
    reason: str
    note: str = ""
    kind: str = GrantKind.GOODWILL.value


@transaction.atomic
def give(gift: Gift, *, by: Membership) -> Grant:
    """Give something, or ask for it where it is above one's powers (state WAITING).

    The same key again gives the same grant. Raises BadGrantError, Case.DoesNotExist.
    """
    note = _checked(gift, by)
    purse = lock_purse(by.workspace_id)
    known = Grant.objects.filter(workspace_id=by.workspace_id, key=gift.key).first()
    if known is not None:
        return known
    case = _home(by.workspace_id, gift.case_id)
    is_above = _is_above(gift, case, purse, by)
    grant = Grant.objects.create(
        workspace_id=by.workspace_id,
        key=gift.key,
        case_id=case.id,
        contact_id=case.contact_id,
        kind=gift.kind,
        reason=gift.reason,
        note=note,
        amount_minor=gift.amount_minor,
        currency=purse.currency,
        state=GrantState.WAITING if is_above else GrantState.GRANTED,
        is_above=is_above,
        giver_id=by.user_id,
        approver_id=None if is_above else by.user_id,
        decided_at=None if is_above else now(),
    )
    _audit(grant, "grant.asked" if is_above else "grant.given", case, by)
    if is_above:
        emit([GrantAsked(by.workspace_id, case.id, grant.id, by.user_id)])
    return grant


def _home(workspace_id: UUID, case_id: UUID) -> Case:
    """The case, or the one that took all that was in it. Raises Case.DoesNotExist."""
    case = Case.objects.get(workspace_id=workspace_id, id=case_id)
    while case.merged_into_id is not None:
        case = Case.objects.get(workspace_id=workspace_id, id=case.merged_into_id)
    return case


def _checked(gift: Gift, by: Membership) -> str:
    if not can(by.role, "reply"):
        raise BadGrantError(_("Your role does not allow you to do this."))
    if not 0 < gift.amount_minor <= MOST_MINOR:
        raise BadGrantError(_("Say how much, as in 25 or 12.50."))
    if gift.reason not in REASONS or gift.kind not in GrantKind.values:
        raise BadGrantError(_("Choose why."))
    note = clean(gift.note)[0].strip()[:LONGEST_NOTE]
    if gift.reason == "other" and not note:
        raise BadGrantError(_("Say in a few words why."))
    return note


def lock_purse(workspace_id: UUID) -> Purse:
    """The purse's row, made if there is none, locked until the transaction ends."""
    Purse.objects.bulk_create([Purse(workspace_id=workspace_id)], ignore_conflicts=True)
    return Purse.objects.select_for_update().get(workspace_id=workspace_id)


def _is_above(gift: Gift, case: Case, purse: Purse, by: Membership) -> bool:
    """Whether a second person is needed. Raises BadGrantError for a surprise beyond its budget."""
    given = given_before(by.workspace_id, by, case.id, case.contact_id)
    if gift.kind == GrantKind.GOODWILL:
        return not is_within(gift.amount_minor, power_of(by.workspace_id, by.role).limits, given)
    rest = purse.surprise_month_minor - given.month
    most = max(0, min(purse.surprise_each_minor, rest))
    if gift.amount_minor > most:
        words = _("A surprise may be at most %(most)s now: this month's budget has %(rest)s left.")
        told = {
            "most": shown_amount(most, purse.currency),
            "rest": shown_amount(max(0, rest), purse.currency),
        }
        raise BadGrantError(words % told)
    return False


@transaction.atomic
def decide_grant(grant_id: UUID, *, is_approved: bool, by: Membership, remark: str = "") -> Grant:
    """Give what somebody else asked for, or do not. Raises BadGrantError, Grant.DoesNotExist."""
    lock_purse(by.workspace_id)
    grant = Grant.objects.select_for_update().get(workspace_id=by.workspace_id, id=grant_id)
    case = Case.objects.get(workspace_id=by.workspace_id, id=grant.case_id)
    if not can(by.role, "approve"):
        raise BadGrantError(_("Your role does not allow you to do this."))
    if grant.state != GrantState.WAITING:
        raise BadGrantError(_("This was decided meanwhile."))
    if grant.giver_id == by.user_id:
        raise BadGrantError(_("You asked for this: somebody else has to decide."))
    if is_approved:
        _refuse_if_above(grant, case, by)
    grant.state = GrantState.GRANTED if is_approved else GrantState.REFUSED
    grant.approver_id, grant.decided_at = by.user_id, now()
    grant.remark = clean(remark)[0].strip()[:LONGEST_NOTE]
    grant.save(update_fields=["state", "approver_id", "decided_at", "remark"])
    _audit(grant, "grant.approved" if is_approved else "grant.refused", case, by)
    told = (grant.case_id, grant.id, grant.giver_id, grant.state, by.user_id)
    emit([GrantDecided(by.workspace_id, *told)])
    return grant


@transaction.atomic
def take_back_grant(workspace_id: UUID, grant_id: UUID) -> None:
    """What was given was not given after all, or came back: it counts against no limit any more.

    Called by what had it given, which keeps its own line in the audit trail.
    """
    lock_purse(workspace_id)
    rows = Grant.objects.filter(workspace_id=workspace_id, id=grant_id)
    rows.filter(state=GrantState.GRANTED).update(state=GrantState.RETURNED)


def _refuse_if_above(grant: Grant, case: Case, by: Membership) -> None:
    """Raise BadGrantError where the second person may not give so much either.

    Above everybody's limit, it takes an owner beside whoever asked.
    """
    given = given_before(by.workspace_id, by, case.id, case.contact_id)
    limits = power_of(by.workspace_id, by.role).limits
    if by.role != Role.OWNER and not is_within(grant.amount_minor, limits, given):
        raise BadGrantError(
            _("This is above your own limit, too. Somebody who may give more decides.")
        )


def _audit(grant: Grant, action: str, case: Case, by: Membership) -> None:
    facts = {
        "amount": shown_amount(grant.amount_minor, grant.currency),
        "kind": grant.kind,
        "reason": grant.reason,
        "case": case.label,
    }
    entry = AuditEntry(action, by.user, "grant", grant.id, case.label, None, facts)
    record_audit(grant.workspace_id, [entry])
