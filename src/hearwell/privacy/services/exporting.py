"""Everything held about one person, as a zip: one JSON document and the files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import IO, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.storage import default_storage
from django.db import connection, transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.privacy.held import OF_CUSTOMERS
from hearwell.privacy.person import Person, known
from hearwell.privacy.statements import read
from hearwell.privacy.tags import Held
from hearwell.webchat.models import File

DOCUMENT: Final = "customer.json"
_AT_ONCE: Final = 500


@transaction.atomic
def export_into(target: IO[bytes], contact_id: UUID, by: Membership) -> None:
    """Write a person's zip, row by row, in the caller's scope; the trail tells that it was made.

    Raises LookupError where there is no such person.
    """
    person = known(by.workspace_id, contact_id)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        with archive.open(DOCUMENT, "w", force_zip64=True) as document:
            for piece in _document(person):
                document.write(piece.encode())
        for place, name in _files(person):
            with default_storage.open(place) as source, archive.open(name, "w") as copy:
                shutil.copyfileobj(source, copy)
    line = AuditEntry("contact.exported", by.user, "contact", contact_id)
    record_audit(by.workspace_id, [line])


def _document(person: Person) -> Iterator[str]:
    """Yield the JSON piece by piece; no more than a few hundred rows are in memory."""
    about = {"format": 1, "made_at": now().isoformat(), "contact_id": str(person.asked[0])}
    yield f'{{"about": {json.dumps(about)}, "tables": {{'
    for number, held in enumerate(one for one in OF_CUSTOMERS if not one.not_exported):
        yield f'{"," if number else ""}\n"{held.table}": ['
        yield from _rows(held, person)
        yield "]"
    yield "\n}}\n"


def _rows(held: Held, person: Person) -> Iterator[str]:
    if not held.customer_columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(read(held), person.values)
        separator = "\n"
        while found := cursor.fetchmany(_AT_ONCE):
            for (row,) in found:
                yield separator + row
                separator = ",\n"


def _files(person: Person) -> Iterator[tuple[str, str]]:
    """Yield (where a kept file lies, its name in the zip)."""
    place = person.workspace_id
    for message_id in person.sets["messages"]:
        folder = f"{place}/{message_id}"
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                yield f"{folder}/{name}", f"files/messages/{message_id}/{name}"
    sent = File.objects.filter(workspace_id=place, visitor_id__in=person.sets["visitors"])
    for file in sent:
        if default_storage.exists(file.place):
            yield file.place, f"files/chat/{file.id}"
