"""Invitations: made by a member, accepted by whom they are for, and by nobody else.

Who invites learns nothing of whether the person has an account already: the same is written and
the same is shown. So a membership begins when the invitation is accepted, not before.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hearwell.accounts.models import LoginLink, Membership, User, Workspace
from hearwell.accounts.services import (
    INVITATION,
    AuditEntry,
    LinkError,
    add_member,
    digest_of,
    record_audit,
    use_link,
)
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

INVITATION_LIFETIME: Final = timedelta(hours=24)


class AlreadyMemberError(Exception):
    """That person is a member of the workspace already."""


class SomebodyElseError(Exception):
    """The invitation is for a person who has an account, and they are not who is signed in."""


def open_invitations(workspace_id: UUID) -> QuerySet[LoginLink]:
    """Return the invitations to a workspace that can still be accepted, latest first."""
    return LoginLink.objects.filter(
        purpose=INVITATION, workspace_id=workspace_id, used_at=None, expires_at__gt=now()
    ).order_by("-expires_at")


@transaction.atomic
def invite_member(
    workspace: Workspace, *, email: str, name: str, role: str, by: User
) -> tuple[LoginLink, str]:
    """Invite a person; return the invitation and the secret of its link, which works for 24 h.

    Raises AlreadyMemberError. The link is shown to the inviter once: only its hash is kept. An
    earlier invitation of the same person works no more.
    """
    address = email.lower()
    if Membership.objects.filter(workspace=workspace, user__email=address).exists():
        raise AlreadyMemberError(email)
    open_invitations(workspace.id).filter(email=address).update(used_at=now())
    secret = secrets.token_urlsafe(32)
    made = LoginLink.objects.create(
        digest=digest_of(secret),
        purpose=INVITATION,
        workspace=workspace,
        email=address,
        name=name,
        role=role,
        expires_at=now() + INVITATION_LIFETIME,
    )
    _audit("member.invited", made, by)
    return made, secret


@transaction.atomic
def withdraw_invitation(invitation: LoginLink, *, by: User) -> None:
    """Make an invitation work no more; audited. One that was accepted meanwhile stays so."""
    if LoginLink.objects.filter(id=invitation.id, used_at=None).update(used_at=now()):
        _audit("member.invitation_withdrawn", invitation, by)


def account_of(invitation: LoginLink) -> User | None:
    """Return whose account already has the address that was invited."""
    return User.objects.filter(email=invitation.email).first()


@transaction.atomic
def accept_invitation(secret: str, *, signed_in: User | None = None) -> Membership:
    """Use an invitation up and begin the membership; a person without an account gets one.

    Raises LinkError, and SomebodyElseError where the person has an account and is not
    `signed_in`: a link that was forwarded, or seen by its maker, opens nobody's account.
    """
    invitation = use_link(secret, INVITATION)
    user = account_of(invitation)
    if user is not None and user != signed_in:
        raise SomebodyElseError(invitation.email)
    return begin_membership(invitation, user)


def begin_membership(invitation: LoginLink, user: User | None) -> Membership:
    """Begin the membership that a used invitation promised; in the caller's transaction.

    Raises LinkError for an account that is closed.
    """
    workspace = invitation.workspace
    if workspace is None or (user is not None and not user.is_active):
        raise LinkError
    user = user or User.objects.create_user(invitation.email, name=invitation.name)
    with scope(workspace.id):
        member = Membership.objects.filter(workspace=workspace, user=user).first()
        member = member or add_member(workspace, user, invitation.role)
        _audit("member.joined", invitation, user)
    return member


def _audit(action: str, invitation: LoginLink, by: User) -> None:
    workspace_id = invitation.workspace_id
    assert workspace_id is not None  # noqa: S101  an invitation is to a workspace
    after = {"email": invitation.email, "role": invitation.role}
    called = invitation.name or invitation.email
    entry = AuditEntry(action, by, "invitation", invitation.id, called, None, after)
    record_audit(workspace_id, [entry])
