"""The verbs of accounts: workspaces, members, links, tokens, audit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, product
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hearwell.accounts.languages import known_language
from hearwell.accounts.models import (
    ApiToken,
    AuditRow,
    LoginLink,
    Membership,
    Role,
    User,
    Workspace,
)
from hearwell.accounts.rules import initials_of
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LINK_LIFETIME = timedelta(minutes=15)
FIRST_OWNER, SIGN_IN, INVITATION = "first-owner", "sign-in", "invitation"
TOKEN_PREFIX = "hw_"  # noqa: S105  the public part of a token, so that scanners can find leaks
MOST_TOKENS, MAX_TOKEN_NAME = 20, 80
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_OWNER_LOCK = 7_312_001


class LinkError(Exception):
    """The sign-in link was used, has expired, or is not one of ours."""


class AlreadySetUpError(Exception):
    """There is an owner already; the first-owner link no longer works."""


class LastOwnerError(Exception):
    """A workspace must keep at least one owner."""


class BadTokenError(ValueError):
    """No such token is made; the text says why, for the person."""


class InitialsTakenError(Exception):
    """Another member of the workspace signs with these initials."""


@dataclass(frozen=True)
class AuditEntry:
    """One line for the audit trail; `before` and `after` hold only what changed, no secrets."""

    action: str
    actor: User | None = None
    target_kind: str = ""
    target_id: UUID | None = None
    summary: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_audit(workspace_id: UUID, entries: Sequence[AuditEntry]) -> None:
    """Append lines to the audit trail, in the caller's transaction and scope."""
    AuditRow.objects.bulk_create(
        AuditRow(
            workspace_id=workspace_id,
            action=entry.action,
            actor_id=entry.actor.id if entry.actor else None,
            actor_name=str(entry.actor) if entry.actor else "",
            target_kind=entry.target_kind,
            target_id=entry.target_id,
            summary=entry.summary,
            before=dict(entry.before) if entry.before is not None else None,
            after=dict(entry.after) if entry.after is not None else None,
        )
        for entry in entries
    )


def create_workspace(name: str, *, time_zone: str = "UTC") -> Workspace:
    """Make a workspace with a free slug made from its name."""
    stem = slugify(name)[:40] or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if s not in taken)
    return Workspace.objects.create(name=name, slug=slug, time_zone=time_zone)


def remove_member(membership: Membership, *, by: User) -> None:
    """End a membership; its tokens go with it. Raises LastOwnerError for the last owner."""
    owners = Membership.objects.filter(workspace=membership.workspace_id, role=Role.OWNER)
    if membership.role == Role.OWNER and owners.count() == 1:
        raise LastOwnerError
    entry = AuditEntry(
        "member.removed",
        by,
        "membership",
        membership.id,
        str(membership.user),
        before={"role": membership.role},
    )
    record_audit(membership.workspace_id, [entry])
    ApiToken.objects.filter(membership=membership).update(revoked_at=now())
    membership.delete()


def _free_initials(workspace: Workspace, wanted: str) -> str:
    """Return the wanted initials, or the nearest free ones: the audit maps them to one person."""
    taken = set(workspace.memberships.values_list("initials", flat=True))
    ends = (map("".join, product(_SIGNS, repeat=length)) for length in (1, 2, 3))
    starts = (wanted[:2], wanted[:1], "")
    nearest = (start + end for start, group in zip(starts, ends, strict=True) for end in group)
    return next(c for c in chain([wanted], nearest) if c not in taken)


def add_member(
    workspace: Workspace, user: User, role: str = Role.AGENT, *, initials: str | None = None
) -> Membership:
    """Give a person a role; their initials are made unique in the workspace."""
    wanted = initials or initials_of(user.name, user.email)
    return Membership.objects.create(
        workspace=workspace, user=user, role=role, initials=_free_initials(workspace, wanted)
    )


def set_initials(membership: Membership, initials: str, *, by: User) -> None:
    """Change the signature of a member. Raises InitialsTakenError; audited."""
    before, membership.initials = membership.initials, initials.upper()
    try:
        with transaction.atomic():
            membership.save(update_fields=["initials"])
    except IntegrityError as error:
        membership.initials = before
        raise InitialsTakenError(initials) from error
    entry = AuditEntry(
        "member.initials_changed",
        by,
        "membership",
        membership.id,
        str(membership.user),
        before={"initials": before},
        after={"initials": membership.initials},
    )
    record_audit(membership.workspace_id, [entry])


def set_role(membership: Membership, role: str, *, by: User) -> None:
    """Change what a member may do; audited."""
    before, membership.role = membership.role, Role(role)
    membership.save(update_fields=["role"])
    entry = AuditEntry(
        "member.role_changed",
        by,
        "membership",
        membership.id,
        str(membership.user),
        before={"role": before},
        after={"role": role},
    )
    record_audit(membership.workspace_id, [entry])


class BadLanguageError(ValueError):
    """The language is none of ours."""


@transaction.atomic
def set_language(workspace: Workspace, language: str, *, by: User) -> None:
    """Choose what people read who chose none; empty: each as their browser wishes. Audited.

    Raises BadLanguageError.
    """
    if language and not known_language(language):
        raise BadLanguageError(language)
    locked = Workspace.objects.select_for_update().get(id=workspace.id)
    before, workspace.language = locked.language, language
    if before == language:
        return
    Workspace.objects.filter(id=workspace.id).update(language=language)
    entry = AuditEntry(
        "workspace.language",
        by,
        "workspace",
        workspace.id,
        workspace.name,
        before={"language": before},
        after={"language": language},
    )
    record_audit(workspace.id, [entry])


