"""What people taught triage, how often it is right, when it acts, and the topics it looks for."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.inbox import acts
from hearwell.kit.shares import Share as Counted
from hearwell.triage import services
from hearwell.triage.learning.accuracy import HeadFigures, accuracy_of
from hearwell.triage.learning.limits import LEAST_BUDGET, LEAST_SURE, MOST_BUDGET, MOST_SURE
from hearwell.triage.learning.queries import labels_of, quiet_figures, state_of, topics_of
from hearwell.triage.models import Topic
from hearwell.triage.queries import verdicts_of

router = Router(tags=["Understanding"])
Sure = Annotated[float, Field(ge=LEAST_SURE, le=MOST_SURE)]
Name = Annotated[str, Field(min_length=1, max_length=60), schemas.Storable]


class Share(Schema):
    """`right` of `n`; `low` and `high` are Wilson's 95 % interval, null without any."""

    right: int
    n: int
    low: float | None
    high: float | None


class LabelOut(Schema):
    """One label of a person. `predicted` with its `certainty` is what triage said before it.

    `head`: duty, kind, sentiment, urgent or thanks. `source`: corrected, confirmed, reviewed,
    asked or taken_back. `is_left_out`: somebody went back to a time before it.
    """

    number: int
    message_id: UUID
    head: str
    label: str
    predicted: str
    certainty: float
    source: str
    engine: str
    user_id: UUID
    at: datetime
    is_left_out: bool


class LabelList(Schema):
    """Labels, the newest first; ask again with `before=next_before` until it is null."""

    items: list[LabelOut]
    next_before: int | None


class LabelIn(Schema):
    """What a message is (`kind`), asks of us (`duty`), how it sounds, how urgent it is, and more.

    `sentiment`: negative, neutral or positive. `urgency`: 0 to 4. `thanks`: yes where it only says
    thanks or goodbye, else no.
    """

    message_id: UUID
    field: Literal["kind", "duty", "sentiment", "urgency", "thanks"]
    value: Annotated[str, Field(max_length=16), schemas.Storable]


class LabelAccuracy(Schema):
    """A label: of those said, the right ones; of those true, the found ones."""

    label: str
    precision: Share
    recall: Share


class Accuracy(Schema):
    """How often one head is right, counted on what was said before each label was learned.

    `bands`: act (sure), ask (unsure), pass (quieted).
    """

    head: str
    share: Share
    macro_f1: float | None
    calibration_error: float | None
    labels: list[LabelAccuracy]
    bands: dict[str, Share]


class Bands(Schema):
    """When triage acts, asks and quiets. `sure`: head -> least certainty; absent: as shipped.

    `quiet_up_to` is the most P(answer) to quiet at, null while nothing is quieted; `missing` is how
    many messages must be labelled before that.
    """

    may_quiet: bool
    miss_budget: float
    sure: dict[str, float]
    quiet_up_to: float | None
    missing: int
    missed: Share


class BandsIn(Schema):
    """When triage shall act, ask and quiet."""

    may_quiet: bool
    miss_budget: Annotated[float, Field(ge=LEAST_BUDGET, le=MOST_BUDGET)]
    sure: dict[Literal["duty"], Sure] = Field(default_factory=dict)


class TopicOut(Schema):
    """A topic: one of its phrases in a message is enough."""

    id: UUID
    name: str
    phrases: list[str]
    language: str
    is_active: bool


class TopicIn(Schema):
    """A topic to be. Without phrases its name is looked for; `language` "" means every one."""

    name: Name
    phrases: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    language: Annotated[str, Field(max_length=8), schemas.Storable] = ""
    is_active: bool = True


