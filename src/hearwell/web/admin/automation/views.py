"""Settings → Automation: the rules in their order, each with its preview and its run log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import can
from hearwell.automation import queries
from hearwell.automation import services as automation
from hearwell.automation.models import Rule, Run, RunState
from hearwell.automation.services import BadAutomationError, RuleFacts
from hearwell.automation.services.checking import check
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_of
from hearwell.routing.queries import teams_of
from hearwell.routing.services import Known
from hearwell.sla.calendars import current_calendars
from hearwell.triage.learning.queries import topic_names
from hearwell.web.admin.automation.forms import NOTHING, RuleForm
from hearwell.web.admin.automation.words import called_words
from hearwell.web.admin.frame import draw
from hearwell.web.admin.routing.forms import network_choices, topic_choices
from hearwell.web.components.automation import acts_words, line_words, then_words
from hearwell.web.components.marks import KINDS, badge_of

PAGE: Final = "settings_automation"
SHOWN: Final = 50


@dataclass(frozen=True)
class RuleFace:
    """A rule as a line of the list."""

    rule: Rule
    when: str
    then: str
    did: int
    refused: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class RunFace:
    """A line of the run log."""

    line: queries.RunLine
    words: list[str]
    can_undo: bool


@requires("manage_automation")
@require_safe
def rules(request: MemberRequest) -> HttpResponse:
    """Show the rules in their order."""
    found, counts = queries.rules_of(request.workspace.id), queries.counts_of(request.workspace.id)
    handles = {str(one.id): one.handle for one in channels_of(request.workspace.id)}
    faces = [
        RuleFace(
            rule=one,
            when=called_words(one, handles),
            then=then_words(one.acts),
            did=counts.get(one.id, (0, 0))[0],
            refused=counts.get(one.id, (0, 0))[1],
            is_first=one is found[0],
            is_last=one is found[-1],
        )
        for one in found
    ]
    return draw(request, "automation/rules", PAGE, {"rules": faces})


@requires("manage_automation")
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: MemberRequest) -> HttpResponse:
    """Make a rule."""
    return _edit(request, Rule(workspace_id=request.workspace.id, version=0, position=0))


@requires("manage_automation")
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule; see what it would do, and what it did."""
    return _edit(request, _known(request, rule_id))


def _known(request: MemberRequest, rule_id: UUID) -> Rule:
    found = queries.rule_by_id(request.workspace.id, rule_id)
    if found is None:
        raise Http404
    return found


def _edit(request: MemberRequest, known: Rule) -> HttpResponse:
    """Draw the form with its preview; save it where that was asked for and nothing is wrong."""
    channels = channels_of(request.workspace.id)
    topics = topic_names(request.workspace.id)
    form = RuleForm(request.POST or None, known, _choices(request, known, channels, topics))
    others = queries.rules_of(request.workspace.id)
    is_try, found = request.POST.get("act") == "try", None
    if form.is_bound and form.is_valid():
        limits = Known(
            network_of={str(one.id): one.network for one in channels},
            kinds=KINDS,
            topics={name.lower() for name in topics},
        )
        try:
            if not is_try:
                return _saved(request, form.facts(), known, limits)
            apart = [one for one in others if one.id != known.id]
            check(request.workspace.id, form.facts(), limits, apart, known)
            found = _preview(request, form.facts(), known, others)
        except BadAutomationError as error:
            form.show(error)
    return _draw(request, known, form, found, is_try=is_try and not form.errors)


def _saved(request: MemberRequest, facts: RuleFacts, known: Rule, limits: Known) -> HttpResponse:
    rule = automation.save_rule(
        request.workspace.id,
        facts,
        by=cast("User", request.user),
        known=limits,
        rule_id=known.id if known.version else None,
    )
    messages.success(request, _("Saved. It holds for what happens from now on."))
    if rule.acts.is_public and rule.allowed_version != rule.version:
        return redirect("settings_automation_rule", rule.id)
    return redirect(PAGE)


def _preview(
    request: MemberRequest, facts: RuleFacts, known: Rule, others: list[Rule]
) -> queries.Preview:
    before = [one for one in others if not known.version or one.position < known.position]
    return queries.preview(
        request.workspace.id, facts.trigger, facts.tags, facts.wanted, facts.then, before
    )


