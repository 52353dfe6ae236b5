"""The second factor that a workspace may ask of everybody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

GRACES: Final = (0, 7, 14, 30)  # days
# Recovery codes are for the day on which a factor is lost; they are none.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class NoFactorError(Exception):
    """Who wants to ask for a second factor has none: they would lock themselves out."""


def has_factor(user: User) -> bool:
    """Say whether a person has a passkey, a security key or a one-time code."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def who_lacks_factor(workspace: Workspace) -> list[User]:
    """Return the members who have no second factor, by name."""
    have = Authenticator.objects.filter(type__in=FACTORS).values("user_id")
    members = User.objects.filter(memberships__workspace=workspace, is_active=True)
    return list(members.exclude(id__in=have).order_by("name", "email"))


def is_kept_out(membership: Membership) -> bool:
    """Say whether this member sees nothing until they have set up a second factor."""
    begins = membership.workspace.second_factor_from
    return begins is not None and begins <= now() and not has_factor(membership.user)


def is_to_set_one_up(membership: Membership) -> bool:
    """Say whether this member has time left to set up the factor that will be asked for."""
    begins = membership.workspace.second_factor_from
    return begins is not None and begins > now() and not has_factor(membership.user)


@transaction.atomic
def ask_for_factor(workspace: Workspace, grace_days: int | None, *, by: User) -> None:
    """Ask everybody for a second factor after so many days, or (None) nobody. Audited.

    Raises NoFactorError: who asks must have one. Where it is asked for already, a new time counts
    from now.
    """
    if grace_days is not None and not has_factor(by):
        raise NoFactorError
    locked = Workspace.objects.select_for_update().get(id=workspace.id)
    before = locked.second_factor_from
    begins = None if grace_days is None else now() + timedelta(days=grace_days)
    if before is None and begins is None:
        return
    Workspace.objects.filter(id=workspace.id).update(second_factor_from=begins)
    workspace.second_factor_from = begins
    entry = AuditEntry(
        "workspace.second_factor", by, "workspace", workspace.id, workspace.name,
        {"from": before.isoformat() if before else None},
        {"from": begins.isoformat() if begins else None},
    )  # fmt: skip
    record_audit(workspace.id, [entry])


@transaction.atomic
def forget_factors(user: User) -> int:
    """Remove all second factors of a person who lost them; say how many. Audited everywhere.

    For whoever runs the server: nobody can do this from a page.
    """
    count, _ = Authenticator.objects.filter(user=user).delete()
    for workspace_id in _workspaces_of(user):
        with scope(workspace_id):
            entry = AuditEntry(
                "member.factors_forgotten", None, "user", user.id, str(user), {"factors": count}
            )
            record_audit(workspace_id, [entry])
    return int(count)


def _workspaces_of(user: User) -> Collection[UUID]:
    return list(user.memberships.values_list("workspace_id", flat=True))
