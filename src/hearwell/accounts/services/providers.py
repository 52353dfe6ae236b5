"""The provider that a workspace trusts, and whom it lets in: people who were invited, only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from hearwell.accounts.models import Membership, SignInIdentity, SignInProvider, User, Workspace
from hearwell.accounts.oidc.calls import Client
from hearwell.accounts.oidc.rules import Person, Refusal, SignInRefusedError
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.accounts.services.invitations import account_of, begin_membership, open_invitations
from hearwell.kit.clock import now
from hearwell.kit.keyrings import ingress
from hearwell.kit.resealing import SealedColumn

LONGEST_NAME, LONGEST_ISSUER, LONGEST_CLIENT, LONGEST_SECRET = 60, 500, 250, 1000
# Written instead of a secret: keep the one there is.
KEEP: Final = ""


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What an owner fills in; an empty secret keeps the one there is."""

    name: str
    issuer: str
    client_id: str
    secret: str = KEEP


def _place(workspace_id: UUID, provider_id: UUID) -> bytes:
    return f"{workspace_id}:accounts_signinprovider:{provider_id}:sealed".encode()


SEALED: Final = (
    SealedColumn(SignInProvider, "sealed", ingress, lambda row: _place(row.workspace_id, row.id)),
)


def client_of(provider: SignInProvider) -> Client:
    """Return us as this provider knows us. Raises kit.seal.UnsealError."""
    place = _place(provider.workspace_id, provider.id)
    secret = ingress().open(bytes(provider.sealed), place).decode()
    return Client(provider.issuer, provider.client_id, secret)


def provider_at(workspace: Workspace) -> SignInProvider | None:
    """Return the provider of a workspace."""
    return SignInProvider.objects.filter(workspace=workspace).first()


@transaction.atomic
def keep_provider(workspace: Workspace, facts: ProviderFacts, *, by: User) -> SignInProvider:
    """Trust a provider from now on; audited, without its secret.

    Another issuer or client knows other people: who was linked before is not any more.
    """
    row = SignInProvider.objects.select_for_update().filter(workspace=workspace).first()
    before = _shown(row) if row else None
    if row and (row.issuer, row.client_id) != (facts.issuer, facts.client_id):
        SignInIdentity.objects.filter(provider=row).delete()
    row = row or SignInProvider(workspace=workspace)
    row.name, row.issuer, row.client_id = facts.name, facts.issuer, facts.client_id
    if facts.secret != KEEP or not row.sealed:
        row.sealed = ingress().seal(facts.secret.encode(), _place(workspace.id, row.id))
    row.save()
    _audit("workspace.sign_in_provider", row, by, before, _shown(row))
    return row


@transaction.atomic
def drop_provider(provider: SignInProvider, *, by: User) -> None:
    """Trust a provider no longer; who signed in by it goes on otherwise. Audited."""
    before = _shown(provider)
    _audit("workspace.sign_in_provider", provider, by, before, None)
    provider.delete()


def _shown(row: SignInProvider) -> dict[str, str]:
    return {"name": row.name, "issuer": row.issuer, "client_id": row.client_id}


def _audit(
    action: str,
    row: SignInProvider,
    by: User,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    entry = AuditEntry(action, by, "sign_in_provider", row.id, row.name, before, after)
    record_audit(row.workspace_id, [entry])


@transaction.atomic
def person_let_in(provider: SignInProvider, person: Person) -> User:
    """Return the member whom a provider vouches for. Raises SignInRefusedError.

    Once linked, the subject counts; before, a verified address of a member or of an invitation
    that is open. The provider speaks for its own workspace only: it is the owner's of that one
    who chose it, so it opens no account that other workspaces let in, too.
    """
    known = SignInIdentity.objects.filter(provider=provider, subject=person.subject).first()
    user = known.user if known else _first_time(provider, person)
    places = set(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))
    if provider.workspace_id not in places or not user.is_active:
        raise SignInRefusedError(Refusal.NOT_INVITED)
    if len(places) > 1:
        raise SignInRefusedError(Refusal.ELSEWHERE)
    if known is None:
        _link(provider, user, person.subject)
    return user


def _first_time(provider: SignInProvider, person: Person) -> User:
    if not person.is_verified:
        raise SignInRefusedError(Refusal.NOT_VERIFIED)
    members = User.objects.filter(memberships__workspace_id=provider.workspace_id)
    member = members.filter(email=person.email).first()
    return member or _invited(provider, person.email)


def _invited(provider: SignInProvider, email: str) -> User:
    invitations = open_invitations(provider.workspace_id).select_for_update(of=("self",))
    invitation = invitations.select_related("workspace").filter(email=email).first()
    if invitation is None:
        raise SignInRefusedError(Refusal.NOT_INVITED)
    user = account_of(invitation)
    if user is not None and user.memberships.exists():
        raise SignInRefusedError(Refusal.ELSEWHERE)
    invitation.used_at = now()
    invitation.save(update_fields=["used_at"])
    return begin_membership(invitation, user).user


def _link(provider: SignInProvider, user: User, subject: str) -> None:
    try:
        with transaction.atomic():
            SignInIdentity.objects.create(provider=provider, user=user, subject=subject)
    except IntegrityError as error:
        # This person comes as another subject already: addresses are given to others in time.
        raise SignInRefusedError(Refusal.TAKEN) from error
