"""Escalated cases and incidents: read by all, acted on by those who may."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.schemas import Storable
from hearwell.conversations.models import Case
from hearwell.escalation import queries, services
from hearwell.escalation.models import Escalation, Incident, Statement
from hearwell.escalation.models.incidents import CURRENT_STATES
from hearwell.escalation.models.paths import OPEN_STATES

router = Router(tags=["Incidents"])
Words = Annotated[str, Field(max_length=4000), Storable]
Level = Annotated[int, Field(ge=1, le=4)]
IncidentState = Literal["proposed", "live", "ended", "dismissed"]


class EscalationOut(Schema):
    """A case on its way to somebody who sees to it.

    `severity` is where it entered, `level` where it is now, 0 to 4. `state`: waiting, given (nobody
    accepted, an owner has it), accepted, signing, done or withdrawn. At `due_at` the next is asked.
    """

    id: UUID
    case_id: UUID
    severity: int
    level: int
    why: str
    remark: str
    state: str
    raised_at: datetime
    raised_by_id: UUID | None
    asked_ids: list[UUID]
    due_at: datetime | None
    owned_by: datetime
    owner_id: UUID | None
    accepted_at: datetime | None
    outcome: str
    ended_at: datetime | None
    signed_by_id: UUID | None


class EscalateIn(Schema):
    """How grave it is, 0 to 4, and what they should know."""

    severity: Annotated[int, Field(ge=0, le=4)]
    remark: Annotated[str, Field(max_length=2000), Storable] = ""


class EscalationActIn(Schema):
    """Accept it, finish it with what was done, sign it off, send it back, or withdraw it."""

    act: Literal["accept", "finish", "sign_off", "send_back", "withdraw"]
    remark: Annotated[str, Field(max_length=2000), Storable] = ""


class IncidentOut(Schema):
    """One story that is seen to together. `reasons` are codes with their figures."""

    id: UUID
    number: int
    title: str
    state: IncidentState
    severity: int
    level_at: datetime
    lead_id: UUID | None
    found_by: str
    spike_id: UUID | None
    reasons: list[tuple[str, dict[str, Any]]]
    began_at: datetime
    found_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    update_at: datetime | None
    cases: int
    is_stopped: bool


class IncidentFilters(Schema):
    """Which incidents: of one state, with a number below one (`before`)."""

    state: IncidentState | None = None
    before: int | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class IncidentIn(Schema):
    """What it is about, at which level, and the cases it is about."""

    title: Annotated[str, Field(min_length=1, max_length=200), Storable]
    severity: Level = 2
    case_ids: Annotated[list[UUID], Field(default_factory=list, max_length=500)]


class IncidentActIn(Schema):
    """What is done about it; `severity` for open and level, `title` for open."""

    act: Literal["open", "dismiss", "bring_back", "level", "stop", "resume", "end"]
    severity: Level | None = None
    title: Annotated[str, Field(max_length=200), Storable] = ""
    why: Annotated[str, Field(max_length=500), Storable] = ""


class EntryOut(Schema):
    """A line of the log: a person's fact, go or no_go, or an event with its `data`."""

    id: UUID
    at: datetime
    kind: str
    what: str
    text: str
    data: dict[str, Any]
    by_id: UUID | None


class EntryIn(Schema):
    """A fact, or a decision."""

    kind: Literal["fact", "go", "no_go"] = "fact"
    text: Words


class StatementOut(Schema):
    """One version of what may be said; `digest` is what a signature is bound to."""

    id: UUID
    version: int
    text: str
    update_at: datetime | None
    digest: str
    signs: list[str]
    state: str
    written_at: datetime
    author_id: UUID
    approved_at: datetime | None
    published_at: datetime | None
    published_where: str


class StatementIn(Schema):
    """What is said, and for when the next update is promised."""

    text: Annotated[str, Field(min_length=1, max_length=5000), Storable]
    update_at: datetime | None = None


class SignatureIn(Schema):
    """Sign a text for a part, or send it back; `digest` is that of what was read."""

    part: Annotated[str, Field(max_length=8), Storable]
    digest: Annotated[str, Field(max_length=64), Storable]
    decision: Literal["sign", "return"] = "sign"
    remark: Annotated[str, Field(max_length=1000), Storable] = ""


@router.get("/escalations", response=list[EscalationOut], summary="List escalated cases")
@needs("read")
def escalations(
    request: ApiRequest, state: Literal["open", "done", "withdrawn"] = "open"
) -> list[Escalation]:
    """Those that are somebody's business still, the gravest first; or those that are settled."""
    states = OPEN_STATES if state == "open" else (state,)
    return queries.escalations_of(request.auth.workspace_id, states=states)


