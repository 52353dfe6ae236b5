"""The verbs of contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from hearwell.connect.model import Author
from hearwell.contacts.models import Contact, ContactNote, Identity
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean

_identity, _contact_of = rows.Maker(Identity), rows.Maker(Contact)
LONGEST_TIER = 40
_ONCE = "(workspace_id, network, external_id) DO NOTHING"
_COLUMNS = (
    "id", "workspace_id", "contact_id", "network", "external_id", "handle", "name", "seen_at",
)  # fmt: skip
_KNOWN = f"""
    SELECT {", ".join(_COLUMNS)} FROM contacts_identity
    WHERE workspace_id = %s AND network = %s AND external_id = ANY(%s)
"""  # noqa: S608  names of our own columns
_UPDATE = """
    UPDATE contacts_identity i SET handle = r.handle, name = r.name, seen_at = %s
    FROM (
        SELECT i.id, r.handle, r.name FROM contacts_identity i
        JOIN json_to_recordset(%s::json) AS r(id uuid, handle text, name text) ON r.id = i.id
        WHERE i.workspace_id = %s ORDER BY i.id FOR UPDATE OF i
    ) r
    WHERE i.workspace_id = %s AND i.id = r.id
"""


def identify(workspace_id: UUID, network: str, authors: Sequence[Author]) -> dict[str, Identity]:
    """Find or make the identity of each author, by external id.

    Three statements at most, however many authors: one reads, one writes the new, one the renamed.
    Handles and names follow the network; an empty one never overwrites a known one.
    """
    seen = _newest(authors)
    known = _known(workspace_id, network, seen)
    missing = [author for key, author in seen.items() if key not in known]
    if missing:
        known |= _made(workspace_id, network, missing)
    _rename(workspace_id, known, seen)
    return {author.external_id: known[clean(author.external_id)[0]] for author in authors}


def _newest(authors: Iterable[Author]) -> dict[str, Author]:
    """Return the last word on each author, in the order of their ids (lock order)."""
    seen: dict[str, Author] = {}
    for author in authors:
        key, handle, name = (clean(text)[0] for text in _texts(author))
        before = seen.get(key)
        seen[key] = Author(
            key,
            handle or (before.handle if before else ""),
            name or (before.name if before else ""),
        )
    return dict(sorted(seen.items()))


def _texts(author: Author) -> tuple[str, str, str]:
    return author.external_id, author.handle, author.name


def _known(workspace_id: UUID, network: str, keys: Iterable[str]) -> dict[str, Identity]:
    found = rows.fetch(_KNOWN, [workspace_id, network, list(keys)])
    return {row[4]: Identity.from_db("default", _COLUMNS, row) for row in found}


def _made(workspace_id: UUID, network: str, authors: Sequence[Author]) -> dict[str, Identity]:
    """Write identities, then the contacts of those that nobody else wrote meanwhile."""
    made = [
        _identity(
            workspace_id=workspace_id,
            contact_id=uuid7(),
            network=network,
            external_id=author.external_id,
            handle=author.handle,
            name=author.name,
        )
        for author in authors
    ]
    written = {row[0] for row in rows.insert(made, conflict=_ONCE, returning=("id",))}
    ours = [identity for identity in made if identity.id in written]
    rows.insert([_contact(identity) for identity in ours])
    found = {identity.external_id: identity for identity in ours}
    theirs = [identity.external_id for identity in made if identity.external_id not in found]
    return found | _known(workspace_id, network, theirs) if theirs else found


def _contact(identity: Identity) -> Contact:
    return _contact_of(
        id=identity.contact_id,
        workspace_id=identity.workspace_id,
        name=identity.name or identity.handle,
    )


def _rename(workspace_id: UUID, known: Mapping[str, Identity], seen: Mapping[str, Author]) -> None:
    changed = []
    for key, author in seen.items():
        identity = known[key]
        handle, name = author.handle or identity.handle, author.name or identity.name
        if (handle, name) != (identity.handle, identity.name):
            identity.handle, identity.name = handle, name
            changed.append({"id": identity.id, "handle": handle, "name": name})
    if changed:
        parameters = [now(), rows.document(changed), workspace_id, workspace_id]
        rows.fetch(_UPDATE, parameters, is_read=False)


@transaction.atomic
def add_note(workspace_id: UUID, contact_id: UUID, author_id: UUID, text: str) -> ContactNote:
    """Keep a note about a person, for the team only."""
    note = ContactNote.objects.create(
        workspace_id=workspace_id, contact_id=contact_id, author_id=author_id, text=clean(text)[0]
    )
    _count_notes(workspace_id, contact_id, 1)
    return note


def call_tier(workspace_id: UUID, contact_id: UUID, tier: str) -> None:
    """Call a person one of the better customers, by the team's own word; empty: like all others."""
    mine = Contact.objects.filter(workspace_id=workspace_id, id=contact_id)
    mine.update(tier=clean(tier)[0].strip().casefold()[:LONGEST_TIER])


@transaction.atomic
def remove_note(workspace_id: UUID, note_id: UUID) -> None:
    """Remove a note; a note that is gone already is no error."""
    note = ContactNote.objects.filter(workspace_id=workspace_id, id=note_id).first()
    if note is not None and note.delete()[0]:
        _count_notes(workspace_id, note.contact_id, -1)


def _count_notes(workspace_id: UUID, contact_id: UUID, step: int) -> None:
    contacts = Contact.objects.filter(workspace_id=workspace_id, id=contact_id)
    contacts.update(note_count=F("note_count") + step)


def rename(workspace_id: UUID, contact_id: UUID, *, name: str, language: str = "") -> None:
    """Correct what the team calls a person and the language they prefer."""
    contacts = Contact.objects.filter(workspace_id=workspace_id, id=contact_id)
    contacts.update(name=clean(name)[0], language=language)
