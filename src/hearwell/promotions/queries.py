"""Reads of promotions: the list, its counts, one person, what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.text import clean
from hearwell.promotions import held
from hearwell.promotions.held import Held
from hearwell.promotions.models import Change, Feed, HoldChoice, Told
from hearwell.promotions.rules import Reason, reason_of

CHUNK: Final = 5_000
MOST_SHOWN: Final = 50
LONGEST_SEARCH: Final = 200
_COUNTS: Final = f"""
    SELECT rank, network, count(*), count(DISTINCT contact_id), min(since)
    FROM ({held.ALL}) h GROUP BY GROUPING SETS ((rank), (network), ())
"""  # noqa: S608  our own fragments
_LONGEST: Final = (
    f"SELECT * FROM ({held.ALL}) h ORDER BY rank, since, network, network_id LIMIT %(most)s"  # noqa: S608  our own fragments
)
# All the cases that can hold these people back: their own, and where they were last told of.
_CASES: Final = """
    SELECT id FROM conversations_case
    WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
    UNION SELECT case_id FROM promotions_hold
    WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
"""
_PEOPLE: Final = """
    SELECT contact_id FROM contacts_identity WHERE workspace_id = %(workspace)s
        AND network = ANY(%(networks)s) AND external_id = %(text)s
    UNION SELECT contact_id FROM contacts_identity WHERE workspace_id = %(workspace)s
        AND network IN ('email', 'webchat') AND lower(handle) = lower(%(text)s)
    UNION SELECT contact_id FROM promotions_told WHERE workspace_id = %(workspace)s
        AND network = ANY(%(networks)s) AND network_id = %(text)s
    UNION SELECT id FROM contacts_contact WHERE workspace_id = %(workspace)s AND id = %(id)s
    LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are held back: entries (one a network of a person) and people; since when.

    `by_reason` and `by_network` count entries; `oldest` is by reason.
    """

    entries: int
    people: int
    by_reason: Mapping[Reason, int]
    oldest: Mapping[Reason, datetime]
    by_network: Mapping[str, int]


def choice_of(workspace_id: UUID) -> HoldChoice:
    """Return what the workspace chose; a row that is not kept where it chose nothing."""
    found = HoldChoice.objects.filter(workspace_id=workspace_id).first()
    return found or HoldChoice(workspace_id=workspace_id)


def counts_of(choice: HoldChoice) -> Counts:
    """Count who is held back now; one query."""
    with held.whole_list():
        found = rows.fetch(_COUNTS, held.values_of(choice, now()))
    reasons = {reason_of(row[0]): row for row in found if row[0] is not None}
    networks = {row[1]: row[2] for row in found if row[1] is not None}
    total = next(row for row in found if row[0] is None and row[1] is None)
    return Counts(
        entries=total[2],
        people=total[3],
        by_reason={reason: row[2] for reason, row in sorted(reasons.items(), key=_weight)},
        oldest={reason: row[4] for reason, row in reasons.items()},
        by_network=dict(sorted(networks.items(), key=lambda one: (-one[1], one[0]))),
    )


def _weight(one: tuple[Reason, Any]) -> int:
    return list(Reason).index(one[0])


def held_longest(choice: HoldChoice, limit: int = MOST_SHOWN) -> list[Held]:
    """Return the weightiest of the list, the longest held first; one query."""
    values = held.values_of(choice, now()) | {"most": limit}
    with held.whole_list():
        return [Held.of(row) for row in rows.fetch(_LONGEST, values)]


def written(workspace_id: UUID, statement: str) -> Iterator[bytes]:
    """Yield the whole list as PostgreSQL writes it, a line each; opens the scope itself.

    `statement` is one of held.IN_CSV, IN_AUDIENCE and IN_JSON. Of a hundred thousand people only a
    part is in memory at a time, and the server may use several processes, which it does not for a
    cursor.
    """
    with scope(workspace_id), held.whole_list(), connection.cursor() as cursor:
        values = held.values_of(choice_of(workspace_id), now())
        with cursor.copy(statement, values) as lines:
            part: list[bytes] = []
            for line in lines:
                part.append(bytes(line))
                if len(part) == CHUNK:
                    yield b"".join(part)
                    part = []
            yield b"".join(part)


def held_now(workspace_id: UUID) -> list[Held]:
    """Return the whole list, in scope; one query beside the choice."""
    values = held.values_of(choice_of(workspace_id), now())
    with held.whole_list():
        return [Held.of(row) for row in rows.fetch(held.ALL, values)]


def held_of(choice: HoldChoice, contact_ids: Collection[UUID]) -> list[Held]:
    """Return of these people those who are held back; two queries."""
    if not contact_ids:
        return []
    contacts = list(contact_ids)
    place = {"workspace": choice.workspace_id, "contacts": contacts}
    cases = [row[0] for row in rows.fetch(_CASES, place)]
    values = held.values_of(choice, now()) | {"cases": cases, "contacts": contacts}
    return [Held.of(row) for row in rows.fetch(held.SOME, values)]


def people_by(workspace_id: UUID, text: str, networks: Collection[str]) -> set[UUID]:
    """Return who goes by an id of a network, an address, its SHA-256 or our own id; one query."""
    wanted = clean(text)[0].strip()[:LONGEST_SEARCH]
    values = {
        "workspace": workspace_id,
        "text": wanted,
        "networks": list(networks),
        "id": _uuid(wanted),
    }
    return {row[0] for row in rows.fetch(_PEOPLE, values)} if wanted else set()


def networks_of(workspace_id: UUID) -> set[str]:
    """Return the networks on which anybody is known; one query."""
    found = rows.fetch(
        # One step a network along the index: there may be millions of people.
        """WITH RECURSIVE n AS (
            SELECT min(network) AS network FROM contacts_identity WHERE workspace_id = %(workspace)s
            UNION ALL
            SELECT (SELECT min(i.network) FROM contacts_identity i
                WHERE i.workspace_id = %(workspace)s AND i.network > n.network)
            FROM n WHERE n.network IS NOT NULL
        ) SELECT network FROM n WHERE network IS NOT NULL""",
        {"workspace": workspace_id},
    )
    return {row[0] for row in found}


def people_by_hash(workspace_id: UUID, email_sha256: str) -> set[UUID]:
    """Return whose address has this SHA-256, of those who were told of; one query."""
    found = Told.objects.filter(workspace_id=workspace_id, email_sha256=email_sha256)
    return set(found.values_list("contact_id", flat=True)[:MOST_SHOWN])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def feed_of(workspace_id: UUID) -> Feed:
    """Return how far the telling is; a row that is not kept where nothing was told yet."""
    found = Feed.objects.filter(workspace_id=workspace_id).first()
    return found or Feed(workspace_id=workspace_id)


def changes_after(workspace_id: UUID, seq: int, limit: int) -> list[Change]:
    """Return the changes after a number, in their order."""
    found = Change.objects.filter(workspace_id=workspace_id, seq__gt=seq)
    return list(found.order_by("seq")[:limit])


def oldest_change(workspace_id: UUID) -> int | None:
    """Return the lowest number that is still kept."""
    found = Change.objects.filter(workspace_id=workspace_id).order_by("seq")
    return found.values_list("seq", flat=True).first()
