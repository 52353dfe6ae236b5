"""The fake server's pictures: kept, prepared in their own time, shown by a status or by none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hearwell.connect.textrule import Abridged, CodePoints
from hearwell.connectors.mastodon.fake_calls import Call, RefusedError, Reply
from hearwell.connectors.mastodon.manifest import ALT, PICTURE_BYTES, PICTURE_TYPES, PICTURES
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


@dataclass
class File:
    """A picture; ``looks`` are the times that one has to ask before it is ready."""

    owner: str
    body: bytes
    alt: str
    looks: int


@dataclass
class FakeFiles:
    """By id. A server that ``is_slow`` takes its time, as Mastodon does with large ones."""

    is_slow: bool = True
    kept: dict[str, File] = field(default_factory=dict)

    def take(self, call: Call, owner: str) -> Reply:
        """Keep one."""
        body, alt = call.file.body if call.file else b"", call.one("description")
        if type_of(body) not in PICTURE_TYPES:
            raise RefusedError(422, {"error": "Validation failed: File content type is invalid"})
        if len(body) > PICTURE_BYTES:
            raise RefusedError(422, {"error": "Validation failed: File is too big"})
        if len(alt) > ALT:
            raise RefusedError(422, {"error": "Validation failed: Description is too long"})
        file_id = str(len(self.kept) + 1)
        self.kept[file_id] = File(owner, body, alt, looks=2 if self.is_slow else 0)
        return Reply(202 if self.is_slow else 200, self.view(file_id))

    def look(self, file_id: str, owner: str) -> Reply:
        """One as it is now."""
        file = self._of(file_id, owner, 404)
        file.looks = max(0, file.looks - 1)
        return Reply(206 if file.looks else 200, self.view(file_id))

    def for_status(self, ids: Sequence[str], owner: str) -> tuple[dict[str, Any], ...]:
        """Those that a new status shows."""
        if len(ids) > PICTURES:
            raise RefusedError(422, {"error": "Cannot attach more than 4 files"})
        if any(self._of(each, owner, 422).looks for each in ids):
            raise RefusedError(422, {"error": "Cannot attach files that have not finished"})
        return tuple(self.view(each) for each in ids)

    def view(self, file_id: str) -> dict[str, Any]:
        """As the API shows it."""
        file = self.kept[file_id]
        url = None if file.looks else f"https://files.example/{file_id}.png"
        return {"id": file_id, "type": "image", "url": url, "description": file.alt or None}

    def shown(self, file_id: str) -> tuple[bytes, str]:
        """Its bytes and what describes it."""
        return self.kept[file_id].body, self.kept[file_id].alt

    def _of(self, file_id: str, owner: str, status: int) -> File:
        file = self.kept.get(file_id)
        if file is None or file.owner != owner:
            raise RefusedError(status, {"error": "Record not found"})
        return file


def take_file(api: FakeApi, call: Call, me: Person) -> Reply:
    """A picture, to be shown by a status."""
    return api.server.files.take(call, me.id)


def look_at_file(api: FakeApi, _: Call, me: Person, file_id: str) -> Reply:
    """Whether it is ready."""
    return api.server.files.look(file_id, me.id)
