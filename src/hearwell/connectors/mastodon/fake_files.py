"""The fake server's files: kept, prepared in their own time, shown by a status or by none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hearwell.connect.textrule import Abridged, CodePoints
from hearwell.connectors.mastodon.fake_calls import Call, RefusedError, Reply
from hearwell.connectors.mastodon.manifest import (
    ALT,
    FILM_BYTES,
    FILM_TYPES,
    PICTURE_BYTES,
    PICTURE_TYPES,
    PICTURES,
    SOUND_TYPES,
)
from hearwell.kit.sniff import type_of

if TYPE_CHECKING:
    from hearwell.connectors.mastodon.fake_api import FakeApi
    from hearwell.connectors.mastodon.fake_server import FakeServer, Person


def check_words(call: Call, server: FakeServer) -> None:
    """Refuse what is no status, as the server's family does."""
    words, warning = call.one("status"), call.one("spoiler_text")
    is_plain = server.kind != "mastodon"
    rule = CodePoints(server.characters) if is_plain else Abridged(server.characters)
    status = 400 if is_plain else 422
    if not words.strip() and not call.many("media_ids"):
        raise RefusedError(status, {"error": "Validation failed: Text can't be blank"})
    if rule.count(words) + rule.count(warning) > rule.limit:
        raise RefusedError(status, {"error": "Überprüfung fehlgeschlagen: Text zu lang"})


BROKEN = b"cannot be read"


@dataclass
class File:
    """A file; ``looks`` are the times that one has to ask before it is ready."""

    owner: str
    body: bytes
    alt: str
    looks: int
    kind: str = "image"
    is_unreadable: bool = False


@dataclass
class FakeFiles:
    """By id. A server that ``is_slow`` takes its time, as Mastodon does with large ones.

    Films and sounds always take time: they are made anew for browsers. One with the mark
    ``BROKEN`` in it cannot be. ``types`` are those that are taken.
    """

    is_slow: bool = True
    types: frozenset[str] = PICTURE_TYPES | FILM_TYPES | SOUND_TYPES
    kept: dict[str, File] = field(default_factory=dict)

    def take(self, call: Call, owner: str) -> Reply:
        """Keep one."""
        body, alt = call.file.body if call.file else b"", call.one("description")
        mime = type_of(body)
        if mime not in self.types:
            raise RefusedError(422, {"error": "Validation failed: File content type is invalid"})
        is_large = mime not in PICTURE_TYPES
        if len(body) > (FILM_BYTES if is_large else PICTURE_BYTES):
            raise RefusedError(422, {"error": "Validation failed: File is too big"})
        if len(alt) > ALT:
            raise RefusedError(422, {"error": "Validation failed: Description is too long"})
        file_id = str(len(self.kept) + 1)
        takes_time = self.is_slow or is_large
        kind = mime.partition("/")[0]
        self.kept[file_id] = File(owner, body, alt, 2 if takes_time else 0, kind, BROKEN in body)
        return Reply(202 if takes_time else 200, self.view(file_id))

    def look(self, file_id: str, owner: str) -> Reply:
        """One as it is now."""
        file = self._of(file_id, owner, 404)
        file.looks = max(0, file.looks - 1)
        if file.is_unreadable:
            words = "Error processing thumbnail for uploaded media"
            raise RefusedError(422, {"error": words})
        return Reply(206 if file.looks else 200, self.view(file_id))

    def for_status(self, ids: Sequence[str], owner: str) -> tuple[dict[str, Any], ...]:
        """Those that a new status shows."""
        if len(ids) > PICTURES:
            raise RefusedError(422, {"error": "Cannot attach more than 4 files"})
        files = [self._of(each, owner, 422) for each in ids]
        if len(files) > 1 and any(file.kind != "image" for file in files):
            words = "Cannot attach a video to a post that already contains images"
            raise RefusedError(422, {"error": words})
        if any(file.looks or file.is_unreadable for file in files):
            words = "Cannot attach files that have not finished processing. Try again in a moment!"
            raise RefusedError(422, {"error": words})
        return tuple(self.view(each) for each in ids)

    def view(self, file_id: str) -> dict[str, Any]:
        """As the API shows it."""
        file = self.kept[file_id]
        ending = {"image": "png", "video": "mp4", "audio": "mp3"}[file.kind]
        url = None if file.looks else f"https://files.example/{file_id}.{ending}"
        return {"id": file_id, "type": file.kind, "url": url, "description": file.alt or None}

    def shown(self, file_id: str) -> tuple[bytes, str]:
        """Its bytes and what describes it."""
        return self.kept[file_id].body, self.kept[file_id].alt

    def _of(self, file_id: str, owner: str, status: int) -> File:
        file = self.kept.get(file_id)
        if file is None or file.owner != owner:
            raise RefusedError(status, {"error": "Record not found"})
        return file


def take_file(api: FakeApi, call: Call, me: Person) -> Reply:
    """A file, to be shown by a status."""
    return api.server.files.take(call, me.id)


def look_at_file(api: FakeApi, _: Call, me: Person, file_id: str) -> Reply:
    """Whether it is ready."""
    return api.server.files.look(file_id, me.id)
