"""Whether people may answer somebody who did not address us: off until an owner allows it."""

from __future__ import annotations

from django.db import transaction

from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.listening.models import ListeningChoice


class NotTheOwnerError(Exception):
    """Only an owner of the workspace may choose this."""


@transaction.atomic
def let_answer(by: Membership, user: User, *, is_allowed: bool) -> bool:
    """Allow answers to posts that do not address us, or stop them; True if that changed anything.

    Raises NotTheOwnerError. Replies already queued go out: whoever wrote them was allowed to.
    """
    if not can(by.role, "manage_workspace"):
        raise NotTheOwnerError
    choice, _ = ListeningChoice.objects.select_for_update().get_or_create(
        workspace_id=by.workspace_id
    )
    if choice.may_answer_untagged == is_allowed:
        return False
    before = choice.may_answer_untagged
    choice.may_answer_untagged, choice.changed_at = is_allowed, now()
    choice.changed_by_id = by.user_id
    choice.save()
    entry = AuditEntry(
        "listening.answers_allowed" if is_allowed else "listening.answers_stopped",
        user,
        "workspace",
        by.workspace_id,
        before={"may_answer_untagged": before},
        after={"may_answer_untagged": is_allowed},
    )
    record_audit(by.workspace_id, [entry])
    return True
