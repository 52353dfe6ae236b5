"""Replies that were read again: their grades, the scores, and how far the graders agree."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.quality import queries
from hearwell.quality.agreement import Agreement
from hearwell.quality.rules import Score

router = Router(tags=["Quality"])


class GradeOut(Schema):
    """What one grader said: `marks` is criterion -> yes, partly, no or na; `score` is 0-1."""

    grader_id: UUID
    marks: dict[str, str]
    score: float | None
    note: str
    scorecard: int
    at: datetime


class ReviewedReply(Schema):
    """A reply that was graded. `is_out`: a lead found for its writer, it counts no longer."""

    id: UUID
    message_id: UUID
    case_id: UUID
    agent_id: UUID
    network: str
    sent_at: datetime
    is_random: bool
    reasons: list[str]
    is_out: bool
    done_at: datetime
    grades: list[GradeOut]


_TOLD = [name for name in ReviewedReply.model_fields if name != "grades"]


class ScoreOut(Schema):
    """A mean score, 0-1, and its 95 % interval; null where fewer than the plan says were graded."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


class AgentScoreOut(Schema):
    """The scores of one person, of what was drawn by chance and of what was drawn by risk."""

    agent_id: UUID
    random: ScoreOut
    risky: ScoreOut


class TeamScoreOut(Schema):
    """The scores of a team."""

    team_id: UUID
    random: ScoreOut
    risky: ScoreOut


class AgreementOut(Schema):
    """Kappa (over all criteria weighted) with its 95 % interval, of the last 200 double grades.

    `trust`: too_few (under 30), alike (all marks the same), unreliable (under 0.6) or reliable.
    """

    n: int
    kappa: float | None
    low: float | None
    high: float | None
    percent: float | None
    trust: str


class ScoresOut(Schema):
    """Scores of a span of writing. In no order of rank."""

    random: ScoreOut
    risky: ScoreOut
    agents: list[AgentScoreOut]
    teams: list[TeamScoreOut]
    criteria: dict[str, dict[str, int]]
    agreement: AgreementOut
    agreement_by_criterion: dict[str, AgreementOut]


Since = Annotated[datetime, Query(description="Written at or after.")]
Until = Annotated[datetime, Query(description="Written before.")]


def _checked(since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None or since >= until:
        raise Problem(422, "bad_span", "Give two moments with their zones, the earlier one first.")


@router.get("/quality/reviews", response=list[ReviewedReply], summary="List graded replies")
@needs("grade")
def reviews(
    request: ApiRequest,
    since: Since,
    until: Until,
    agent_id: UUID | None = None,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> Any:
    """The newest first. What waits for a second grader is not in it: grades are given blind."""
    _checked(since, until)
    found = queries.reviews_since(request.auth.workspace_id, since, until, agent_id, limit)
    return [
        {**{name: getattr(one.sample, name) for name in _TOLD}, "grades": one.grades}
        for one in found
    ]


@router.get("/quality/scores", response=ScoresOut, summary="Read scores and agreement")
@needs("grade")
def scores(request: ApiRequest, since: Since, until: Until) -> dict[str, Any]:
    """Means with intervals of replies written in a span, and how far two graders agree."""
    _checked(since, until)
    place = request.auth.workspace_id
    found = queries.scores_between(place, since, until, queries.plan_of(place).fewest)
    agreed = queries.agreement_now(place)
    return {
        "random": _score(found.random),
        "risky": _score(found.risky),
        "agents": [
            {"agent_id": a.agent_id, "random": _score(a.random), "risky": _score(a.risky)}
            for a in found.agents
        ],
        "teams": [
            {"team_id": t.team_id, "random": _score(t.random), "risky": _score(t.risky)}
            for t in found.teams
        ],
        "criteria": {one.criterion: one.counts for one in found.criteria},
        "agreement": _agreement(agreed.overall),
        "agreement_by_criterion": {
            name: _agreement(one) for name, one in agreed.by_criterion.items()
        },
    }


def _score(one: Score) -> dict[str, Any]:
    return {"n": one.n, "mean": one.mean, "low": one.low, "high": one.high}


def _agreement(one: Agreement) -> dict[str, Any]:
    names = ("n", "kappa", "low", "high", "percent", "trust")
    return {name: getattr(one, name) for name in names}
