"""All that one person is known by here: ids and names, in sets that tables are searched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from hearwell.kit import rows

_CONTACTS: Final = """
    WITH RECURSIVE mine(id) AS (
        SELECT id FROM contacts_contact WHERE workspace_id = %(place)s AND id = ANY(%(asked)s)
        UNION
        SELECT l.other_id FROM contacts_link l JOIN mine m ON l.kept_id = m.id
        WHERE l.workspace_id = %(place)s AND l.undone_at IS NULL
    ) SELECT id FROM mine
"""
_IDENTITIES: Final = """
    SELECT id, network, external_id, handle, name FROM contacts_identity
    WHERE workspace_id = %(place)s AND contact_id = ANY(%(contacts)s)
"""
# In order: each may use those before it.
_SETS: Final = {
    "cases": """
        SELECT id FROM conversations_case
        WHERE workspace_id = %(place)s AND contact_id = ANY(%(contacts)s)""",
    "conversations": """
        SELECT id FROM conversations_conversation
        WHERE workspace_id = %(place)s AND contact_id = ANY(%(contacts)s)""",
    "remotes": """
        SELECT remote_id FROM conversations_message
        WHERE workspace_id = %(place)s AND author_identity_id = ANY(%(identities)s)
            AND remote_id <> ''""",
    # Theirs; ours in the threads that they began or under what they wrote; notes in their cases.
    "messages": """
        SELECT id FROM conversations_message WHERE workspace_id = %(place)s AND (
            author_identity_id = ANY(%(identities)s)
            OR (direction = 'out' AND conversation_id = ANY(%(conversations)s))
            OR (direction = 'out' AND parent_remote_id = ANY(%(remotes)s))
            OR (audience = 'team' AND case_id = ANY(%(cases)s)))""",
    "deliveries": """
        SELECT id FROM outbound_delivery
        WHERE workspace_id = %(place)s AND lane_id = ANY(%(conversations)s)
        UNION SELECT delivery_id FROM conversations_message
        WHERE workspace_id = %(place)s AND id = ANY(%(messages)s) AND delivery_id IS NOT NULL""",
    "keys": """
        SELECT key FROM outbound_delivery
        WHERE workspace_id = %(place)s AND id = ANY(%(deliveries)s)
        UNION SELECT key FROM conversations_draft
        WHERE workspace_id = %(place)s AND case_id = ANY(%(cases)s) AND key IS NOT NULL""",
    "visitors": """
        SELECT id FROM webchat_visitor
        WHERE workspace_id = %(place)s AND id::text = ANY(%(names)s)""",
    "samples": """
        SELECT id FROM quality_sample
        WHERE workspace_id = %(place)s AND (message_id = ANY(%(messages)s)
            OR case_id = ANY(%(cases)s))""",
}


@dataclass(slots=True)
class Person:
    """Whose data it is: one person's, or that of several who go together.

    `sets` are ids and names by the name that tags use (tags.UUID_SETS, TEXT_SETS): `names` are the
    ids of networks and hashes of addresses, `texts` handles and names as people read them,
    `remotes` the networks' ids of what they wrote. `on` is (network, id there).
    """

    workspace_id: UUID
    asked: list[UUID]
    sets: dict[str, list[Any]] = field(default_factory=dict)
    on: list[tuple[str, str]] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """What a statement is filled with."""
        return {"place": self.workspace_id, "asked": self.asked, **self.sets}


def known(workspace_id: UUID, *contact_ids: UUID) -> Person:
    """Look up all that a person is known by, those whom somebody called the same person included.

    Several people at once are as one. Ten queries, in the caller's scope. Raises LookupError where
    there is nobody.
    """
    person = Person(workspace_id, list(contact_ids))
    person.sets["contacts"] = _ids(_CONTACTS, person)
    if not person.sets["contacts"]:
        raise LookupError(str(contact_ids))
    _name(person, rows.fetch(_IDENTITIES, person.values))
    for name, statement in _SETS.items():
        person.sets[name] = _ids(statement, person)
    return person


def _ids(statement: str, person: Person) -> list[Any]:
    return [row[0] for row in rows.fetch(statement, person.values)]


def _name(person: Person, identities: Sequence[tuple[Any, ...]]) -> None:
    person.on = [(network, name) for _, network, name, _, _ in identities]
    addresses = {text.strip().lower() for row in identities for text in row[2:4] if "@" in text}
    hashes = {sha256(text.encode()).hexdigest() for text in addresses}
    person.sets["identities"] = [row[0] for row in identities]
    person.sets["names"] = sorted({name for _, name in person.on} | hashes)
    person.sets["texts"] = sorted({text for row in identities for text in row[3:] if text})
