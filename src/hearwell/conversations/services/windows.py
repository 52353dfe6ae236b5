"""How long after its closing a case comes back when somebody writes in its thread again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import ReopenWindow
from hearwell.conversations.rules import LONGEST_REOPEN_DAYS, REOPEN_WITHIN


class BadWindowError(ValueError):
    """The days cannot be kept; the message says why, in words for the settings page."""


def reopen_windows(workspace_id: UUID) -> Mapping[str, timedelta]:
    """Return audience -> time in which a closed case comes back; one query."""
    kept = ReopenWindow.objects.filter(workspace_id=workspace_id).first()
    if kept is None:
        return REOPEN_WITHIN
    return {
        "private": timedelta(days=kept.private_days),
        "public": timedelta(days=kept.public_days),
    }


@transaction.atomic
def set_reopen_windows(
    workspace_id: UUID, *, private_days: int, public_days: int, by: User | None
) -> ReopenWindow:
    """Choose for how many days a closed case comes back, from now on; 0 for never. Audited.

    Raises BadWindowError.
    """
    for days in (private_days, public_days):
        if not 0 <= days <= LONGEST_REOPEN_DAYS:
            message = f"a case comes back within 0 to {LONGEST_REOPEN_DAYS} days"
            raise BadWindowError(message)
    before = {key: window.days for key, window in reopen_windows(workspace_id).items()}
    kept, _ = ReopenWindow.objects.update_or_create(
        workspace_id=workspace_id,
        defaults={"private_days": private_days, "public_days": public_days},
    )
    after = {"private": private_days, "public": public_days}
    entry = AuditEntry("reopening.changed", by, "reopenwindow", kept.id, "", before, after)
    record_audit(workspace_id, [entry])
    return kept
