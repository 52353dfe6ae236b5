"""Links to the board for people at the front: made, shown once, ended for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.board.models import StaffLink
from hearwell.kit.clock import now
from hearwell.kit.links import digest_of, new_token, workspace_in
from hearwell.kit.scope import scope

MOST_LINKS: Final = 50
LONGEST_NAME: Final = 80
_SEEN_EVERY: Final = timedelta(minutes=1)


class TooManyLinksError(Exception):
    """The workspace has as many links as it may have."""


@transaction.atomic
def make_link(by: Membership, name: str) -> tuple[StaffLink, str]:
    """Make a link; return its row and its token, which is shown once. Raises TooManyLinksError."""
    working = StaffLink.objects.filter(workspace_id=by.workspace_id, revoked_at=None)
    if working.count() >= MOST_LINKS:
        raise TooManyLinksError
    token = new_token(by.workspace_id)
    link = StaffLink.objects.create(
        workspace_id=by.workspace_id,
        name=name[:LONGEST_NAME],
        digest=digest_of(token),
        made_by_id=by.user_id,
    )
    _audit("status.link_made", link, by)
    return link, token


@transaction.atomic
def end_link(by: Membership, link_id: UUID) -> None:
    """End a link for good. Raises StaffLink.DoesNotExist where none works any more."""
    working = StaffLink.objects.select_for_update().filter(revoked_at=None)
    link = working.get(workspace_id=by.workspace_id, id=link_id)
    link.revoked_at = now()
    link.save(update_fields=["revoked_at"])
    _audit("status.link_ended", link, by)


def workspace_of_link(token: str) -> UUID | None:
    """Return the workspace whose board a link opens, or None. That it was seen is noted."""
    workspace_id = workspace_in(token)
    if workspace_id is None:
        return None
    with scope(workspace_id):
        working = StaffLink.objects.filter(workspace_id=workspace_id, revoked_at=None)
        link = working.filter(digest=digest_of(token)).first()
        if link is None:
            return None
        if link.last_seen_at is None or now() - link.last_seen_at > _SEEN_EVERY:
            working.filter(id=link.id).update(last_seen_at=now())
    return workspace_id


def _audit(action: str, link: StaffLink, by: Membership) -> None:
    record_audit(by.workspace_id, [AuditEntry(action, by.user, "staff_link", link.id, link.name)])
