"""Reads of teams and claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hearwell.accounts.models import User
from hearwell.kit.clock import now
from hearwell.routing.models import Claim, Team


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Who is on a case, and until when."""

    case_id: UUID
    user_id: UUID
    name: str
    expires_at: datetime


def claims_of(case_ids: Iterable[UUID]) -> dict[UUID, ClaimView]:
    """Return the live claims on cases in scope; two queries."""
    rows = list(Claim.objects.filter(case_id__in=list(case_ids), expires_at__gt=now()))
    people = User.objects.in_bulk([row.user_id for row in rows]) if rows else {}
    return {
        row.case_id: ClaimView(
            row.case_id, row.user_id, str(people.get(row.user_id, "")), row.expires_at
        )
        for row in rows
    }


def claim_of(case_id: UUID) -> ClaimView | None:
    """Return the live claim on a case, if any."""
    return claims_of([case_id]).get(case_id)


def teams_of(workspace_id: UUID) -> list[Team]:
    """Return the teams of a workspace by name."""
    return list(Team.objects.filter(workspace_id=workspace_id).order_by("name"))
