"""What customers answered: each score with its n, by channel and month, and what goes with what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.shares import Share
from hearwell.surveys.items import ITEMS, Item
from hearwell.surveys.rules import FAST, FAST_S, NEVER, SLOW
from hearwell.surveys.scores import Histogram, Score, score_of, top_share

_SCOPE: Final = """q.workspace_id = %(place)s AND q.survey_id IS NOT NULL
    AND q.asked_at >= %(from)s AND q.asked_at < %(to)s
    AND (%(survey)s::uuid IS NULL OR q.survey_id = %(survey)s)"""
# Asked is what the network has.
_ASKED: Final = f"""
    SELECT q.network, count(*), count(*) FILTER (WHERE q.status = 'rated'),
        count(*) FILTER (WHERE q.times > 1)
    FROM surveys_question q
    JOIN outbound_delivery d ON d.workspace_id = q.workspace_id AND d.key = q.id
        AND d.state IN ('sent', 'confirmed')
    WHERE {_SCOPE} GROUP BY q.network ORDER BY 2 DESC, 1
"""  # noqa: S608  our own words
_ANSWERED: Final = f"""
    SELECT q.network, to_char(q.asked_at AT TIME ZONE %(zone)s, 'YYYY-MM'), e.key, e.value::int,
        count(*)
    FROM surveys_question q CROSS JOIN LATERAL jsonb_each_text(q.answers) e
    WHERE {_SCOPE} AND q.status = 'rated' GROUP BY 1, 2, 3, 4
"""  # noqa: S608  our own words
_CSAT_BUY: Final = f"""
    SELECT (q.answers->>'csat')::int, (q.answers->>'buy')::int, count(*)
    FROM surveys_question q
    WHERE {_SCOPE} AND q.status = 'rated' AND q.answers ?& ARRAY['csat', 'buy'] GROUP BY 1, 2
"""  # noqa: S608  our own words
# How long the first answer of the case took before it was closed; none: nobody answered.
_SPEED: Final = f"""
    SELECT CASE WHEN c.wall_s IS NULL THEN 'never' WHEN c.wall_s <= %(fast)s THEN 'fast'
        ELSE 'slow' END, e.key, e.value::int, count(*)
    FROM surveys_question q CROSS JOIN LATERAL jsonb_each_text(q.answers) e
    LEFT JOIN LATERAL (
        SELECT k.wall_s FROM sla_clock k
        WHERE k.workspace_id = q.workspace_id AND k.case_id = q.case_id AND k.kind = 'answer'
            AND k.met_at IS NOT NULL AND k.met_at <= q.closed_at
        ORDER BY k.started_at LIMIT 1
    ) c ON true
    WHERE {_SCOPE} AND q.status = 'rated' AND e.key IN ('recommend', 'nps') GROUP BY 1, 2, 3
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Row:
    """One question's answers somewhere, or of all: `answers` are number -> how many."""

    item: Item
    answers: Histogram

    @property
    def score(self) -> Score:
        """The figure with its n and interval."""
        return score_of(self.item, self.answers)


@dataclass(frozen=True, slots=True)
class Group:
    """A part of those who answered, and which share of it said something."""

    key: str
    share: Share


@dataclass(frozen=True, slots=True)
class Results:
    """What was asked and answered in a period; `again`: how many answered more than once.

    `asked`: network -> answered of asked. `by_network` and `by_month`: (network or YYYY-MM, rows).
    `buys`: of the satisfied and of the others, who is likelier to buy. `recommends`: question ->
    who recommends, of those answered fast, slowly, and not at all.
    """

    asked: Mapping[str, Share]
    again: int
    total: list[Row]
    by_network: list[tuple[str, list[Row]]]
    by_month: list[tuple[str, list[Row]]]
    buys: list[Group]
    recommends: list[tuple[Item, list[Group]]]

    @property
    def response(self) -> Share:
        """Answered of asked, of all networks."""
        shares = self.asked.values()
        return Share(sum(one.right for one in shares), sum(one.n for one in shares))


def results_of(
    workspace_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    zone: str = "UTC",
    survey_id: UUID | None = None,
) -> Results:
    """Return what came of a survey, or of all, among those asked in a period. Four queries.

    Months are those of the zone. The same numbers again from the log: events SurveyAsked and
    SurveyAnswered, the last of each question.
    """
    values = {
        "place": workspace_id, "from": starts_at, "to": ends_at, "survey": survey_id, "zone": zone,
        "fast": FAST_S,
    }  # fmt: skip
    asked, answered = rows.fetch(_ASKED, values), rows.fetch(_ANSWERED, values)
    return Results(
        asked={network: Share(n_rated, n) for network, n, n_rated, _ in asked},
        again=sum(row[3] for row in asked),
        total=_rows([row[2:] for row in answered]),
        by_network=_by([(row[0], *row[2:]) for row in answered]),
        by_month=_by([(row[1], *row[2:]) for row in answered]),
        buys=_buys(rows.fetch(_CSAT_BUY, values)),
        recommends=_recommends(rows.fetch(_SPEED, values)),
    )


def _rows(counted: list[tuple[str, int, int]]) -> list[Row]:
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, value, count in counted:
        found[key][value] += count
    return [Row(item, dict(found[key])) for key, item in ITEMS.items() if key in found]


def _by(counted: list[tuple[str, str, int, int]]) -> list[tuple[str, list[Row]]]:
    apart: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for where, key, value, count in counted:
        apart[where].append((key, value, count))
    return [(where, _rows(apart[where])) for where in sorted(apart)]


def _buys(counted: list[tuple[int, int, int]]) -> list[Group]:
    """Satisfied is 4 and 5 of 5, likelier to buy 4 and 5 of 5, as the scores have it."""
    found: dict[bool, dict[int, int]] = {True: defaultdict(int), False: defaultdict(int)}
    for satisfied, buy, count in counted:
        found[satisfied >= ITEMS["csat"].top][buy] += count
    names = {True: "satisfied", False: "others"}
    return [Group(names[which], top_share(ITEMS["buy"], found[which])) for which in (True, False)]


def _recommends(counted: list[tuple[str, str, int, int]]) -> list[tuple[Item, list[Group]]]:
    found: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for speed, key, value, count in counted:
        found[key][speed][value] = count
    return [
        (ITEMS[key], [Group(s, top_share(ITEMS[key], of.get(s, {}))) for s in (FAST, SLOW, NEVER)])
        for key, of in sorted(found.items(), reverse=True)
    ]