def save_preferences(user: User, preferences: Mapping[str, Any]) -> None:
    """Merge a person's own settings (theme, density, keys, undo seconds) into those they have."""
    user.preferences = {**user.preferences, **preferences}
    user.save(update_fields=["preferences"])


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def has_owner() -> bool:
    """Say whether the system has been set up."""
    return Membership.objects.filter(role=Role.OWNER).exists()


def make_login_link(user: User | None = None, *, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Return the secret of a new one-time link: for the first owner, or to sign a person in.

    Raises AlreadySetUpError when no person is given though an owner exists.
    """
    if user is None and has_owner():
        raise AlreadySetUpError
    secret = secrets.token_urlsafe(32)
    LoginLink.objects.create(
        digest=digest_of(secret),
        purpose=SIGN_IN if user else FIRST_OWNER,
        user=user,
        expires_at=now() + lifetime,
    )
    return secret


def peek_login_link(secret: str) -> LoginLink | None:
    """Return the link if it would still work, without using it up."""
    links = LoginLink.objects.select_related("user", "workspace")
    link = links.filter(digest=digest_of(secret), used_at=None).first()
    is_good = link is not None and link.expires_at > now()
    if not is_good or (link and link.purpose == FIRST_OWNER and has_owner()):
        return None
    return link


def use_link(secret: str, purpose: str) -> LoginLink:
    """Use a link up, in one statement, so that of two clicks only one works. Raises LinkError."""
    used = LoginLink.objects.filter(
        digest=digest_of(secret), used_at=None, purpose=purpose, expires_at__gt=now()
    ).update(used_at=now())
    if not used:
        raise LinkError
    return LoginLink.objects.select_related("user", "workspace").get(digest=digest_of(secret))


def use_sign_in_link(secret: str) -> User:
    """Return the person whom the link signs in. Raises LinkError."""
    user = use_link(secret, SIGN_IN).user
    if user is None or not user.is_active:
        raise LinkError
    return user


@transaction.atomic
def set_up_first_owner(
    secret: str, *, name: str, email: str, password: str | None, workspace_name: str
) -> Membership:
    """Make the first person, their workspace and their ownership, once.

    Raises LinkError for a spent link and AlreadySetUpError when somebody was faster.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OWNER_LOCK])
    if has_owner():
        raise AlreadySetUpError
    use_link(secret, FIRST_OWNER)
    user = User.objects.create_user(email, password, name=name)
    return add_member(create_workspace(workspace_name), user, Role.OWNER)


def make_api_token(membership: Membership, name: str) -> tuple[ApiToken, str]:
    """Return the row and the secret; the secret is shown once and never stored."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        workspace_id=membership.workspace_id,
        membership=membership,
        name=name,
        prefix=secret[:10],
        digest=digest_of(secret),
    )
    return token, secret


@transaction.atomic
def issue_api_token(membership: Membership, name: str) -> tuple[ApiToken, str]:
    """Make a token that a member asked for; audited. Raises BadTokenError for its name or number.

    The secret is shown once and never stored.
    """
    called = " ".join(clean(name)[0].split())
    if not called:
        raise BadTokenError(_("Give it a name, so that you know later what it is for."))
    if len(called) > MAX_TOKEN_NAME:
        raise BadTokenError(
            _("The name is too long: at most %(n)s characters.") % {"n": MAX_TOKEN_NAME}
        )
    member = Membership.objects.select_for_update().get(id=membership.id)
    if ApiToken.objects.filter(membership=member, revoked_at=None).count() >= MOST_TOKENS:
        raise BadTokenError(
            _("There are %(most)s already. End one that nothing uses.") % {"most": MOST_TOKENS}
        )
    token, secret = make_api_token(member, called)
    _audit_token("token.made", token, by=membership.user)
    return token, secret


@transaction.atomic
def end_api_token(token: ApiToken, *, by: User) -> None:
    """Stop a token from working; audited. One that has ended stays as it is."""
    row = ApiToken.objects.select_for_update().select_related("membership__user").get(id=token.id)
    if row.revoked_at is None:
        revoke_api_token(row)
        _audit_token("token.ended", row, by=by)


def _audit_token(action: str, token: ApiToken, *, by: User) -> None:
    after = {"name": token.name, "prefix": token.prefix, "of": str(token.membership.user)}
    entry = AuditEntry(action, by, "token", token.id, token.name, None, after)
    record_audit(token.workspace_id, [entry])


def revoke_api_token(token: ApiToken) -> None:
    """Stop a token from working."""
    ApiToken.objects.filter(id=token.id, revoked_at=None).update(revoked_at=now())


def member_by_token(secret: str) -> Membership | None:
    """Return who a token speaks for, or None; its last use is noted at most once a minute."""
    token = (
        ApiToken.objects.select_related("membership__user", "membership__workspace")
        .filter(digest=digest_of(secret), revoked_at=None, membership__user__is_active=True)
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or now() - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(id=token.id).update(last_used_at=now())
    return token.membership
