"""Who was erased, known by a keyed hash alone: so that no poll or replay brings them back.

The hash is HMAC-SHA256 under a key that lies outside the database, over workspace, network, what it
is the name of, and the name. Nobody can tell from it whom it is about, but for whoever has the key
and guesses the name.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from hearwell.contacts.models import Tombstone
from hearwell.kit.keyrings import tombstone_key
from hearwell.kit.text import clean

What = Literal["person", "message"]


def digest_of(workspace_id: UUID, network: str, what: What, name: str) -> bytes:
    """Return the 32 bytes that stand for a name on a network."""
    parts = (workspace_id.bytes, network.encode(), what.encode(), clean(name)[0].encode())
    return hmac.digest(tombstone_key(), b"\0".join(parts), "sha256")


@dataclass(frozen=True, slots=True)
class Graves:
    """Which of some people and messages are of somebody erased, and until when that holds."""

    people: Mapping[str, datetime]
    messages: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.people or self.messages)

    def is_old(self, person: str, at: datetime) -> bool:
        """Say whether this is of before that person was erased."""
        until = self.people.get(person)
        return until is not None and at <= until


def graves_among(
    workspace_id: UUID, network: str, people: Iterable[str], messages: Iterable[str]
) -> Graves:
    """Return those of these names that belong to somebody erased; one query."""
    named: dict[bytes, tuple[What, str]] = {
        digest_of(workspace_id, network, "person", name): ("person", name) for name in people
    }
    for name in messages:
        named[digest_of(workspace_id, network, "message", name)] = ("message", name)
    found = Tombstone.objects.filter(workspace_id=workspace_id, digest__in=list(named))
    dead = {named[bytes(digest)]: at for digest, at in found.values_list("digest", "erased_at")}
    return Graves(
        people={name: at for (what, name), at in dead.items() if what == "person"},
        messages=frozenset(name for what, name in dead if what == "message"),
    )
