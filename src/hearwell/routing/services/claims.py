"""Claims: on a case for ten minutes, so that nobody's lunch locks a customer; and assignments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.routing.events import CaseClaimed, CaseReleased
from hearwell.routing.models import Claim
from hearwell.routing.services.standing import hold, requeue

CLAIM_LASTS = timedelta(minutes=10)
AT_MOST = 500
# The unique key decides: the row changes hands only where the old claim has run out.
_TAKE = """
    INSERT INTO routing_claim AS c
        (id, workspace_id, case_id, user_id, claimed_at, expires_at, has_assigned)
    VALUES (%s, %s, %s, %s, %s, %s, false)
    ON CONFLICT (workspace_id, case_id) DO UPDATE SET
        user_id = excluded.user_id,
        expires_at = excluded.expires_at,
        claimed_at = CASE WHEN c.user_id = excluded.user_id THEN c.claimed_at
                          ELSE excluded.claimed_at END,
        has_assigned = c.has_assigned AND c.user_id = excluded.user_id
    WHERE c.user_id = excluded.user_id OR c.expires_at <= excluded.claimed_at
    RETURNING id
"""


class TakenError(Exception):
    """Somebody else is on the case: by a claim that ends at `until`, or by assignment (None)."""

    def __init__(self, user_id: UUID, name: str, claim: Claim | None = None) -> None:
        self.user_id, self.name = user_id, name
        self.until = claim.expires_at if claim else None
        self.message = _("%(name)s is on this case.") % {"name": name}
        super().__init__(self.message)


@transaction.atomic
def claim(case_id: UUID, user: User) -> Claim:
    """Take a case for ten minutes, and its assignment where nobody has it.

    Claiming again extends. Raises TakenError for the one who came second, and where the case is
    assigned to somebody else; Case.DoesNotExist for a foreign or absent id.
    """
    case = Case.objects.select_for_update().get(id=case_id)
    if case.assignee_id not in {None, user.id}:
        raise TakenError(case.assignee_id, _name_of(case.assignee_id))
    taken = _take(case, user)
    if case.assignee_id is None:
        conversations.assign([case.id], user.id, actor_id=user.id)
        hold(case.workspace_id, [case.id])
        Claim.objects.filter(id=taken.id).update(has_assigned=True)
        taken.has_assigned = True
    if taken.claimed_at == taken.expires_at - CLAIM_LASTS:  # new, not extended
        conversations.log([case.id], "claimed", actor_id=user.id)
    emit([CaseClaimed(case.workspace_id, case.id, user.id, taken.expires_at)])
    return taken


def _take(case: Case, user: User) -> Claim:
    moment = now()
    values: list[UUID | datetime] = [
        uuid7(),
        case.workspace_id,
        case.id,
        user.id,
        moment,
        moment + CLAIM_LASTS,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        won = cursor.fetchone() is not None
    held = Claim.objects.get(workspace_id=case.workspace_id, case_id=case.id)
    if not won:
        raise TakenError(held.user_id, _name_of(held.user_id), held)
    return held


def extend(case_id: UUID, user_id: UUID) -> bool:
    """Keep a claim alive while its holder writes; False where it is not theirs any more."""
    moment = now()
    live = Claim.objects.filter(case_id=case_id, user_id=user_id, expires_at__gt=moment)
    return live.update(expires_at=moment + CLAIM_LASTS) > 0


def keep(case_id: UUID, user_id: UUID) -> bool:
    """Turn a claim into a lasting assignment, as when a reply has been written."""
    return Claim.objects.filter(case_id=case_id, user_id=user_id).delete()[0] > 0


@transaction.atomic
def release(case_id: UUID, user: User) -> bool:
    """Let a case go; False where the claim was not theirs.

    An assignment that the claim made ends with it.
    """
    Case.objects.select_for_update().get(id=case_id)
    held = Claim.objects.select_for_update().filter(case_id=case_id, user_id=user.id).first()
    if held is None:
        return False
    _end([held], why="released", actor_id=user.id)
    return True


def drop_claims(case_ids: Iterable[UUID], *, why: str) -> None:
    """End the claims on cases that there is nothing left to do in; who has them stays."""
    held = list(Claim.objects.filter(case_id__in=list(case_ids)))
    Claim.objects.filter(id__in=[one.id for one in held]).delete()
    emit(CaseReleased(one.workspace_id, one.case_id, one.user_id, why) for one in held)


@transaction.atomic
def assign(case_ids: Iterable[UUID], user_id: UUID | None, *, actor: User | None) -> None:
    """Give cases to somebody for good, or to nobody; claims on them end. Audited.

    Without an actor no person did it.

    Raises Membership.DoesNotExist for a person outside the workspace.
    """
    cases = list(Case.objects.select_for_update().filter(id__in=list(case_ids)).order_by("id"))
    if not cases:
        return
    workspace_id = cases[0].workspace_id
    if user_id is not None:
        Membership.objects.get(workspace_id=workspace_id, user_id=user_id)
    ids = [case.id for case in cases]
    Claim.objects.filter(workspace_id=workspace_id, case_id__in=ids).delete()
    conversations.assign(ids, user_id, actor_id=actor.id if actor else None)
    if user_id is not None:
        hold(workspace_id, ids)
    else:
        requeue(workspace_id, {case.id: case.assignee_id for case in cases})
    record_audit(
        workspace_id,
        [
            AuditEntry(
                "case.assigned",
                actor,
                "case",
                case.id,
                before={"assignee_id": _text(case.assignee_id)},
                after={"assignee_id": _text(user_id)},
            )
            for case in cases
        ],
    )


def expire_claims() -> int:
    """End the claims that have run out, in every workspace; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, id FROM routing_expired_claims(%s, %s)", [now(), AT_MOST]
        )
        found = cursor.fetchall()
    by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
    for workspace_id, claim_id in found:
        by_workspace[workspace_id].append(claim_id)
    for workspace_id, ids in by_workspace.items():
        with scope(workspace_id):
            _end(_run_out(workspace_id, ids), why="expired", actor_id=None)
    return len(found)


