"""Scores of people, teams, criteria and weeks, and how far the graders agree.

Scores are counted on what was drawn by chance: what was drawn for its risk says nothing of the
others, and stands beside it. A reply with two grades counts once, with their mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import orjson

from hearwell.kit import rows
from hearwell.quality.agreement import LAST, Pair, Report, agreement_of
from hearwell.quality.rules import CRITERIA, MARKS, Score, summed_up

_MARKED: Final = """
    WITH marked AS (
        SELECT s.id, s.agent_id, s.week, s.is_random, avg(g.score) AS score
        FROM quality_sample s
        JOIN quality_grade g ON g.workspace_id = s.workspace_id AND g.sample_id = s.id
            AND g.is_current
        WHERE s.workspace_id = %(place)s AND s.sent_at >= %(since)s AND s.sent_at < %(until)s
            AND s.done_at IS NOT NULL AND s.calibration_id IS NULL AND NOT s.is_out
        GROUP BY s.id
    )
"""
_SUMS: Final = "count(*), coalesce(sum(score), 0), coalesce(sum(score * score), 0)"
_GROUPED: Final = f"""
    {_MARKED}
    SELECT 'all', NULL, is_random, {_SUMS} FROM marked GROUP BY is_random
    UNION ALL
    SELECT 'agent', agent_id::text, is_random, {_SUMS} FROM marked GROUP BY agent_id, is_random
    UNION ALL
    SELECT 'week', week::text, is_random, {_SUMS} FROM marked GROUP BY week, is_random
    UNION ALL
    SELECT 'team', t.team_id::text, is_random, {_SUMS} FROM marked
    JOIN routing_teammember t ON t.workspace_id = %(place)s AND t.user_id = agent_id
    GROUP BY t.team_id, is_random
"""  # noqa: S608  our own words, no value is in it
_CRITERIA: Final = f"""
    {_MARKED}
    SELECT one.key, one.value, count(*) FROM marked
    JOIN quality_grade g ON g.workspace_id = %(place)s AND g.sample_id = marked.id AND g.is_current
    CROSS JOIN LATERAL jsonb_each_text(g.marks) one
    WHERE marked.is_random GROUP BY 1, 2
"""  # noqa: S608  our own words, no value is in it
# The first two who graded it without having seen another's; of each, what they last said so.
_PAIRS: Final = """
    WITH blind AS (
        SELECT DISTINCT ON (g.sample_id, g.grader_id) g.sample_id, g.grader_id, g.marks, g.at
        FROM quality_grade g
        JOIN quality_sample s ON s.workspace_id = g.workspace_id AND s.id = g.sample_id
            AND s.calibration_id IS NULL AND s.done_at IS NOT NULL AND s.wanted > 1
        WHERE g.workspace_id = %(place)s AND g.is_blind AND NOT g.is_draft
            AND g.undone_at IS NULL
        ORDER BY g.sample_id, g.grader_id, g.number DESC
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY sample_id ORDER BY at, grader_id) AS place
        FROM blind
    )
    SELECT sample_id, (array_agg(marks ORDER BY grader_id))[1],
        (array_agg(marks ORDER BY grader_id))[2], max(at) AS latest
    FROM placed WHERE place <= 2 GROUP BY sample_id HAVING count(*) = 2
    ORDER BY latest DESC, sample_id LIMIT %(most)s
"""
Sums = tuple[int, float, float]


@dataclass(frozen=True, slots=True)
class AgentScore:
    """What one person's replies were graded, those drawn by chance and those drawn for a risk."""

    agent_id: UUID
    random: Score
    risky: Score


@dataclass(frozen=True, slots=True)
class TeamScore:
    """What the replies of a team's people were graded."""

    team_id: UUID
    random: Score
    risky: Score


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each mark was given for one criterion, of what was drawn by chance."""

    criterion: str
    counts: dict[str, int]

    @property
    def n(self) -> int:
        """Of how many marks, those that do not apply aside."""
        return sum(n for mark, n in self.counts.items() if mark != MARKS[-1])


@dataclass(frozen=True, slots=True)
class Scores:
    """All of it. People and teams are in no order of rank; weeks are in their order."""

    random: Score
    risky: Score
    agents: list[AgentScore]
    teams: list[TeamScore]
    weeks: list[tuple[date, Score]]
    criteria: list[Coverage]


def scores_between(workspace_id: UUID, since: datetime, until: datetime, fewest: int) -> Scores:
    """Return the scores of replies written in a span. Two queries, whatever was graded."""
    values = {"place": workspace_id, "since": since, "until": until}
    sums: dict[tuple[str, str], dict[bool, Sums]] = {}
    for what, key, is_random, n, total, squares in rows.fetch(_GROUPED, values):
        sums.setdefault((what, key or ""), {})[is_random] = (n, total, squares)
    counts: dict[str, dict[str, int]] = {name: dict.fromkeys(MARKS, 0) for name in CRITERIA}
    for name, mark, n in rows.fetch(_CRITERIA, values):
        counts[name][mark] = n

    def score(what: str, key: str, *, is_random: bool, least: int = fewest) -> Score:
        n, total, squares = sums.get((what, key), {}).get(is_random, (0, 0.0, 0.0))
        return summed_up(n, total, squares, fewest=least)

    def of(kind: str) -> list[str]:
        return sorted(key for what, key in sums if what == kind)

    return Scores(
        random=score("all", "", is_random=True),
        risky=score("all", "", is_random=False),
        agents=[
            AgentScore(
                UUID(key),
                score("agent", key, is_random=True),
                score("agent", key, is_random=False),
            )
            for key in of("agent")
        ],
        teams=[
            TeamScore(
                UUID(key), score("team", key, is_random=True), score("team", key, is_random=False)
            )
            for key in of("team")
        ],
        weeks=[(date.fromisoformat(key), score("week", key, is_random=True)) for key in of("week")],
        criteria=[Coverage(name, counts[name]) for name in CRITERIA],
    )


def pairs_of(workspace_id: UUID, most: int = LAST) -> list[Pair]:
    """Return the marks of two graders of each reply that two graded blind, the newest first."""
    found = rows.fetch(_PAIRS, {"place": workspace_id, "most": most})
    return [(_read(one), _read(other)) for _id, one, other, _at in found]


def _read(marks: object) -> dict[str, str]:
    given: dict[str, str] = marks if isinstance(marks, dict) else orjson.loads(str(marks))
    return {name: given[name] for name in CRITERIA}


def agreement_now(workspace_id: UUID) -> Report:
    """Return how far the graders agree on the last replies that two of them graded. One query."""
    return agreement_of(pairs_of(workspace_id))
