"""What a person asks for: hold everything, let go of the hold, erase."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.contacts.models import Contact
from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.privacy.person import known
from hearwell.privacy.services.erasing import RefusedError, Why, why_not

LONGEST_WHY = 500


@transaction.atomic
def ask_to_erase(contact_id: UUID, by: Membership) -> None:
    """Let the worker erase a person as soon as it can; asked twice, it is done once.

    Raises RefusedError where something stands against it now.
    """
    from hearwell.privacy.tasks import erase_contact

    contact = _locked(by.workspace_id, contact_id)
    why = why_not(known(by.workspace_id, contact_id))
    if why is not None:
        raise RefusedError(why)
    contact.erasing_since = now()
    contact.save(update_fields=["erasing_since"])
    _audit("contact.erase_asked", contact_id, by)
    names = {"workspace_id": str(by.workspace_id), "contact_id": str(contact_id)}
    jobs.defer_once(erase_contact, f"erase:{contact_id}", user_id=str(by.user_id), **names)


@transaction.atomic
def hold(contact_id: UUID, by: Membership, why: str) -> None:
    """Keep all of a person from being erased until somebody lets go (legal hold)."""
    contact = _locked(by.workspace_id, contact_id)
    contact.hold_since, contact.hold_by_id = now(), by.user_id
    contact.hold_why = clean(why)[0].strip()[:LONGEST_WHY]
    contact.save(update_fields=["hold_since", "hold_by_id", "hold_why"])
    _audit("contact.held", contact_id, by)


@transaction.atomic
def let_go(contact_id: UUID, by: Membership) -> None:
    """End a hold."""
    contact = _locked(by.workspace_id, contact_id)
    contact.hold_since, contact.hold_by_id, contact.hold_why = None, None, ""
    contact.save(update_fields=["hold_since", "hold_by_id", "hold_why"])
    _audit("contact.hold_ended", contact_id, by)


def _locked(workspace_id: UUID, contact_id: UUID) -> Contact:
    mine = Contact.objects.select_for_update().filter(workspace_id=workspace_id, erased_at=None)
    contact = mine.filter(id=contact_id).first()
    if contact is None:
        raise RefusedError(Why.GONE)
    return contact


def _audit(action: str, contact_id: UUID, by: Membership) -> None:
    record_audit(by.workspace_id, [AuditEntry(action, by.user, "contact", contact_id)])
