"""Which other cases may be the same matter, and why one may think so.

A suggestion, which only a person can follow. Never for a name: two people are called the same,
and whoever wants to can call themselves anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from hearwell.conversations.references import Reference, question, references
from hearwell.kit import rows

SHOWN: Final = 3
WITHIN: Final = timedelta(days=14)
# What more cases than this name is nobody's own: our hotline, the number of a form.
_OWN: Final = 5
_LOOKED_AT: Final = 200
_LAST: Final = 60
_OPEN: Final = """
    c.workspace_id = %(workspace)s AND c.id <> %(case)s AND c.status <> 'closed'
    AND NOT c.is_historic AND c.merged_into_id IS NULL
"""
# In that case its customer was asked to go on elsewhere, not long ago.
_ASKED: Final = """
    EXISTS (SELECT FROM conversations_passing g WHERE g.workspace_id = c.workspace_id
        AND g.case_id = c.id AND g.at > now() - interval '14 days')
"""
_LABEL: Final = re.compile(r"\bHW-(\d{3,9})\b", re.IGNORECASE)
_BY_NUMBER: Final = f"""
    SELECT c.id, c.number FROM conversations_case c
    WHERE {_OPEN} AND c.number = ANY(%(numbers)s) LIMIT %(last)s
"""  # noqa: S608  only our own fragments
_HERE: Final = """
    SELECT m.text, m.subject, m.sent_at FROM conversations_message m
    WHERE m.workspace_id = %(workspace)s AND m.case_id = %(case)s AND m.direction = 'in'
        AND m.deleted_at IS NULL
    ORDER BY m.sent_at DESC, m.id DESC LIMIT %(last)s
"""
# The people in a case are those of its conversations; an address is one person's in any network.
_PEOPLE: Final = f"""
    WITH here AS (
        SELECT v.contact_id, v.audience FROM conversations_conversation v
        WHERE v.workspace_id = %(workspace)s AND v.case_id = %(case)s AND v.contact_id IS NOT NULL
        UNION SELECT c.contact_id, c.audience FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND c.id = %(case)s AND c.contact_id IS NOT NULL
    ), own AS (
        SELECT i.contact_id, i.network, lower(i.handle) AS address
        FROM here JOIN contacts_identity i ON i.workspace_id = %(workspace)s
            AND i.contact_id = here.contact_id
        WHERE i.network IN ('email', 'webchat') AND strpos(i.handle, '@') > 1
    ), addressed AS (
        SELECT o.contact_id, min(o.handle) AS handle
        FROM contacts_addressed((SELECT array_agg(address) FROM own)) o
        JOIN own ON own.address = lower(o.handle) AND own.network <> o.network
            AND own.contact_id <> o.contact_id
        GROUP BY o.contact_id
    )
    SELECT c.id, c.audience, '' AS handle, (
            SELECT min(h.audience) FROM here h WHERE h.contact_id = c.contact_id), {_ASKED}
    FROM conversations_case c
    WHERE {_OPEN} AND c.contact_id IN (SELECT contact_id FROM here)
    UNION ALL
    SELECT c.id, c.audience, a.handle, '', {_ASKED}
    FROM addressed a JOIN conversations_case c ON c.contact_id = a.contact_id
    WHERE {_OPEN}
    LIMIT %(last)s
"""  # noqa: S608  only our own fragments
_NAMED: Final = f"""
    SELECT c.id, m.text, m.subject, m.sent_at FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    WHERE m.workspace_id = %(workspace)s AND m.id = ANY(%(messages)s) AND m.direction = 'in'
        AND m.deleted_at IS NULL AND {_OPEN}
"""  # noqa: S608  only our own fragments


class Said(NamedTuple):
    """What somebody named, and when."""

    reference: Reference
    at: datetime


@dataclass(frozen=True, slots=True)
class Related:
    """Another open case, and why it may be the same matter.

    `why`: passed (they were asked there to go on elsewhere), person (the same profile),
    public_then_private, address, case (they name it), email, phone or number; `what` is what both
    name.
    """

    case_id: UUID
    why: str
    what: str = ""


def related_cases(workspace_id: UUID, case_id: UUID) -> list[Related]:
    """Return at most three open cases, the surest reason first. Five statements at most."""
    place = {"workspace": workspace_id, "case": case_id, "last": _LAST}
    found: dict[UUID, Related] = {}
    for row in rows.fetch(_PEOPLE, place):
        one = _of_person(*row)
        found.setdefault(one.case_id, one)
    if len(found) < SHOWN:
        for one in _of_words(place):
            found.setdefault(one.case_id, one)
    return list(found.values())[:SHOWN]


def _of_person(
    case_id: UUID,
    audience: str,
    handle: str,
    here: str | None,
    was_asked: bool,  # noqa: FBT001  a column
) -> Related:
    if was_asked:
        return Related(case_id, "passed", handle)
    if handle:
        return Related(case_id, "address", handle)
    is_both_ways = bool(here) and here != audience
    return Related(case_id, "public_then_private" if is_both_ways else "person")


def _of_words(place: Mapping[str, object]) -> list[Related]:
    """Return open cases that are named, or in which the same is named at about the same time."""
    texts = [(f"{subject}\n{text}", at) for text, subject, at in rows.fetch(_HERE, place)]
    labelled = _of_labels(place, [text for text, _ in texts])
    return labelled + _of_references(
        [Said(one, at) for text, at in texts for one in references(text)], place
    )


def _of_labels(place: Mapping[str, object], texts: Iterable[str]) -> list[Related]:
    """Return the open cases whose numbers the customer writes, as they were asked to."""
    numbers = {int(n) for text in texts for n in _LABEL.findall(text)}
    if not numbers:
        return []
    found = rows.fetch(_BY_NUMBER, {**place, "numbers": sorted(numbers)})
    return [Related(case_id, "case", f"HW-{number}") for case_id, number in found]


def _of_references(named: Collection[Said], place: Mapping[str, object]) -> list[Related]:
    asked = question({said.reference.value: said.reference for said in named}.values())
    if not asked:
        return []
    statement = "SELECT message_id FROM conversations_search(%s, %s::text[], %s)"
    hits = [row[0] for row in rows.fetch(statement, [asked, [], _LOOKED_AT])]
    elsewhere = rows.fetch(_NAMED, {**place, "messages": hits}) if hits else []
    return _matched(named, elsewhere)


def _matched(
    named: Collection[Said], elsewhere: Iterable[tuple[UUID, str, str, datetime]]
) -> list[Related]:
    by_value: dict[str, list[Said]] = {}
    for said in named:
        by_value.setdefault(said.reference.value, []).append(said)
    pairs: dict[tuple[UUID, str], Related] = {}
    for case_id, text, subject, at in elsewhere:
        for there in references(f"{subject}\n{text}"):
            near = [s for s in by_value.get(there.value, ()) if abs(s.at - at) <= WITHIN]
            if near:
                pairs[case_id, there.value] = Related(case_id, there.kind, near[0].reference.shown)
    shared = Counter(value for _, value in pairs)
    return [one for (_, value), one in pairs.items() if shared[value] <= _OWN]
