"""Surveys: what is asked, and what came of it, each figure with its n and interval."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema

from hearwell.accounts.models import Workspace
from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.kit.shares import Share
from hearwell.surveys.queries import survey_by_id, surveys_of
from hearwell.surveys.results import Group, Row, results_of

router = Router(tags=["Surveys"])


class SurveyOut(Schema):
    """A survey: the keys of its questions, and whether it asks anybody now."""

    id: UUID
    name: str
    items: list[str]
    state: Literal["draft", "on", "paused"]
    share: int


class SurveyShare(Schema):
    """So many of `n`. `share` is 0 to 1 with Wilson's 95 % interval; null where n is 0."""

    of: str
    right: int
    n: int
    share: float | None
    low: float | None
    high: float | None


class SurveyScore(Schema):
    """One score. `formula`: share (top answers by all), net (NPS), mean, choice.

    `value` with its 95 % interval on its own scale, null where there is nothing to tell; `answers`
    are number -> how many.
    """

    of: str
    question: str
    formula: Literal["share", "net", "mean", "choice"]
    n: int
    value: float | None
    low: float | None
    high: float | None
    answers: dict[str, int]


class SurveyResults(Schema):
    """What was asked in a period and answered since; associations are no causes.

    `response` is of the survey itself, by network; `again` counts those who answered more than
    once, of whom the last answer stands. `buys`: the satisfied and the others, who is
    likelier to buy. `recommends`: answered fast (within an hour), slowly, never; who recommends.
    """

    response: list[SurveyShare]
    again: int
    total: list[SurveyScore]
    by_network: list[SurveyScore]
    by_month: list[SurveyScore]
    buys: list[SurveyShare]
    recommends: dict[str, list[SurveyShare]]


@router.get("/surveys", response=list[SurveyOut], summary="Which surveys there are")
@needs("read")
def surveys(request: ApiRequest) -> Any:
    """All of them, the newest first."""
    return surveys_of(request.auth.workspace_id)


@router.get("/surveys/results", response=SurveyResults, summary="What customers answered")
@needs("read")
def results(
    request: ApiRequest,
    starts_at: Annotated[datetime, Query(description="Asked from then on; with a time zone.")],
    ends_at: Annotated[datetime, Query(description="Asked before.")],
    survey_id: Annotated[UUID | None, Query(description="Of one survey alone.")] = None,
) -> dict[str, Any]:
    """Of those asked in a period; whoever answered twice counts once, with the last answer."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None or starts_at >= ends_at:
        raise Problem(422, "bad_period", "Say two times with their zone, the earlier one first.")
    place = Workspace.objects.get(id=request.auth.workspace_id)
    if survey_id is not None and survey_by_id(place.id, survey_id) is None:
        raise Problem(404, "not_found", "There is no such survey.")
    found = results_of(place.id, starts_at, ends_at, zone=place.time_zone, survey_id=survey_id)
    return {
        "response": [_share(net, share) for net, share in found.asked.items()],
        "again": found.again,
        "total": [_score("all", row) for row in found.total],
        "by_network": [_score(of, row) for of, rows in found.by_network for row in rows],
        "by_month": [_score(of, row) for of, rows in found.by_month for row in rows],
        "buys": _groups(found.buys),
        "recommends": {item.key: _groups(groups) for item, groups in found.recommends},
    }


def _groups(groups: list[Group]) -> list[dict[str, Any]]:
    return [_share(one.key, one.share) for one in groups]


def _share(of: str, one: Share) -> dict[str, Any]:
    low, high = one.interval or (None, None)
    return {
        "of": of, "right": one.right, "n": one.n, "share": one.value, "low": low, "high": high,
    }  # fmt: skip


def _score(of: str, row: Row) -> dict[str, Any]:
    score = row.score
    low, high = score.interval or (None, None)
    return {
        "of": of, "question": row.item.key, "formula": str(row.item.formula), "n": score.n,
        "value": score.value, "low": low, "high": high,
        "answers": {str(value): count for value, count in sorted(row.answers.items())},
    }  # fmt: skip
