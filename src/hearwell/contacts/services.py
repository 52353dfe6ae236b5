"""The verbs of contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from hearwell.connect.model import Author
from hearwell.contacts.models import Contact, ContactNote, Identity, Link, Tombstone
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean

_identity, _contact_of = rows.Maker(Identity), rows.Maker(Contact)
LONGEST_TIER = 40
_ONCE = "(workspace_id, network, external_id) DO NOTHING"
_COLUMNS = (
    "id", "workspace_id", "contact_id", "network", "external_id", "handle", "name", "seen_at",
    "followers",
)  # fmt: skip
_KNOWN = f"""
    SELECT {", ".join(_COLUMNS)} FROM contacts_identity
    WHERE workspace_id = %s AND network = %s AND external_id = ANY(%s)
"""  # noqa: S608  names of our own columns
_DROP = """
    DELETE FROM contacts_identity i USING contacts_contact c
    WHERE i.workspace_id = %(place)s AND i.id = ANY(%(ids)s) AND c.workspace_id = %(place)s
        AND c.id = i.contact_id AND c.hold_since IS NULL
    RETURNING i.contact_id
"""
_ALONE = """
    DELETE FROM contacts_contact c
    WHERE c.workspace_id = %(place)s AND c.id = ANY(%(contacts)s)
        AND NOT EXISTS (SELECT FROM contacts_identity i
            WHERE i.workspace_id = %(place)s AND i.contact_id = c.id)
        AND NOT EXISTS (SELECT FROM contacts_contactnote n
            WHERE n.workspace_id = %(place)s AND n.contact_id = c.id)
    RETURNING c.id
"""
_UPDATE = """
    UPDATE contacts_identity i
    SET handle = r.handle, name = r.name, followers = r.followers, seen_at = %s
    FROM (
        SELECT i.id, r.handle, r.name, r.followers FROM contacts_identity i
        JOIN json_to_recordset(%s::json)
            AS r(id uuid, handle text, name text, followers bigint) ON r.id = i.id
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
            _known_of(author.followers, before.followers if before else None),
        )
    return dict(sorted(seen.items()))


def _known_of(now_told: int | None, before: int | None) -> int | None:
    return before if now_told is None else now_told


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
            followers=author.followers,
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
        told = (handle, name, _known_of(author.followers, identity.followers))
        if told != (identity.handle, identity.name, identity.followers):
            identity.handle, identity.name, identity.followers = told
            words = zip(("handle", "name", "followers"), told, strict=True)
            changed.append({"id": identity.id, **dict(words)})
    if changed:
        parameters = [now(), rows.document(changed), workspace_id, workspace_id]
        rows.fetch(_UPDATE, parameters, is_read=False)


def drop_identities(workspace_id: UUID, identity_ids: Sequence[UUID]) -> int:
    """Remove these identities, and the people who have no other and of whom nothing was noted.

    For records that are removed as a whole: erasure, which forbids a return, is another thing.
    Somebody who is held stays. Returns how many people went.
    """
    named = {"place": workspace_id, "ids": list(identity_ids)}
    gone = {row[0] for row in rows.fetch(_DROP, named)}
    return len(rows.fetch(_ALONE, {**named, "contacts": list(gone)})) if gone else 0


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


def follow(workspace_id: UUID, network: str, changes: Sequence[tuple[str, str]]) -> int:
    """Let people be known by another id of their network, given as (before, after).

    The handle goes with the old id: it may be a phone number that somebody else has by now. Who is
    known by the new id already stays two people, which a person may join. Returns how many changed.
    """
    changed = 0
    for before, after in changes:
        mine = Identity.objects.filter(workspace_id=workspace_id, network=network)
        if not mine.filter(external_id=clean(after)[0]).exists():
            old = mine.filter(external_id=clean(before)[0])
            changed += old.update(external_id=clean(after)[0], handle="")
    return changed


class SamePersonError(ValueError):
    """They are one person already, or one of them is not there."""


