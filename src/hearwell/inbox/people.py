"""The story of two profiles that are one person: somebody says so, and can take it back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Link
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.regrouping import RIGHT


@transaction.atomic
def same_person(case_id: UUID, other_case_id: UUID, by: Membership, *, why: str = "") -> Link:
    """Say that the customers of two cases are one person: the first one's, from now on.

    Raises BadActError where they are already, Case.DoesNotExist.
    """
    _need(by)
    kept, other = _customer(by.workspace_id, case_id), _customer(by.workspace_id, other_case_id)
    try:
        link = contacts.link(by.workspace_id, kept, other, actor_id=by.user_id, why=why)
    except contacts.SamePersonError as error:
        raise BadActError(_("They are one person here already.")) from error
    _follow(link, other, kept)
    _audit(link, by, "contact.linked")
    return link


@transaction.atomic
def two_people(link_id: UUID, by: Membership) -> Link:
    """Let them be two again, with what each has said. Raises Link.DoesNotExist."""
    _need(by)
    link = contacts.unlink(by.workspace_id, link_id, actor_id=by.user_id)
    _follow(link, link.kept_id, link.other_id)
    _audit(link, by, "contact.unlinked")
    return link


def _need(by: Membership) -> None:
    if not can(by.role, RIGHT):
        raise NotAllowedError(RIGHT)


def _customer(workspace_id: UUID, case_id: UUID) -> UUID:
    contact_id = Case.objects.get(workspace_id=workspace_id, id=case_id).contact_id
    if contact_id is None:
        raise BadActError(_("Nobody has written in this case yet."))
    return contact_id


def _follow(link: Link, source: UUID, target: UUID) -> None:
    identities = [UUID(text) for text in link.identity_ids]
    conversations.hand_over(link.workspace_id, source, target, identities)


def _audit(link: Link, by: Membership, action: str) -> None:
    entry = AuditEntry(
        action,
        by.user,
        "contact",
        link.kept_id,
        before={"contact_id": str(link.other_id)},
        after={"identity_ids": link.identity_ids, "link_id": str(link.id)},
    )
    record_audit(link.workspace_id, [entry])
