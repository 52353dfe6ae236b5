"""Tables of accounts. All but AuditRow are global: docs/reference/tables.md says why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.accounts.rules import RoleName, initials_of
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped, Unscoped


class Role(models.TextChoices):
    """What a member may do; the rights are in rules.py."""

    OWNER = RoleName.OWNER.value, _("Owner")
    ADMIN = RoleName.ADMIN.value, _("Admin")
    LEAD = RoleName.LEAD.value, _("Lead")
    AGENT = RoleName.AGENT.value, _("Agent")
    VIEWER = RoleName.VIEWER.value, _("Viewer")
    MARKETING = RoleName.MARKETING.value, _("Marketing, without messages")


class UserDirectory(BaseUserManager["User"]):
    """How Django and allauth make users."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password they can only come by link or passkey."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(Unscoped, AbstractBaseUser):
    """A person who signs in. Rights come from memberships, never from the person."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    preferences = models.JSONField(default=dict, blank=True)
    joined_at = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserDirectory] = UserDirectory()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Initials from the name; a membership may have its own."""
        return initials_of(self.name, self.email)

    def get_short_name(self) -> str:
        """Return the first name, or the e-mail's local part."""
        return (self.name or self.email.partition("@")[0]).split(" ")[0]


class Workspace(Unscoped):
    """One organisation's care desk. Every scoped row belongs to exactly one.

    `language` is what people read who chose none; empty: each as their browser wishes. From
    `second_factor_from` on nobody gets in without a second factor; none: it is up to each.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    second_factor_from = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)

    def __str__(self) -> str:
        return self.name


class Membership(Unscoped):
    """A person's role and signature in a workspace."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    initials = models.CharField(max_length=3)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["workspace", "user"], name="accounts_member_once"),
            models.UniqueConstraint(
                fields=["workspace", "initials"], name="accounts_member_initials"
            ),
        ]


class ApiToken(Unscoped):
    """A key for programs. Only its hash is stored; `prefix` lets people tell them apart."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField(default=now, editable=False)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class LoginLink(Unscoped):
    """A link that works once: to sign in, to become the first owner, or to accept an invitation.

    Only its hash is stored. An invitation says to what, whom and as what.
    """

    digest = models.BinaryField(unique=True)
    purpose = models.CharField(max_length=12)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE)
    email = models.EmailField(blank=True, default="", db_default="")
    name = models.CharField(max_length=120, blank=True, default="", db_default="")
    role = models.CharField(max_length=10, blank=True, default="", db_default="")


class SignIn(Unscoped):
    """One browser in which a person is signed in: as it called itself, from where, when last seen.

    It stands beside Django's session and ends with it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    seen_at = models.DateTimeField(default=now)


class SignInProvider(Unscoped):
    """An OpenID Connect provider that an owner trusts to say who somebody is.

    Read by strangers, before the workspace is known. `sealed` is bound to this row.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=250)
    sealed = models.BinaryField()


class SignInIdentity(Unscoped):
    """Who a provider's subject is here."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="accounts_identity_subject"
            ),
            models.UniqueConstraint(fields=["provider", "user"], name="accounts_identity_user"),
        ]


class AuditRow(Scoped):
    """One change of a setting or one outbound act. Append-only: the application cannot alter it."""

    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField(blank=True)
    action = models.TextField()
    target_kind = models.TextField(blank=True)
    target_id = models.UUIDField(null=True)
    summary = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-at"], name="accounts_audit_at"),
            models.Index(fields=["workspace_id", "target_id"], name="accounts_audit_target"),
        ]


class AuditBlock(Scoped):
    """The seal of lines written together, bound to the block before. Made by triggers alone.

    `seq` counts from 1 in a workspace, in the order of commits; `row_digests` are the lines'
    SHA-256 one after another, as `row_ids`. `accounts.sealing` says what is hashed.
    """

    seq = models.BigIntegerField(null=True)
    row_ids = ArrayField(models.UUIDField())
    row_digests = models.BinaryField()
    digest = models.BinaryField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "seq"], name="accounts_audit_seq"),
        ]
