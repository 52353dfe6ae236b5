"""Files that go out: kept under the composer's key, bound to the delivery that is made with it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from hearwell.connect.attachments import Uploaded
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.pictures import DamagedError, without_metadata
from hearwell.kit.scope import scope
from hearwell.kit.sniff import ENOUGH, type_of
from hearwell.kit.text import clean
from hearwell.outbound.models import Delivery, File

MAX_BYTES: Final = 25 * 1000 * 1000
MOST: Final = 10
LONGEST_ALT: Final = 10_000
_LONGEST_NAME: Final = 120
# Networks drop what no message shows: some within the day, and none says when.
_HANDLE_LASTS: Final = timedelta(minutes=30)
_IDLE: Final = timedelta(days=1)
_COPY = """
    INSERT INTO outbound_file (id, workspace_id, key, added_by_id, added_at, name, mime, size,
        digest, alt, handle, is_prepared, body)
    SELECT f.new_id, o.workspace_id, %s, %s, %s, o.name, o.mime, o.size, o.digest, o.alt, '',
        false, o.body
    FROM unnest(%s::uuid[], %s::uuid[]) AS f (old_id, new_id)
    JOIN outbound_file o ON o.workspace_id = %s AND o.id = f.old_id
    ON CONFLICT (workspace_id, key, digest) DO NOTHING
"""


class Why(StrEnum):
    """Why the house does not take a file, whatever network it is for."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    DAMAGED = "damaged"


class FileRefusedError(Exception):
    """Nothing was kept."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def attach(
    workspace_id: UUID, key: UUID, name: str, body: bytes, *, by_id: UUID | None = None
) -> File:
    """Keep a file for what is written under a key; the same bytes again are the same file.

    What it is, is read off its bytes. Of a picture only the picture is kept: what it tells of
    place, time and device is nowhere stored. Raises FileRefusedError.
    """
    if not body:
        raise FileRefusedError(Why.EMPTY)
    if len(body) > MAX_BYTES:
        raise FileRefusedError(Why.TOO_LARGE)
    mime = type_of(body[:ENOUGH])
    try:
        body = without_metadata(body, mime)
    except DamagedError as error:
        raise FileRefusedError(Why.DAMAGED) from error
    digest = hashlib.sha256(body).hexdigest()
    ours = _waiting(workspace_id, key)
    known = ours.filter(digest=digest).defer("body").first()
    if known is not None:
        return known
    if ours.count() >= MOST:
        raise FileRefusedError(Why.TOO_MANY)
    return File.objects.create(
        workspace_id=workspace_id,
        key=key,
        added_by_id=by_id,
        name=shown_name(name),
        mime=mime,
        size=len(body),
        digest=digest,
        body=body,
    )


def shown_name(name: str) -> str:
    """A name without folders and without what ends a header or turns the direction of writing."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char for char in last if char.isprintable())
    return kept.strip(" .")[-_LONGEST_NAME:] or "file"


def describe(workspace_id: UUID, key: UUID, alts: dict[UUID, str]) -> None:
    """Say what is to be seen on pictures of a composer."""
    files = list(_waiting(workspace_id, key).filter(id__in=list(alts)).defer("body"))
    for file in files:
        file.alt = clean(alts[file.id])[0].strip()[:LONGEST_ALT]
    File.objects.bulk_update(files, ["alt"])


def detach(workspace_id: UUID, key: UUID, file_id: UUID) -> bool:
    """Take a file away again. False if it is not there, or has become part of a delivery."""
    return bool(_waiting(workspace_id, key).filter(id=file_id).delete()[0])


def bind(row: Delivery) -> None:
    """Tie the files of a new delivery's draft to it."""
    refs = [file["ref"] for file in row.draft["media"]]
    if refs:
        ours = _waiting(row.workspace_id, row.key)
        ours.filter(id__in=refs).update(delivery_id=row.id)


def copy_files(
    workspace_id: UUID, delivery_ids: Collection[UUID], key: UUID, *, by_id: UUID | None = None
) -> None:
    """Put the files of deliveries under another key as well, with their descriptions."""
    there = File.objects.filter(workspace_id=workspace_id, delivery_id__in=list(delivery_ids))
    old = list(there.order_by("id").values_list("id", flat=True))
    if old:
        new = [uuid7() for _ in old]
        with connection.cursor() as cursor:
            cursor.execute(_COPY, [key, by_id, now(), old, new, workspace_id])


def move_files(workspace_id: UUID, key: UUID, to: UUID) -> None:
    """Let what waits under one composer's key wait under another's."""
    there = _waiting(workspace_id, to).values("digest")
    _waiting(workspace_id, key).exclude(digest__in=there).update(key=to)


def drop_files(workspace_id: UUID, delivery_ids: Collection[UUID]) -> None:
    """Remove the files of deliveries: taken back, or gone from the network for good."""
    File.objects.filter(workspace_id=workspace_id, delivery_id__in=list(delivery_ids)).delete()


def drop_unsent(workspace_id: UUID, keys: Collection[UUID]) -> int:
    """Remove what waits under keys that nobody writes with any more; returns how many."""
    waiting = File.objects.filter(workspace_id=workspace_id, delivery__isnull=True)
    return waiting.filter(key__in=list(keys)).delete()[0]


def idle_keys() -> Sequence[tuple[UUID, UUID]]:
    """(workspace, key) of files that were added more than a day ago and never sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, key FROM outbound_idle_files(%s)", [now() - _IDLE])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def note_handle(file: File, uploaded: Uploaded) -> None:
    """Remember what the network calls a file; commits before it returns."""
    file.handle, file.is_prepared = uploaded.handle, uploaded.check_after is None
    file.handed_at = file.handed_at or now()
    with scope(file.workspace_id):
        File.objects.filter(workspace_id=file.workspace_id, id=file.id).update(
            handle=file.handle, handed_at=file.handed_at, is_prepared=file.is_prepared
        )


def forget_handle(file: File) -> None:
    """The network does not know the file (any more): it is handed over anew."""
    file.handle, file.handed_at, file.is_prepared = "", None, False


def has_handle(file: File, at: datetime) -> bool:
    """Whether the network has been handed the file lately."""
    return bool(file.handle) and file.handed_at is not None and at - file.handed_at < _HANDLE_LASTS


def _waiting(workspace_id: UUID, key: UUID) -> QuerySet[File]:
    return File.objects.filter(workspace_id=workspace_id, key=key, delivery__isnull=True)
