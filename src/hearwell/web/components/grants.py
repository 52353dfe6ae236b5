"""A grant as drawn: how much, why, by whom, on whose powers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.powers.models import Grant, GrantKind, GrantState
from hearwell.powers.money import plain_amount, shown_amount
from hearwell.web.components.powers import GRANT_REASONS

KIND_WORDS = {kind.value: kind.label for kind in GrantKind}
STATE_WORDS = {state.value: state.label for state in GrantState}


@dataclass(frozen=True)
class GrantFace:
    """A grant in words."""

    id: UUID
    case_id: UUID
    amount: str
    plain: str
    currency: str
    kind: str
    reason: str
    note: str
    state: str
    giver: str
    approver: str
    given_at: datetime
    decided_at: datetime | None
    remark: str
    is_waiting: bool
    is_above: bool
    is_theirs: bool = False
    label: str = ""
    customer: str = ""


def grant_face(
    grant: Grant,
    people: Mapping[UUID, Any],
    *,
    me: UUID | None = None,
    label: str = "",
    customer: str = "",
) -> GrantFace:
    """Put a grant into words."""
    return GrantFace(
        id=grant.id,
        case_id=grant.case_id,
        amount=shown_amount(grant.amount_minor, grant.currency),
        plain=plain_amount(grant.amount_minor, grant.currency),
        currency=grant.currency,
        kind=str(KIND_WORDS[grant.kind]),
        reason=str(GRANT_REASONS.get(grant.reason, grant.reason)),
        note=grant.note,
        state=str(STATE_WORDS[grant.state]),
        giver=_name(grant.giver_id, people),
        approver=_name(grant.approver_id, people) if grant.approver_id else "",
        given_at=grant.given_at,
        decided_at=grant.decided_at,
        remark=grant.remark,
        is_waiting=grant.state == GrantState.WAITING,
        is_above=grant.is_above,
        is_theirs=grant.giver_id == me,
        label=label,
        customer=customer,
    )


def _name(user_id: UUID, people: Mapping[UUID, Any]) -> str:
    person = people.get(user_id)
    return person.name if person else _("Somebody who has left")
