"""Jobs of privacy: one erasure."""

from __future__ import annotations

from uuid import UUID

from hearwell.accounts.models import User
from hearwell.contacts.models import Contact
from hearwell.kit.jobs import DEFAULT, Persistently, app
from hearwell.kit.scope import scope
from hearwell.privacy.services.erasing import RefusedError, erase, record_refusal


@app.task(queue=DEFAULT, name="privacy.erase_contact", retry=Persistently())
def erase_contact(*, workspace_id: str, contact_id: str, user_id: str) -> None:
    """Erase a person; what has come in between and stands against it is told in the trail."""
    place, contact = UUID(workspace_id), UUID(contact_id)
    with scope(place):
        mine = Contact.objects.filter(workspace_id=place, id=contact, erased_at=None)
        if not mine.exists():
            return
        by = User.objects.filter(id=user_id).first()
        try:
            erase(place, contact, by=by)
        except RefusedError as error:
            mine.update(erasing_since=None)  # writes: what the page says of the asking
            record_refusal(place, contact, error, by=by)
