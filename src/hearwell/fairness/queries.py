"""Who was answered, and how soon: counted once for every respect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.fairness.rules import Comparison, Group, compare
from hearwell.kit import rows
from hearwell.kit.clock import now

# An answer counts for a day, as in the method of the reports; whoever has waited for less may
# still have one.
RIPE: Final = timedelta(days=1)
MOST_PARTIES: Final = 3
# So many tell groups apart as well as all do; looking up every message is what costs.
MOST: Final = 50_000
# The facts of the reports, so that this page and theirs count the same messages.
_NEEDS: Final = """f.workspace_id = %(place)s AND f.needs
    AND f.asked_at >= %(from)s AND f.asked_at < %(to)s
    AND NOT EXISTS (SELECT FROM reports_needfact n WHERE n.workspace_id = f.workspace_id
        AND n.message_id = f.message_id AND n.revision > f.revision)"""
_ALL: Final = f"SELECT count(*) FROM reports_needfact f WHERE {_NEEDS}"  # noqa: S608  our own words
# What a public message names is counted by whom it means, not by how often.
_COUNTED: Final = f"""
    SELECT m.audience = 'public',
        f.language,
        CASE WHEN m.audience <> 'public' THEN 0 WHEN jsonb_array_length(m.entities) < 2 THEN 1
            ELSE least(%(most)s, (
            SELECT count(DISTINCT lower(e->>'target')) FROM jsonb_array_elements(m.entities) e
            WHERE e->>'kind' = 'mention')) END,
        CASE WHEN f.wait_s <= %(ripe_s)s THEN f.wait_s / 60 END, count(*)
    FROM reports_needfact f
    JOIN conversations_message m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
    WHERE {_NEEDS} AND (get_byte(uuid_send(m.id), 14) * 256 + get_byte(uuid_send(m.id), 15))
        %% %(every)s = 0
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608  our own words
# Who has the same number stands in the same tenth, wherever its border is.
_FOLLOWED: Final = f"""
    SELECT tenth, network, minute, count(*), min(followers), max(followers) FROM (
        SELECT CASE WHEN i.followers IS NOT NULL THEN least(9, floor(10 * percent_rank() OVER (
                PARTITION BY i.followers IS NULL ORDER BY i.followers)))::int END AS tenth,
            i.network, i.followers,
            CASE WHEN f.wait_s <= %(ripe_s)s THEN f.wait_s / 60 END AS minute
        FROM reports_needfact f
        JOIN conversations_message m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
        JOIN contacts_identity i ON i.workspace_id = m.workspace_id AND i.id = m.author_identity_id
        WHERE {_NEEDS} AND (get_byte(uuid_send(m.id), 14) * 256 + get_byte(uuid_send(m.id), 15))
            %% %(every)s = 0
    ) AS said
    GROUP BY 1, 2, 3
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Followed:
    """Tenths by followers, "0" the fewest: the fewest and most in each, and who is not known.

    `known` of `n` messages are of people whose number is known; `unknown` are the networks of the
    others, those with most messages first.
    """

    tenths: Comparison
    spans: Mapping[str, tuple[int, int]]
    known: int
    n: int
    unknown: Sequence[str]

    @property
    def in_order(self) -> list[Group]:
        """The tenths, those with fewest followers first."""
        return sorted(self.tenths.groups, key=lambda one: int(one.key))


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, of messages from `starts_at` until `ends_at` that needed an answer.

    Keys of `languages` are tags, empty where nobody could tell; of `parties` "1", "2", "3" (or
    more), of public messages alone. Of `every` messages one was taken, by the chance in its
    id; 1: all of them.
    """

    starts_at: datetime
    ends_at: datetime
    every: int
    languages: Comparison
    parties: Comparison
    followed: Followed


def audit_of(workspace_id: UUID, starts_at: datetime, ends_at: datetime) -> Audit:
    """Compare groups over a period; its last day is left out where it is not over.

    Three queries.
    """
    ends_at = max(starts_at, min(ends_at, now() - RIPE))
    values = {
        "place": workspace_id,
        "from": starts_at,
        "to": ends_at,
        "most": MOST_PARTIES,
        "ripe_s": RIPE.total_seconds(),
    }
    ((n_all,),) = rows.fetch(_ALL, values)
    every = max(1, -(-n_all // MOST))
    counted = rows.fetch(_COUNTED, values | {"every": every})
    return Audit(
        starts_at,
        ends_at,
        every,
        compare((language, minute, n) for _, language, _, minute, n in counted),
        compare(
            (str(max(1, parties)), minute, n)
            for is_public, _, parties, minute, n in counted
            if is_public
        ),
        _followed(rows.fetch(_FOLLOWED, values | {"every": every})),
    )


def _followed(counted: Sequence[tuple[Any, ...]]) -> Followed:
    known = [row for row in counted if row[0] is not None]
    spans: dict[str, tuple[int, int]] = {}
    unknown: Counter[str] = Counter()
    for tenth, _, _, _, low, high in known:
        before = spans.get(str(tenth), (low, high))
        spans[str(tenth)] = (min(before[0], low), max(before[1], high))
    for tenth, network, _, n, _, _ in counted:
        unknown[network] += n if tenth is None else 0
    return Followed(
        compare((str(tenth), minute, n) for tenth, _, minute, n, _, _ in known),
        spans,
        sum(row[3] for row in known),
        sum(row[3] for row in counted),
        [network for network, n in unknown.most_common() if n],
    )