@router.get("/escalations/{escalation_id}", response=EscalationOut, summary="Read an escalation")
@needs("read")
def escalation(request: ApiRequest, escalation_id: UUID) -> Escalation:
    """One escalation."""
    found = queries.escalation_by_id(request.auth.workspace_id, escalation_id)
    if found is None:
        raise not_found()
    return found


@router.post("/cases/{case_id}/escalation", response=EscalationOut, summary="Escalate a case")
@needs("claim")
def escalate(request: ApiRequest, case_id: UUID, body: EscalateIn) -> Escalation:
    """Ask the first of the path. A case that is escalated already stays as it is."""
    try:
        return services.escalate(case_id, body.severity, request.auth, body.remark)
    except services.NoSuchCaseError as error:
        raise not_found() from error


@router.post("/escalations/{escalation_id}/act", response=EscalationOut, summary="Accept, finish")
@needs("note")
def act_on_escalation(
    request: ApiRequest, escalation_id: UUID, body: EscalationActIn
) -> Escalation:
    """Do one thing with it. 409: somebody has it, or it stands elsewhere by now."""
    try:
        return _acted(request, escalation_id, body)
    except services.UnknownEscalationError as error:
        raise not_found() from error
    except services.NotYoursError as error:
        detail = "That is for those who are asked, or a lead."
        raise Problem(403, "forbidden", detail) from error
    except services.HasOwnerError as error:
        raise Problem(409, "conflict", "Somebody else has accepted it already.") from error
    except services.SettledError as error:
        raise Problem(409, "conflict", "It stands elsewhere by now. Nothing was done.") from error


def _acted(request: ApiRequest, escalation_id: UUID, body: EscalationActIn) -> Escalation:
    me = request.auth
    match body.act:
        case "accept":
            return services.accept(escalation_id, me)
        case "finish":
            return services.finish(escalation_id, me, body.remark)
        case "withdraw":
            return services.withdraw(escalation_id, me)
    is_good = body.act == "sign_off"
    return services.sign_off(escalation_id, me, is_good=is_good, remark=body.remark)


@router.get("/incidents", response=list[IncidentOut], summary="List incidents")
@needs("read")
def incidents(request: ApiRequest, filters: Query[IncidentFilters]) -> list[dict[str, Any]]:
    """The newest first. The cases of one: `GET /cases` has them by `incident`."""
    place = request.auth.workspace_id
    states = [filters.state] if filters.state else []
    found = queries.incidents_of(place, states=states, before=filters.before, limit=filters.limit)
    counts = queries.case_counts(place, [one.id for one in found])
    return [_out(one, counts.get(one.id, 0)) for one in found]


def _out(incident: Incident, cases: int | None = None) -> dict[str, Any]:
    names = (
        "id", "number", "title", "state", "severity", "level_at", "lead_id", "found_by",
        "spike_id", "reasons", "began_at", "found_at", "opened_at", "ended_at", "update_at",
    )  # fmt: skip
    if cases is None:
        cases = queries.case_counts(incident.workspace_id, [incident.id]).get(incident.id, 0)
    is_stopped = incident.state in CURRENT_STATES and services.stop_switch(incident) is not None
    return {**{name: getattr(incident, name) for name in names}, "cases": cases,
            "is_stopped": is_stopped}  # fmt: skip


def _incident(request: ApiRequest, number: int) -> Incident:
    found = queries.incident_by_number(request.auth.workspace_id, number)
    if found is None:
        raise not_found()
    return found


@router.get("/incidents/{number}", response=IncidentOut, summary="Read an incident")
@needs("read")
def incident(request: ApiRequest, number: int) -> dict[str, Any]:
    """One incident, by its number."""
    return _out(_incident(request, number))


@router.post("/incidents", response={201: IncidentOut}, summary="Open an incident")
@needs("approve")
def open_incident(request: ApiRequest, body: IncidentIn) -> Status[dict[str, Any]]:
    """Open one by hand; whoever does leads it."""
    try:
        made = services.open_incident(body.title, body.severity, request.auth, body.case_ids)
    except Case.DoesNotExist as error:
        raise not_found() from error
    except services.BadIncidentError as error:
        raise Problem(422, "invalid", f"{error.field} cannot be so.") from error
    return Status(201, _out(made))