@transaction.atomic
def link(
    workspace_id: UUID, kept_id: UUID, other_id: UUID, *, actor_id: UUID, why: str = ""
) -> Link:
    """Let two people be one: the identities and notes of the other are the kept one's.

    The other one stays, empty, for the way back. Raises SamePersonError.
    """
    people = _both(workspace_id, kept_id, other_id)
    if kept_id == other_id or len(people) != len({kept_id, other_id}):
        raise SamePersonError(str(other_id))
    identities = Identity.objects.filter(workspace_id=workspace_id, contact_id=other_id)
    notes = ContactNote.objects.filter(workspace_id=workspace_id, contact_id=other_id)
    made = Link.objects.create(
        workspace_id=workspace_id,
        kept_id=kept_id,
        other_id=other_id,
        identity_ids=[str(one) for one in identities.values_list("id", flat=True)],
        note_ids=[str(one) for one in notes.values_list("id", flat=True)],
        why=clean(why)[0][:500],
        actor_id=actor_id,
    )
    _hand_over(made, other_id, kept_id)
    return made


@transaction.atomic
def unlink(workspace_id: UUID, link_id: UUID, *, actor_id: UUID) -> Link:
    """Let them be two again. Once is enough: a repeat changes nothing. Raises Link.DoesNotExist."""
    known = Link.objects.select_for_update().get(workspace_id=workspace_id, id=link_id)
    if known.undone_at is not None:
        return known
    _both(workspace_id, known.kept_id, known.other_id)
    _hand_over(known, known.kept_id, known.other_id)
    known.undone_at, known.undone_by_id = now(), actor_id
    known.save(update_fields=["undone_at", "undone_by_id"])
    return known


def _both(workspace_id: UUID, *ids: UUID) -> list[Contact]:
    found = Contact.objects.select_for_update().filter(workspace_id=workspace_id, id__in=ids)
    return list(found.order_by("id"))


def _hand_over(known: Link, source: UUID, target: UUID) -> None:
    """Move what the link names from one to the other, as far as it is still there."""
    place = {"workspace_id": known.workspace_id, "contact_id": source}
    Identity.objects.filter(**place, id__in=known.identity_ids).update(contact_id=target)
    moved = ContactNote.objects.filter(**place, id__in=known.note_ids).update(contact_id=target)
    _count_notes(known.workspace_id, source, -moved)
    _count_notes(known.workspace_id, target, moved)


def leave_in_peace(workspace_id: UUID, identity_ids: Iterable[UUID], at: datetime) -> None:
    """Remember who asked for no more messages; the first time counts."""
    wanted = Identity.objects.filter(workspace_id=workspace_id, id__in=list(identity_ids))
    wanted.filter(no_messages_since=None).update(no_messages_since=at)


def welcome_back(workspace_id: UUID, identity_ids: Iterable[UUID], at: datetime) -> None:
    """Forget that they asked for no more messages: they want to hear from us again.

    Unless they asked for it after `at`: messages may come in another order than they were sent.
    """
    wanted = Identity.objects.filter(workspace_id=workspace_id, id__in=list(identity_ids))
    wanted.filter(no_messages_since__lte=at).update(no_messages_since=None)


def bury(workspace_id: UUID, digests: Iterable[bytes], at: datetime) -> None:
    """Put up tombstones; one that stands already gets the later time."""
    Tombstone.objects.bulk_create(
        [Tombstone(workspace_id=workspace_id, digest=one, erased_at=at) for one in set(digests)],
        update_conflicts=True,
        unique_fields=["workspace_id", "digest"],
        update_fields=["erased_at"],
        batch_size=1_000,
    )


def mark_erased(workspace_id: UUID, contact_ids: Sequence[UUID], at: datetime) -> None:
    """Note when people were erased; neither a hold nor a wish to erase stands any more."""
    gone = Contact.objects.filter(workspace_id=workspace_id, id__in=contact_ids)
    gone.update(erased_at=at, erasing_since=None, note_count=0, hold_since=None, hold_by_id=None)
