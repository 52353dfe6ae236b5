"""Make, change, switch and remove webhooks; each act leaves a line in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.events.queries import last_seq
from hearwell.integrations.kinds import KINDS
from hearwell.integrations.models import OffReason, Subscription
from hearwell.integrations.rules import ROTATION, made_secret
from hearwell.integrations.sealing import sealed
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import Wrong, wrong_with
from hearwell.kit.text import clean

MOST: Final = 20
LONGEST_DESCRIPTION: Final = 200
_WRONG: Final[dict[Wrong, Promise]] = {
    Wrong.NO_ADDRESS: gettext_lazy("This is no web address. Write it as https://example.com/hook."),
    Wrong.NOT_HTTPS: gettext_lazy("The address must begin with https://."),
    Wrong.PORT: gettext_lazy(
        "Only the usual port is called. Ask who runs this server to name the address in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.SIGN_IN: gettext_lazy("Leave name and password out of the address: we sign instead."),
    Wrong.INSIDE: gettext_lazy(
        "The address lies inside the server's own network. Ask who runs this server to name it in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.OURSELVES: gettext_lazy("This is the address of this Hearwell itself."),
}


class BadWebhookError(ValueError):
    """It cannot be kept as it is; the text says why and what to do, `field` where."""

    def __init__(self, message: str, *, at: str) -> None:
        super().__init__(message)
        self.field = at


@dataclass(frozen=True)
class WebhookFacts:
    """What somebody says of a webhook."""

    url: str
    kinds: Sequence[str]
    description: str = ""
    with_words: bool = False


def _checked(facts: WebhookFacts) -> WebhookFacts:
    url = clean(facts.url)[0].strip()
    wrong = wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins())
    if wrong:
        raise BadWebhookError(str(_WRONG[wrong]), at="url")
    kinds = [name for name in KINDS if name in set(facts.kinds)]
    unknown = sorted(set(facts.kinds) - set(KINDS))
    if unknown:
        raise BadWebhookError(_("There is no kind “%s”.") % unknown[0][:60], at="kinds")
    if not kinds:
        raise BadWebhookError(_("Choose at least one kind of event."), at="kinds")
    description = clean(facts.description)[0].strip()[:LONGEST_DESCRIPTION]
    return WebhookFacts(url, kinds, description, facts.with_words)


@transaction.atomic
def make_webhook(workspace_id: UUID, facts: WebhookFacts, *, by: User) -> tuple[Subscription, str]:
    """Make a webhook that is told of what happens from now on; return it and its secret.

    The secret cannot be read again. Raises BadWebhookError.
    """
    kept = _checked(facts)
    Workspace.objects.select_for_update().get(id=workspace_id)  # so that two cannot pass the cap
    if Subscription.objects.filter(workspace_id=workspace_id).count() >= MOST:
        raise BadWebhookError(_("There can be %d webhooks. Remove one first.") % MOST, at="url")
    secret, webhook_id = made_secret(), uuid7()
    row = Subscription.objects.create(
        id=webhook_id,
        workspace_id=workspace_id,
        sealed=sealed(workspace_id, webhook_id, secret),
        from_seq=last_seq(workspace_id),
        created_by_id=by.id,
        **vars(kept),
    )
    _audit(row, "webhook.made", by, after=_facts_of(row))
    return row, secret


def _locked(workspace_id: UUID, webhook_id: UUID) -> Subscription:
    """Raises Subscription.DoesNotExist."""
    rows = Subscription.objects.select_for_update()
    return rows.get(workspace_id=workspace_id, id=webhook_id)


@transaction.atomic
def save_webhook(
    workspace_id: UUID, webhook_id: UUID, facts: WebhookFacts, *, by: User
) -> Subscription:
    """Change what a webhook is. Raises BadWebhookError, Subscription.DoesNotExist."""
    kept, row = _checked(facts), _locked(workspace_id, webhook_id)
    before = _facts_of(row)
    if kept.url != row.url:  # another address has not failed yet
        row.resume_at, row.failures, row.failing_since = now(), 0, None
    for name, value in vars(kept).items():
        setattr(row, name, value)
    row.save()
    after = _facts_of(row)
    changed = {name for name in after if before[name] != after[name]}
    if changed:
        _audit(
            row,
            "webhook.changed",
            by,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
    return row


@transaction.atomic
def switch_webhook(workspace_id: UUID, webhook_id: UUID, *, is_on: bool, by: User) -> Subscription:
    """Switch a webhook on or off. What waits goes on when it is on; meanwhile nothing is added."""
    row = _locked(workspace_id, webhook_id)
    if row.is_on == is_on:
        return row
    row.is_on = is_on
    row.off_reason, row.off_at = ("", None) if is_on else (OffReason.BY_HAND, now())
    if is_on:
        row.resume_at, row.failures, row.failing_since = now(), 0, None
        row.from_seq = last_seq(workspace_id)
    row.save()
    _audit(row, "webhook.on" if is_on else "webhook.off", by)
    return row


@transaction.atomic
def rotate_secret(workspace_id: UUID, webhook_id: UUID, *, by: User) -> tuple[Subscription, str]:
    """Make a new secret; the one before signs beside it for 24 hours. Return it, once."""
    row, secret = _locked(workspace_id, webhook_id), made_secret()
    row.sealed_before, row.before_until = row.sealed, now() + ROTATION
    row.sealed = sealed(workspace_id, row.id, secret)
    row.save(update_fields=["sealed", "sealed_before", "before_until"])
    _audit(row, "webhook.secret_rotated", by)
    return row, secret


@transaction.atomic
def remove_webhook(workspace_id: UUID, webhook_id: UUID, *, by: User) -> None:
    """Remove a webhook and what waits for it. Raises Subscription.DoesNotExist."""
    row = _locked(workspace_id, webhook_id)
    _audit(row, "webhook.removed", by, before=_facts_of(row))
    row.delete()


def _facts_of(row: Subscription) -> dict[str, Any]:
    names = ("url", "description", "kinds", "with_words")
    return {name: getattr(row, name) for name in names}


def _audit(
    row: Subscription,
    action: str,
    by: User | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    entry = AuditEntry(action, by, "webhook", row.id, row.url, before, after)
    record_audit(row.workspace_id, [entry])


def switch_off(row: Subscription, reason: OffReason) -> None:
    """Switch a webhook off by itself, with its reason, in the caller's transaction."""
    row.is_on, row.off_reason, row.off_at = False, reason, now()
    row.save(update_fields=["is_on", "off_reason", "off_at"])
    entry = AuditEntry(
        "webhook.switched_itself_off", None, "webhook", row.id, row.url, None, {"reason": reason}
    )
    record_audit(row.workspace_id, [entry])