@router.post("/incidents/{number}/act", response=IncidentOut, summary="Open, raise, stop, end")
@needs("approve")
def act_on_incident(request: ApiRequest, number: int, body: IncidentActIn) -> dict[str, Any]:
    """Do one thing about it. 409: it stands elsewhere by now."""
    one = _incident(request, number)
    try:
        _done(request, one, body)
    except services.WrongStateError as error:
        raise Problem(409, "conflict", f"It is {error.state} by now. Nothing was done.") from error
    except services.BadIncidentError as error:
        raise Problem(422, "invalid", f"{error.field} cannot be so.") from error
    return _out(_incident(request, number))


def _done(request: ApiRequest, one: Incident, body: IncidentActIn) -> None:
    me = request.auth
    level = one.severity if body.severity is None else body.severity
    match body.act:
        case "open":
            services.open_proposal(one.id, me, body.title or one.title or str(one), level)
        case "dismiss":
            services.dismiss(one.id, me)
        case "bring_back":
            services.bring_back(one.id, me)
        case "level":
            services.set_level(one.id, level, me, body.why)
        case "stop" | "resume":
            services.press_stop(one.id, me, is_on=body.act == "stop")
        case "end":
            services.end_incident(one.id, me)


@router.post("/incidents/{number}/cases/{case_id}", response=IncidentOut, summary="Link a case")
@needs("claim")
def link(request: ApiRequest, number: int, case_id: UUID) -> dict[str, Any]:
    """Let a case join. Said twice it is said once."""
    one = _incident(request, number)
    try:
        services.link_case(one.id, case_id, request.auth)
    except Case.DoesNotExist as error:
        raise not_found() from error
    except services.WrongStateError as error:
        raise Problem(409, "conflict", "It is over.") from error
    return _out(one)


@router.delete("/incidents/{number}/cases/{case_id}", response=IncidentOut, summary="Unlink a case")
@needs("claim")
def unlink(request: ApiRequest, number: int, case_id: UUID) -> dict[str, Any]:
    """Take a case out again."""
    one = _incident(request, number)
    services.unlink_case(one.id, case_id, request.auth)
    return _out(one)


@router.get("/incidents/{number}/log", response=list[EntryOut], summary="Read the log")
@needs("read")
def log(request: ApiRequest, number: int) -> Any:
    """The newest line first; five hundred at most. No line is ever changed."""
    return queries.log_of(request.auth.workspace_id, _incident(request, number).id)


@router.post("/incidents/{number}/log", response={201: EntryOut}, summary="Log a fact or decision")
@needs("note")
def add_entry(request: ApiRequest, number: int, body: EntryIn) -> Status[Any]:
    """Add a line."""
    one = _incident(request, number)
    try:
        return Status(201, services.log_entry(one.id, request.auth, body.kind, body.text))
    except services.EmptyEntryError as error:
        raise Problem(422, "invalid", "text says nothing.") from error
    except services.WrongStateError as error:
        raise Problem(409, "conflict", "It was dismissed.") from error


@router.get(
    "/incidents/{number}/statements", response=list[StatementOut], summary="Read its statements"
)
@needs("read")
def statements(request: ApiRequest, number: int) -> list[Statement]:
    """All versions, the newest first."""
    return queries.statements_of(request.auth.workspace_id, _incident(request, number).id)


@router.post(
    "/incidents/{number}/statements", response={201: StatementOut}, summary="Write a statement"
)
@needs("approve")
def write(request: ApiRequest, number: int, body: StatementIn) -> Status[Statement]:
    """Write the next version; those who sign it are asked."""
    one = _incident(request, number)
    try:
        made = services.write_statement(one.id, request.auth, body.text, body.update_at)
    except services.BadStatementError as error:
        raise Problem(422, "invalid", f"{error.field} cannot be so.") from error
    except services.WrongStateError as error:
        raise Problem(409, "conflict", "It is not live.") from error
    return Status(201, made)


@router.post(
    "/statements/{statement_id}/signature", response=StatementOut, summary="Sign a statement"
)
@needs("note")
def sign(request: ApiRequest, statement_id: UUID, body: SignatureIn) -> Statement:
    """Sign for a part, or send it back. 409: not yours to sign, or not what stands there now."""
    try:
        return services.sign(
            statement_id, body.part, body.digest, request.auth, remark=body.remark,
            is_good=body.decision == "sign",
        )  # fmt: skip
    except Statement.DoesNotExist as error:
        raise not_found() from error
    except services.MayNotSignError as error:
        raise Problem(409, f"may_not_sign_{error.why}", "This cannot be signed so.") from error
    except services.WrongStateError as error:
        raise Problem(409, "conflict", "The incident is over.") from error