def _draw(
    request: MemberRequest,
    known: Rule,
    form: RuleForm,
    found: queries.Preview | None,
    *,
    is_try: bool,
    wrong: str = "",
) -> HttpResponse:
    acts = form.facts().then.acts if found else ()
    context: dict[str, Any] = {
        "form": form,
        "rule": known,
        "title": known.name or _("New rule"),
        "found": found,
        "shown": [(m, acts_words(acts, m.hindered)) for m in found.matches[:SHOWN]]
        if found
        else [],
        "left": max(0, len(found.matches) - SHOWN) if found else 0,
        "is_try": is_try,
        "runs": _runs(request, known) if known.version else [],
        **_posting(known),
        "is_owner": can(request.membership.role, "manage_workspace"),
        "wrong": wrong,
    }
    status = 422 if form.errors or wrong else 200
    return draw(request, "automation/rule", PAGE, context, status=status)


def _posting(known: Rule) -> dict[str, Any]:
    """Return what a rule posts in public, whether an owner has allowed just that, and its seal."""
    if not known.version or not known.acts.is_public:
        return {"is_public": False}
    texts = queries.sendable(known.workspace_id, UUID(known.acts.send))
    return {
        "is_public": True,
        "is_allowed": known.allowed_version == known.version
        and set(map(str, texts)) <= set(known.allowed_texts),
        "texts": list(texts.values()),
        "seal": queries.seal_of(known, texts),
    }


def _runs(request: MemberRequest, known: Rule) -> list[RunFace]:
    return [
        RunFace(
            one, [line_words(line) for line in one.run.did], one.run.state == RunState.DONE.value
        )
        for one in queries.runs_of(request.workspace.id, known.id)
    ]


def _choices(
    request: MemberRequest, known: Rule, channels: list[Channel], topics: Iterable[str]
) -> dict[str, list[tuple[str, Any]]]:
    place = request.workspace.id
    members = Membership.objects.select_related("user").filter(workspace=request.workspace)
    people = [(str(m.user_id), str(m.user)) for m in members if can(m.role, "reply")]
    articles = [(str(one.id), one.name) for one in queries.articles_with_reply(place)]
    networks = {one.network for one in channels} | known.wanted.when.networks
    return {
        "networks": list(network_choices(networks)),
        "channels": [(str(c.id), f"{badge_of(c.network).title}: {c.handle}") for c in channels],
        "topics": list(topic_choices(topics, known.wanted.when.topics)),
        "calendar_key": [("", "-"), *((one.key, one.name) for one in current_calendars(place))],
        "team": [*NOTHING, *((str(team.id), team.name) for team in teams_of(place))],
        "assign": [*NOTHING, *sorted(people, key=lambda pair: pair[1].casefold())],
        "suggest": [("", _("None")), *articles],
        "send": [("", _("None")), *articles],
    }


@requires("manage_automation")
@require_POST
def act(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """Move, switch, remove a rule, or take back what it did last."""
    what, by, place = request.POST.get("act"), cast("User", request.user), request.workspace.id
    _known(request, rule_id)
    try:
        match what:
            case "up" | "down":
                automation.move_rule(place, rule_id, by=by, is_up=what == "up")
            case "on" | "off":
                automation.switch_rule(place, rule_id, by=by, is_on=what == "on")
            case "remove":
                automation.remove_rule(place, rule_id, by=by)
                messages.success(request, _("Removed. What it did stays."))
            case "undo":
                return _undone(request, rule_id)
            case _:
                raise Http404
    except BadAutomationError as error:
        messages.error(request, str(error))
    return redirect(PAGE)


def _undone(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    n = automation.undo_last(request.workspace.id, rule_id, by=request.membership)
    words = ngettext("Taken back on %(n)s case.", "Taken back on %(n)s cases.", n) % {"n": n}
    messages.success(request, words if n else _("There is nothing to take back."))
    return redirect("settings_automation_rule", rule_id)


@requires("manage_automation")
@require_POST
def undo(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Take back one run."""
    try:
        run = automation.undo_run(request.workspace.id, run_id, by=request.membership)
    except Run.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Taken back. What stays says why."))
    return redirect("settings_automation_rule", run.rule_id)


@requires("manage_workspace")
@require_POST
def allow(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """Let a rule post in public, by its name; or take that back."""
    known = _known(request, rule_id)
    if request.POST.get("act") == "forbid":
        automation.forbid_public(request.workspace.id, rule_id, by=cast("User", request.user))
        return redirect("settings_automation_rule", rule_id)
    try:
        name = request.POST.get("rule_name", "")
        seen = request.POST.get("seen", "")
        automation.allow_public(
            request.workspace.id, rule_id, name, seen=seen, by=request.membership
        )
    except BadAutomationError as error:
        channels, topics = channels_of(request.workspace.id), topic_names(request.workspace.id)
        form = RuleForm(None, known, _choices(request, known, channels, topics))
        return _draw(request, known, form, None, is_try=False, wrong=str(error))
    messages.success(request, _("Allowed, for the rule and its words as they are now."))
    return redirect("settings_automation_rule", rule_id)
