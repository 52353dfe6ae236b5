"""Put a case away until later, label it, say what it is."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models.functions import Lower
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import case_now
from hearwell.conversations.models import Tag
from hearwell.conversations.queries import case_page
from hearwell.inbox import acts
from hearwell.triage.models import Verdict
from hearwell.triage.queries import verdict_of_case

router = Router(tags=["Tend"])
Label = Annotated[str, Field(min_length=1, max_length=60), schemas.Storable]
Labels = Annotated[list[Label], Field(max_length=20)]
Kind = Literal[
    "complaint", "question", "request", "praise", "idea", "prepurchase", "review", "chatter",
    "spam",
]  # fmt: skip


class SnoozeIn(Schema):
    """When it comes back: at most 90 days from now, or at once if the customer writes."""

    until: AwareDatetime


class TagChange(Schema):
    """Labels to put on and to take off. Upper and lower case are the same label."""

    add: Labels = Field(default_factory=list)
    remove: Labels = Field(default_factory=list)


class Tags(Schema):
    """The labels of a case."""

    tags: list[str]


class KindIn(Schema):
    """What it is."""

    kind: Kind


class VerdictOut(Schema):
    """What the latest message of a customer in a case was judged to be, by whom, and why.

    `certainty` is of the kind, 0 to 1; `is_unsure`: the duty is too unsure to act on. `reasons` are
    `sign:word`, the deciding ones first. `sentiment` is negative, neutral or positive, empty for
    what was judged before there was one. `probabilities`: for each question (duty, kind,
    sentiment, urgent, thanks) each answer's, adding up to 1; empty where rules alone decided.
    `personal`: kinds of personal data in the text (mail, phone, card, iban, ip, number). `topics`:
    the workspace's own that were found in it.
    `is_thanks`: it only says thanks or goodbye. `is_corrected`: a person said what it is or asks
    for; `spoken`: all that a person has spoken about (kind, duty, sentiment, urgency, thanks).
    """

    message_id: UUID
    kind: str
    duty: str
    urgency: int
    certainty: float
    is_unsure: bool
    is_thanks: bool
    sentiment: str
    language: str
    reasons: list[str]
    probabilities: dict[str, dict[str, float]]
    personal: list[str]
    topics: list[str]
    engine: str
    is_corrected: bool
    spoken: list[str]
    decided_at: datetime

    @staticmethod
    def resolve_probabilities(verdict: Verdict) -> dict[str, dict[str, float]]:
        """Return them by name: the table has numbers alone."""
        return verdict.probabilities()

    @staticmethod
    def resolve_topics(verdict: Verdict) -> list[str]:
        """Return the names of the topics that were found in it."""
        return verdict.topics or []

    @staticmethod
    def resolve_spoken(verdict: Verdict) -> list[str]:
        """Return the fields, none where nobody has spoken."""
        return verdict.spoken or []

    @staticmethod
    def resolve_personal(verdict: Verdict) -> list[str]:
        """Return the kinds, none where none were looked for."""
        return verdict.personal or []


@router.post("/cases/{case_id}/snooze", response=schemas.Case, summary="Snooze a case")
@needs("close")
def snooze(request: ApiRequest, case_id: UUID, body: SnoozeIn) -> Any:
    """Put the case away until a time, or until the customer writes. Its clocks run on.

    409: it is closed.
    """
    try:
        acts.snooze_case(case_id, body.until, request.auth)
    except acts.BadActError as why:
        raise Problem(422, "invalid", f"until: {why}") from why
    except acts.CaseMovedError as moved:
        detail = "The case is closed. Reopen it first."
        raise Problem(409, "conflict", detail, version=moved.case.version) from moved
    return case_now(request, case_id)


@router.post("/cases/{case_id}/wake", response=schemas.Case, summary="Wake a case")
@needs("close")
def wake(request: ApiRequest, case_id: UUID) -> Any:
    """Bring a snoozed case back at once. Another stays as it is."""
    case_now(request, case_id)
    acts.wake_case(case_id, request.auth)
    return case_now(request, case_id)


@router.get("/tags", response=list[str], summary="List labels")
@needs("read")
def tags(request: ApiRequest) -> Any:
    """The labels that are known, by name."""
    known = Tag.objects.filter(workspace_id=request.auth.workspace_id)
    return list(known.order_by(Lower("name")).values_list("name", flat=True))


@router.patch("/cases/{case_id}/tags", response=Tags, summary="Label a case")
@needs("tag")
def label(request: ApiRequest, case_id: UUID, body: TagChange) -> Any:
    """Put labels on a case and take others off; unknown ones are made. Repeats change nothing."""
    case_now(request, case_id)
    if body.add:
        acts.tag_case([case_id], body.add, request.auth)
    if body.remove:
        acts.untag_case([case_id], body.remove, request.auth)
    page = case_page(request.auth.workspace_id, case_id)
    return {"tags": page.tags if page else []}


@router.get("/cases/{case_id}/verdict", response=VerdictOut, summary="Say why a case is its kind")
@needs("read")
def verdict(request: ApiRequest, case_id: UUID) -> Any:
    """How the latest message of the customer was judged. 404: there is none that was."""
    return _verdict(request, case_id)


@router.put("/cases/{case_id}/kind", response=schemas.Case, summary="Correct a case's kind")
@needs("tag")
def correct(request: ApiRequest, case_id: UUID, body: KindIn) -> Any:
    """Say what the latest message of the customer is; its duty, clocks and turn follow.

    The word of a person stays, whatever is judged later.
    """
    judged = _verdict(request, case_id)
    acts.correct_kind(case_id, judged.message_id, body.kind, request.auth)
    return case_now(request, case_id)


def _verdict(request: ApiRequest, case_id: UUID) -> Verdict:
    found = verdict_of_case(request.auth.workspace_id, case_id)
    if found is None:
        raise not_found()
    return found