def _run_out(workspace_id: UUID, ids: Sequence[UUID]) -> list[Claim]:
    """Return those of these claims that have run out, locked after their cases, as by everybody.

    A case that somebody has in hand at this moment is left for the next time.
    """
    claims = Claim.objects.filter(workspace_id=workspace_id, id__in=ids)
    cases = Case.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace_id, id__in=claims.values("case_id")
    )
    free = [case.id for case in cases.order_by("id").only("id")]
    held = claims.select_for_update(skip_locked=True).filter(
        case_id__in=free, expires_at__lte=now()
    )
    return list(held.order_by("id"))


def _end(claims: Sequence[Claim], *, why: str, actor_id: UUID | None) -> None:
    """Delete claims, and give back what they assigned where nothing has changed since."""
    if not claims:
        return
    workspace_id = claims[0].workspace_id
    holders = {held.case_id: held.user_id for held in claims if held.has_assigned}
    Claim.objects.filter(workspace_id=workspace_id, id__in=[held.id for held in claims]).delete()
    cases = Case.objects.filter(workspace_id=workspace_id, id__in=list(holders))
    back = [case.id for case in cases if case.assignee_id == holders[case.id]]
    if back:
        conversations.assign(back, None, actor_id=actor_id)
        requeue(workspace_id, {case_id: holders[case_id] for case_id in back})
    conversations.log([held.case_id for held in claims], why, actor_id=actor_id)
    emit(CaseReleased(workspace_id, held.case_id, held.user_id, why) for held in claims)


def _name_of(user_id: UUID | None) -> str:
    user = User.objects.filter(id=user_id).first() if user_id else None
    return str(user) if user else _("Somebody")


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
