"""Scores with their intervals, and how far the graders agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.kit.clock import now
from hearwell.quality import queries
from hearwell.quality.agreement import LAST, RELIABLE_FROM
from hearwell.quality.queries import Coverage
from hearwell.quality.rules import CRITERIA
from hearwell.routing.models import Team
from hearwell.web.agent.quality import words
from hearwell.web.agent.quality.grading import strip_of

SPANS: Final = {"4": 4, "12": 12, "26": 26}


@requires("grade")
@require_safe
def scores(request: MemberRequest) -> HttpResponse:
    """Show the scores of replies written in the last weeks: people by name, never by rank."""
    place = request.workspace.id
    weeks = SPANS.get(request.GET.get("weeks", ""), SPANS["12"])
    until, fewest = now(), queries.plan_of(place).fewest
    found = queries.scores_between(place, until - timedelta(weeks=weeks), until, fewest)
    names = words.person_names(place)
    teams = dict(Team.objects.filter(workspace_id=place).values_list("id", "name"))
    agreed = queries.agreement_now(place).overall
    gone = _("Somebody who has left")
    people = [(names.get(one.agent_id, gone), one) for one in found.agents]
    grouped = [(teams.get(one.team_id, ""), one) for one in found.teams]
    context = {
        **strip_of(request),
        "weeks": weeks,
        "spans": [(n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in SPANS.values()],
        "fewest": fewest,
        "random": words.score_words(found.random, fewest),
        "risky": words.score_words(found.risky, fewest),
        "people": _lines(people, fewest),
        "teams": _lines(grouped, fewest),
        "trend": [(week, words.score_words(score, fewest)) for week, score in found.weeks],
        "criteria": [_shares(one, fewest) for one in found.criteria],
        "trust": agreed.trust,
        "reliability": words.reliability(agreed),
    }
    return render(request, "hearwell/quality/scores.html", context)


def _lines(
    found: list[tuple[str, queries.AgentScore]] | list[tuple[str, queries.TeamScore]], fewest: int
) -> list[tuple[str, str, str]]:
    """Return name and both scores, by name: the order says nothing of the score."""
    told = [
        (name, words.score_words(one.random, fewest), words.score_words(one.risky, fewest))
        for name, one in found
    ]
    return sorted(told, key=lambda line: line[0].casefold())


def _shares(found: Coverage, fewest: int) -> dict[str, object]:
    """Return one criterion with how often it was met; counts alone where there are few."""
    counts, n = found.counts, found.n
    share = f"{words.whole(counts['yes'] / n)} %" if n >= max(fewest, 1) else "\N{EN DASH}"
    return {"label": words.CRITERION_WORDS[found.criterion], "share": share, "n": n, **counts}


@requires("grade")
@require_safe
def agreement(request: MemberRequest) -> HttpResponse:
    """Show how far two graders agree, on all criteria and on each."""
    found = queries.agreement_now(request.workspace.id)
    context = {
        **strip_of(request),
        "overall": words.agreement_face(_("All criteria, weighted"), found.overall),
        "criteria": [
            words.agreement_face(str(words.CRITERION_WORDS[name]), found.by_criterion[name])
            for name in CRITERIA
        ],
        "reliability": words.reliability(found.overall),
        "trust": found.overall.trust,
        "last": LAST,
        "least": RELIABLE_FROM,
        "second": queries.waiting_for_a_second(request.workspace.id),
        "graders": queries.grader_count(request.workspace.id),
    }
    return render(request, "hearwell/quality/agreement.html", context)
