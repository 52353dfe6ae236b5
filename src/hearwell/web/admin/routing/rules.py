"""Settings → Routing rules: their order, each with a dry run on the latest cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels.models import Channel, Purpose
from hearwell.channels.queries import channels_of
from hearwell.inbox.placing import place_soon
from hearwell.routing import services as routing
from hearwell.routing.models import Rule
from hearwell.routing.queries import DryRun, dry_run, rules_of, teams_of
from hearwell.routing.rules import LISTS, When
from hearwell.routing.services import BadRoutingError, Known, RuleFacts
from hearwell.routing.services.rulebook import check_rule, taker_of
from hearwell.triage.learning.queries import topic_names
from hearwell.triage.queries import gists_of
from hearwell.web.admin.frame import draw
from hearwell.web.admin.routing.forms import AUDIENCES, URGENCIES, RuleForm, network_choices, show
from hearwell.web.components.marks import KINDS, badge_of
from hearwell.web.components.routed import language_name, needs_words

PAGE: Final = "settings_routing"
UNPROCESSABLE: Final = 422
SHOWN: Final = 50


@dataclass(frozen=True)
class RuleFace:
    """A rule as a line of the list. `taken_by`: the earlier rule that leaves it nothing."""

    rule: Rule
    when: str
    then: str
    taken_by: str
    is_first: bool
    is_last: bool


@requires("manage_routing")
@require_safe
def rules(request: MemberRequest) -> HttpResponse:
    """Show the rules in their order, the last line always there."""
    default = routing.ensure_default_team(request.workspace.id)
    found, channels = rules_of(request.workspace.id), channels_of(request.workspace.id)
    faces = [_face(found, place, channels) for place in range(len(found))]
    return draw(request, "routing/rules", PAGE, {"rules": faces, "default": default})


def _face(found: list[Rule], place: int, channels: list[Channel]) -> RuleFace:
    rule = found[place]
    networks = {str(one.id): one.network for one in channels}
    taker = taker_of(rule.conditions, found[:place], networks) if rule.is_active else None
    return RuleFace(
        rule=rule,
        when=when_words(rule.conditions, {str(one.id): one.handle for one in channels}),
        then=_then(rule),
        taken_by=taker.name if taker else "",
        is_first=place == 0,
        is_last=place == len(found) - 1,
    )


def when_words(when: When, handles: Mapping[str, str]) -> str:
    """Say conditions in one line."""
    parts = []
    for name in LISTS:
        values = [_named(name, value, handles) for value in sorted(getattr(when, name))]
        if values:
            parts.append(_(" or ").join(values))
    if when.urgency_from:
        parts.append(str(dict(URGENCIES)[str(when.urgency_from)]))
    return " · ".join(parts)


def _named(name: str, value: str, handles: Mapping[str, str]) -> str:
    """Name one value of a condition for people."""
    match name:
        case "networks":
            return str(badge_of(value).title)
        case "channels":
            return handles.get(value, "?")
        case "purposes" | "audiences":
            return str({**dict(Purpose.choices), **dict(AUDIENCES)}.get(value, value)).lower()
        case "kinds":
            return str(KINDS[value].word) if value in KINDS else value
        case "languages":
            return language_name(value)
        case _:
            return f"“{value}”"


def _then(rule: Rule) -> str:
    needs = needs_words(rule.needed)
    return f"{rule.team.name} ({needs})" if needs else rule.team.name


@requires("manage_routing")
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: MemberRequest) -> HttpResponse:
    """Make a rule."""
    return _edit(request, Rule(workspace_id=request.workspace.id, version=0, position=0))


@requires("manage_routing")
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule, and see what it would do with the latest cases."""
    known = Rule.objects.filter(workspace_id=request.workspace.id, id=rule_id).first()
    if known is None:
        raise Http404
    return _edit(request, known)


def _edit(request: MemberRequest, known: Rule) -> HttpResponse:
    """Draw the form with its dry run; save it where it was asked for and nothing is wrong."""
    channels = channels_of(request.workspace.id)
    topics = topic_names(request.workspace.id)
    limits = Known(
        network_of={str(one.id): one.network for one in channels},
        kinds=KINDS,
        topics={name.lower() for name in topics},
    )
    form = _form(request, known, channels, topics)
    run, is_try = None, request.POST.get("act") == "try"
    others = rules_of(request.workspace.id)
    if form.is_bound and form.is_valid():
        try:
            run = _tried(request, form.facts(), known, limits, others)
            if not is_try:
                _save(request, form.facts(), known, limits)
                return redirect(PAGE)
        except BadRoutingError as error:
            show(form, error)
    elif not form.is_bound and known.version:
        run = _run(request, known.conditions, known, others)
    context: dict[str, Any] = {
        "form": form,
        "rule": known,
        "title": known.name or _("New rule"),
        "run": run,
        "shown": run.matches[:SHOWN] if run else (),
        "left": max(0, len(run.matches) - SHOWN) if run else 0,
        "is_try": is_try and not form.errors,
    }
    status = UNPROCESSABLE if form.errors else 200
    return draw(request, "routing/rule", PAGE, context, status=status)


def _form(
    request: MemberRequest, known: Rule, channels: list[Channel], topics: list[str]
) -> RuleForm:
    return RuleForm(
        request.POST or None,
        known,
        teams=teams_of(request.workspace.id),
        topics=topics,
        networks=network_choices({one.network for one in channels} | known.conditions.networks),
        channels=[
            (str(one.id), f"{badge_of(one.network).title}: {one.handle}") for one in channels
        ],
    )


def _tried(
    request: MemberRequest, facts: RuleFacts, known: Rule, limits: Known, others: list[Rule]
) -> DryRun:
    """Check what was typed and try it; nothing is kept. Raises BadRoutingError."""
    own = next((one for one in others if one.id == known.id), None)
    check_rule(request.workspace.id, facts, limits, others, own)
    return _run(request, facts.when, known, others)


def _run(request: MemberRequest, when: When, known: Rule, others: list[Rule]) -> DryRun:
    before = [one for one in others if not known.version or one.position < known.position]
    return dry_run(request.workspace.id, when, before, gists_of)


def _save(request: MemberRequest, facts: RuleFacts, known: Rule, limits: Known) -> None:
    routing.save_rule(
        request.workspace.id,
        facts,
        by=cast("User", request.user),
        known=limits,
        rule_id=known.id if known.version else None,
    )
    place_soon(request.workspace.id)
    messages.success(request, _("Saved. It holds for what comes in from now on."))


@requires("manage_routing")
@require_POST
def act(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """Move a rule up or down, or remove it."""
    what, by = request.POST.get("act"), cast("User", request.user)
    try:
        if what in {"up", "down"}:
            routing.move_rule(request.workspace.id, rule_id, by=by, is_up=what == "up")
        elif what == "remove":
            routing.remove_rule(request.workspace.id, rule_id, by=by)
            messages.success(request, _("Removed. Cases that it placed stay where they are."))
        else:
            raise Http404
    except Rule.DoesNotExist as error:
        raise Http404 from error
    return redirect(PAGE)
