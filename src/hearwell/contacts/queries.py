"""Reads of contacts."""

from __future__ import annotations

from uuid import UUID

from hearwell.contacts.models import Contact, ContactNote, Identity, Link


def contact_by_id(workspace_id: UUID, contact_id: UUID) -> Contact | None:
    """Return a person, or None."""
    return Contact.objects.filter(workspace_id=workspace_id, id=contact_id).first()


def identities_of(workspace_id: UUID, contact_id: UUID) -> list[Identity]:
    """Return a person's identities, by network."""
    found = Identity.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return list(found.order_by("network", "handle", "id"))


def wants_no_messages(workspace_id: UUID, network: str, external_id: str) -> bool:
    """Say whether this person asked for no more messages and has not taken it back."""
    people = Identity.objects.filter(
        workspace_id=workspace_id, network=network, external_id=external_id
    )
    return people.filter(no_messages_since__isnull=False).exists()


def notes_of(workspace_id: UUID, contact_id: UUID, *, limit: int = 20) -> list[ContactNote]:
    """Return the notes about a person, newest first."""
    found = ContactNote.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return list(found.order_by("-created_at", "-id")[:limit])


def links_of(workspace_id: UUID, contact_id: UUID) -> list[Link]:
    """Return what somebody said to be the same person as this one, the latest first."""
    found = Link.objects.filter(workspace_id=workspace_id, kept_id=contact_id, undone_at=None)
    return list(found.order_by("-at", "-id"))