@router.get("/triage/labels", response=LabelList, summary="List labels")
@needs("read")
def labels(
    request: ApiRequest,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """What people said of messages, with what triage had said before it learned from it."""
    found = labels_of(request.auth.workspace_id, limit, before)
    is_more = len(found) == limit and found[-1].number > 1
    return {"items": found, "next_before": found[-1].number if is_more else None}


@router.post("/triage/labels", response={204: None}, summary="Say what a message is")
@needs("tag")
def label(request: ApiRequest, body: LabelIn) -> Any:
    """Put a verdict right or say that it is right; triage learns from it at once.

    The case, its turn and its clocks follow. 404: no such message was judged.
    """
    judged = verdicts_of(request.auth.workspace_id, [body.message_id]).get(body.message_id)
    if judged is None:
        raise not_found()
    try:
        acts.correct(judged.case_id, body.message_id, body.field, body.value, request.auth)
    except services.BadCorrectionError as why:
        raise Problem(422, "invalid", f"value: {body.field} has no {body.value!r}") from why
    return Status(204, None)


@router.delete(
    "/triage/labels/{message_id}", response={204: None}, summary="Undo what was said of a message"
)
@needs("tag")
def unlabel(request: ApiRequest, message_id: UUID) -> Any:
    """Put back what the last correction of a message changed; the same again undoes the undoing.

    404: no such message was judged, or nobody has put its verdict right.
    """
    judged = verdicts_of(request.auth.workspace_id, [message_id]).get(message_id)
    if judged is None:
        raise not_found()
    try:
        acts.undo_correction(judged.case_id, message_id, request.auth)
    except services.NothingToUndoError as why:
        raise not_found() from why
    return Status(204, None)


@router.get("/triage/accuracy", response=list[Accuracy], summary="Say how often triage is right")
@needs("read")
def accuracy(request: ApiRequest) -> Any:
    """By head, as far as people have said; empty where nobody has."""
    return [_accuracy(one) for one in accuracy_of(request.auth.workspace_id).values()]


def _share(share: Counted) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"right": share.right, "n": share.n, "low": low, "high": high}


def _accuracy(one: HeadFigures) -> dict[str, Any]:
    return {
        "head": one.head,
        "share": _share(one.share),
        "macro_f1": one.macro_f1,
        "calibration_error": one.calibration_error,
        "labels": [
            {
                "label": each.label,
                "precision": _share(each.precision),
                "recall": _share(each.recall),
            }
            for each in one.labels
        ],
        "bands": {name: _share(share) for name, share in one.bands.items()},
    }


@router.get("/triage/bands", response=Bands, summary="Say when triage acts, asks and quiets")
@needs("read")
def bands(request: ApiRequest) -> Any:
    """The choices of the workspace, and what its own labels say of quieting."""
    return _bands(request.auth.workspace_id)


def _bands(workspace_id: UUID) -> dict[str, Any]:
    state = state_of(workspace_id)
    known = quiet_figures(state)
    return {
        "may_quiet": state.may_quiet,
        "miss_budget": state.miss_budget,
        "sure": state.sure,
        "quiet_up_to": known.threshold,
        "missing": known.missing,
        "missed": _share(known.missed),
    }


@router.put("/triage/bands", response=Bands, summary="Choose when triage acts, asks and quiets")
@needs("manage_settings")
def choose(request: ApiRequest, body: BandsIn) -> Any:
    """It holds for what is judged from now on. Alarms are never quieted."""
    services.choose_bands(
        request.auth,
        may_quiet=body.may_quiet,
        miss_budget=body.miss_budget,
        sure={str(name): value for name, value in body.sure.items()},
    )
    return _bands(request.auth.workspace_id)


@router.get("/topics", response=list[TopicOut], summary="List topics")
@needs("read")
def topics(request: ApiRequest) -> Any:
    """By name."""
    return topics_of(request.auth.workspace_id)


@router.post("/topics", response={201: TopicOut}, summary="Add a topic")
@needs("manage_settings")
def add_topic(request: ApiRequest, body: TopicIn) -> Any:
    """It is looked for in what comes in from now on. 422: it cannot be kept like this."""
    return Status(201, _saved(request, body))


@router.put("/topics/{topic_id}", response=TopicOut, summary="Change a topic")
@needs("manage_settings")
def change_topic(request: ApiRequest, topic_id: UUID, body: TopicIn) -> Any:
    """Messages keep the names of the topics that were found in them."""
    return _saved(request, body, topic_id)


@router.delete("/topics/{topic_id}", response={204: None}, summary="Remove a topic")
@needs("manage_settings")
def remove_topic(request: ApiRequest, topic_id: UUID) -> Any:
    """Messages keep the names of the topics that were found in them."""
    try:
        services.remove_topic(topic_id, request.auth)
    except Topic.DoesNotExist as gone:
        raise not_found() from gone
    return Status(204, None)


def _saved(request: ApiRequest, body: TopicIn, topic_id: UUID | None = None) -> Topic:
    facts = services.TopicFacts(body.name, body.phrases, body.language, body.is_active)
    try:
        return services.save_topic(facts, request.auth, topic_id)
    except services.BadTopicError as why:
        raise Problem(422, "invalid", str(why)) from why
    except Topic.DoesNotExist as gone:
        raise not_found() from gone
