"""Rules of automation: made, tried, changed and switched by programs; what they did, taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.schemas import Storable
from hearwell.automation import queries
from hearwell.automation import services as automation
from hearwell.automation.models import Rule, Run
from hearwell.automation.rules import Conditions, Hours, Then, Trigger
from hearwell.automation.services import BadAutomationError, RuleFacts
from hearwell.automation.services.checking import check
from hearwell.channels.queries import channels_of
from hearwell.routing.rules import LISTS, When
from hearwell.routing.services import Known
from hearwell.triage.learning.queries import topic_names
from hearwell.triage.rules import Kind

router = Router(tags=["Automation"])
Word = Annotated[str, Field(min_length=1, max_length=80), Storable]
Words = Annotated[list[Word], Field(max_length=100, default_factory=list)]
Count = Annotated[int, Field(ge=0, le=9999)]
# The names that the API has for what is kept under others.
_THEN_IDS: Final = ("team", "assign", "suggest", "send")


class RuleConditions(Schema):
    """What must hold of a case, all of it; of a list one is enough, an empty one always holds.

    `hours` are those of the calendar `calendar_key`. `words` stand whole in the latest message.
    """

    networks: Words
    channels: Annotated[list[UUID], Field(max_length=1000, default_factory=list)]
    purposes: Words
    audiences: Annotated[list[Literal["public", "private"]], Field(default_factory=list)]
    kinds: Words
    languages: Words
    topics: Words
    tags: Words
    tiers: Words
    urgency_from: Annotated[int, Field(ge=0, le=4)] = 0
    words: Words
    not_tags: Words
    hours: Literal["", "open", "closed"] = ""
    calendar_key: Annotated[str, Field(max_length=80)] = ""
    earlier_from: Count | None = None
    earlier_to: Count | None = None


class RuleActs(Schema):
    """What is done, in this order; what is left out is not. Ids of a team, a person, two articles.

    `suggest` lays an article's saved reply ready for a person; `send` sends it to `audience`, in
    public only once an owner has allowed the rule by its name, which only the page can do.
    """

    tags: Words
    untags: Words
    urgency: Annotated[int, Field(ge=0, le=4)] | None = None
    team: UUID | None = None
    assign: UUID | None = None
    note: Annotated[str, Field(max_length=10_000), Storable] = ""
    suggest: UUID | None = None
    send: UUID | None = None
    audience: Literal["private", "public"] = "private"
    snooze_h: Annotated[int, Field(ge=0, le=2160)] = 0
    close: Annotated[str, Field(max_length=40)] = ""


class RuleIn(Schema):
    """When, if, then. `called_by`: labels, for the trigger `tagged`; `quiet_h`: for `quiet`."""

    name: Annotated[str, Field(min_length=1, max_length=80), Storable]
    trigger: Trigger
    then: RuleActs
    conditions: Annotated[RuleConditions, Field(default_factory=RuleConditions)]
    called_by: Words
    quiet_h: Annotated[int, Field(ge=0, le=2160)] = 0
    is_active: bool = True
    is_last: bool = False
    hourly_most: Annotated[int, Field(ge=1, le=10_000)] = 100


class RuleOut(RuleIn):
    """A rule. `paused_at`: it did too much within an hour, and waits for a person."""

    id: UUID
    position: int
    version: int
    changed_at: datetime
    paused_at: datetime | None
    is_allowed_in_public: bool


class RuleChange(Schema):
    """Switch a rule, or move it one place."""

    is_on: bool | None = None
    move: Literal["up", "down"] | None = None


class RuleMatch(Schema):
    """A match. `hindered`: act -> why it would not be done. `taken_by`: an earlier rule."""

    case_id: UUID
    label: str
    hindered: dict[str, str]
    taken_by: str


class RulePreview(Schema):
    """What a rule would do with the latest cases, as they stand now, newest first."""

    looked_at: int
    matches: list[RuleMatch]


class RunOut(Schema):
    """What a rule did in one case. `did`: a line an act, with `ok` and, where not, `why`."""

    id: UUID
    rule_id: UUID
    rule_version: int
    case_id: UUID
    at: datetime
    state: str
    did: list[dict[str, Any]]
    undone_at: datetime | None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (Rule.DoesNotExist, Run.DoesNotExist) as error:
        raise not_found() from error
    except BadAutomationError as error:
        raise Problem(422, "invalid", str(error), field=error.field) from error


def _facts(body: RuleIn) -> RuleFacts:
    """Return what was sent as the rules take it: labels in lower case, ids as text."""
    then = body.then.dict()
    then |= {name: str(then[name] or "") for name in _THEN_IDS}
    same = ("name", "trigger", "quiet_h", "is_active", "is_last", "hourly_most")
    return RuleFacts(
        **{name: getattr(body, name) for name in same},
        tags=_lower(body.called_by),
        wanted=_wanted(body.conditions),
        then=Then(**then | {"tags": tuple(then["tags"]), "untags": tuple(then["untags"])}),
    )


def _lower(words: list[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _wanted(given: RuleConditions) -> Conditions:
    lists = {name: frozenset(map(str, getattr(given, name))) for name in LISTS}
    lists |= {name: _lower(getattr(given, name)) for name in ("tags", "tiers", "topics")}
    return Conditions(
        when=When(**lists, urgency_from=given.urgency_from),
        words=frozenset(given.words),
        not_tags=_lower(given.not_tags),
        hours=Hours(given.hours),
        calendar_key=given.calendar_key,
        earlier_from=given.earlier_from,
        earlier_to=given.earlier_to,
    )


def _known(workspace_id: UUID) -> Known:
    networks = {str(one.id): one.network for one in channels_of(workspace_id)}
    topics = {name.lower() for name in topic_names(workspace_id)}
    return Known(network_of=networks, kinds=[kind.value for kind in Kind], topics=topics)


def _out(rule: Rule) -> dict[str, Any]:
    same = (
        "id", "name", "trigger", "quiet_h", "is_active", "is_last", "hourly_most", "position",
        "version", "changed_at", "paused_at",
    )  # fmt: skip
    conditions: Mapping[str, Any] = rule.conditions
    return {
        **{name: getattr(rule, name) for name in same},
        "called_by": rule.tags,
        "conditions": {**conditions, **conditions.get("when", {})},
        "then": rule.then,
        "is_allowed_in_public": rule.allowed_version == rule.version,
    }


@router.get("/automation/rules", response=list[RuleOut], summary="List rules")
@needs("manage_automation")
def rules(request: ApiRequest) -> Any:
    """The rules in the order in which they act."""
    return [_out(rule) for rule in queries.rules_of(request.auth.workspace_id)]


@router.post("/automation/rules", response={201: RuleOut}, summary="Make a rule")
@needs("manage_automation")
def make(request: ApiRequest, body: RuleIn) -> Any:
    """Make a rule, the last in order. 422 names the `field` that cannot be so, circles included."""
    return Status(201, _saved(request, body, None))


@router.post("/automation/rules/preview", response=RulePreview, summary="Try a rule")
@needs("manage_automation")
def try_rule(request: ApiRequest, body: RuleIn) -> Any:
    """Try a rule on the last 500 cases as if it were the last in order; changes nothing."""
    workspace_id, facts = request.auth.workspace_id, _facts(body)
    others = queries.rules_of(workspace_id)
    with _told():
        check(workspace_id, facts, _known(workspace_id), others, None)
    found = queries.preview(
        workspace_id, facts.trigger, facts.tags, facts.wanted, facts.then, others
    )
    matches = [
        {"case_id": one.known.id, "label": one.known.label, "hindered": one.hindered,
         "taken_by": one.taken_by} for one in found.matches
    ]  # fmt: skip
    return {"looked_at": found.looked_at, "matches": matches}


@router.get("/automation/rules/{rule_id}", response=RuleOut, summary="Get a rule")
@needs("manage_automation")
def one_rule(request: ApiRequest, rule_id: UUID) -> Any:
    """One rule."""
    return _got(request, rule_id)


@router.put("/automation/rules/{rule_id}", response=RuleOut, summary="Change a rule")
@needs("manage_automation")
def change(request: ApiRequest, rule_id: UUID, body: RuleIn) -> Any:
    """Give a rule a new version. It ends a pause, and what an owner had allowed it in public."""
    return _saved(request, body, rule_id)


@router.patch("/automation/rules/{rule_id}", response=RuleOut, summary="Switch or move a rule")
@needs("manage_automation")
def switch(request: ApiRequest, rule_id: UUID, body: RuleChange) -> Any:
    """Switch a rule on or off, move it one place, or both; it stays the same version."""
    member = request.auth
    with _told():
        _got(request, rule_id)
        if body.is_on is not None:
            automation.switch_rule(member.workspace_id, rule_id, by=member.user, is_on=body.is_on)
        if body.move:
            automation.move_rule(
                member.workspace_id, rule_id, by=member.user, is_up=body.move == "up"
            )
    return _got(request, rule_id)


@router.delete("/automation/rules/{rule_id}", response={204: None}, summary="Remove a rule")
@needs("manage_automation")
def remove(request: ApiRequest, rule_id: UUID) -> Any:
    """Remove a rule and its log; what it did stays."""
    with _told():
        automation.remove_rule(request.auth.workspace_id, rule_id, by=request.auth.user)
    return Status(204, None)


@router.get("/automation/rules/{rule_id}/runs", response=list[RunOut], summary="List runs")
@needs("manage_automation")
def runs(
    request: ApiRequest,
    rule_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """What a rule did last, the newest first."""
    _got(request, rule_id)
    return [line.run for line in queries.runs_of(request.auth.workspace_id, rule_id, limit)]


@router.post("/automation/runs/{run_id}/undo", response=RunOut, summary="Take back a run")
@needs("manage_automation")
def undo(request: ApiRequest, run_id: UUID) -> Any:
    """Take back what a rule did in one case; an act that stays says why. Twice does nothing."""
    with _told():
        return automation.undo_run(request.auth.workspace_id, run_id, by=request.auth)


def _saved(request: ApiRequest, body: RuleIn, rule_id: UUID | None) -> dict[str, Any]:
    member = request.auth
    known = _known(member.workspace_id)
    with _told():
        rule = automation.save_rule(
            member.workspace_id, _facts(body), by=member.user, known=known, rule_id=rule_id
        )
    return _out(rule)


def _got(request: ApiRequest, rule_id: UUID) -> dict[str, Any]:
    rule = queries.rule_by_id(request.auth.workspace_id, rule_id)
    if rule is None:
        raise not_found()
    return _out(rule)
