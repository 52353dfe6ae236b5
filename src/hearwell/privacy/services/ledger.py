"""What was erased, kept beside the database: an old backup that comes back knows nothing of it.

One small file an erasure in the media folder: ids of our own, the time and the tombstones' hashes.
`hearwell restore` leaves the folder as it is and adds to it; before anything serves, what a
database does not know is erased in it once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from hearwell.accounts.models import Workspace
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Contact, Tombstone
from hearwell.kit.scope import scope

if TYPE_CHECKING:
    from hearwell.privacy.person import Person

FOLDER: Final = "erased"


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure."""

    workspace_id: UUID
    contacts: tuple[UUID, ...]
    digests: tuple[bytes, ...]
    at: datetime


def write(person: Person, digests: list[bytes], at: datetime) -> None:
    """Write an erasure down, before it is committed: better one too many than one too few."""
    place = f"{FOLDER}/{person.workspace_id}/{person.asked[0]}.json"
    if default_storage.exists(place):
        return
    line = {
        "workspace": str(person.workspace_id),
        "contacts": [str(one) for one in person.sets["contacts"]],
        "digests": sorted({one.hex() for one in digests}),
        "at": at.isoformat(),
    }
    default_storage.save(place, ContentFile(json.dumps(line).encode()))


def lines() -> Iterator[Line]:
    """Read all that was erased here."""
    for folder in _listed(FOLDER, 0):
        for name in _listed(f"{FOLDER}/{folder}", 1):
            with default_storage.open(f"{FOLDER}/{folder}/{name}") as file:
                yield _line(json.load(file))


def _listed(place: str, which: int) -> list[str]:
    """Return the folders (0) or the files (1) of a place; none if it is not there."""
    return sorted(default_storage.listdir(place)[which]) if default_storage.exists(place) else []


def _line(stored: dict[str, object]) -> Line:
    contacts, digests = stored["contacts"], stored["digests"]
    if not isinstance(contacts, list) or not isinstance(digests, list):
        raise TypeError(stored)
    return Line(
        UUID(str(stored["workspace"])),
        tuple(UUID(one) for one in contacts),
        tuple(bytes.fromhex(one) for one in digests),
        datetime.fromisoformat(str(stored["at"])),
    )


def erase_again() -> int:
    """Erase what was erased and is in this database all the same; return how many people."""
    again = 0
    here = set(Workspace.objects.values_list("id", flat=True))
    for line in lines():
        if line.workspace_id in here:
            with scope(line.workspace_id):
                again += _erase_again(line)
    return again


def _erase_again(line: Line) -> int:
    from hearwell.privacy.services.erasing import erase

    place = line.workspace_id
    stones = Tombstone.objects.filter(workspace_id=place, digest__in=line.digests)
    if stones.count() < len(line.digests):
        contacts.bury(place, list(line.digests), line.at)
    back = Contact.objects.filter(workspace_id=place, id__in=line.contacts, erased_at=None)
    ids = list(back.values_list("id", flat=True))
    for one in ids:
        erase(place, one, at=line.at)
    return len(ids)
