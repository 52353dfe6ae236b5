"""How much is read again, and what each mark means; versions of the scorecard are kept."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.quality import queries, services
from hearwell.quality.models import Plan, Scorecard
from hearwell.quality.rules import CRITERIA, LONGEST_ANCHOR
from hearwell.quality.services import MOST_A_WEEK, Planned
from hearwell.web.admin.frame import draw
from hearwell.web.agent.quality.words import ANCHORS, CRITERION_WORDS, MARK_WORDS, person_names

PAGE: Final = "settings_quality"
_ANCHORED: Final = ("yes", "partly", "no")


class PlanForm(forms.Form):
    """How much is read again."""

    is_on = forms.BooleanField(label=gettext_lazy("Read replies again"), required=False)
    a_week = forms.IntegerField(
        label=gettext_lazy("Replies a week of each person"), min_value=1, max_value=MOST_A_WEEK
    )
    random_percent = forms.IntegerField(
        label=gettext_lazy("Of these by chance, in per cent"),
        help_text=gettext_lazy("The others are drawn by risk. Scores are counted on chance alone."),
        min_value=0,
        max_value=100,
    )
    double_percent = forms.IntegerField(
        label=gettext_lazy("To two graders, in per cent"), min_value=0, max_value=100
    )
    fewest = forms.IntegerField(
        label=gettext_lazy("Fewest graded replies for a figure"), min_value=2, max_value=100
    )
    new_days = forms.IntegerField(
        label=gettext_lazy("Somebody is new for so many days"), min_value=0, max_value=365
    )


@requires("grade")
@require_http_methods(["GET", "HEAD", "POST"])
def quality_settings(request: MemberRequest) -> HttpResponse:
    """Show plan and scorecard, or keep one of them."""
    place = request.workspace.id
    if request.method != "POST":
        return _draw(request, PlanForm(initial=_initial(queries.plan_of(place))))
    if request.POST.get("what") == "card":
        made = services.write_card(
            place, _anchors(request.POST), by=request.membership.user,
            remark=request.POST.get("remark", ""),
        )  # fmt: skip
        _say_card(request, made)
        return redirect(PAGE)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _draw(request, form, status=422)
    services.plan(place, Planned(**form.cleaned_data), by=request.membership.user)
    messages.success(request, _("Saved. Replies from this week on are drawn, once it is over."))
    return redirect(PAGE)


def _say_card(request: MemberRequest, made: Scorecard | None) -> None:
    if made is None:
        messages.warning(request, _("Nothing has changed: no version was made."))
    else:
        messages.success(
            request, _("Version %(number)s of the scorecard holds.") % {"number": made.number}
        )


def _initial(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in PlanForm.base_fields}


def _anchors(form: QueryDict) -> dict[str, dict[str, str]]:
    """Return what was written; what is as Hearwell has it is left to be so in any language."""
    return {
        name: {
            mark: text
            for mark in _ANCHORED
            if (text := form.get(f"{name}-{mark}", "").strip()) != str(ANCHORS[name][mark])
        }
        for name in CRITERIA
    }


def _draw(request: MemberRequest, form: PlanForm, *, status: int = 200) -> HttpResponse:
    place = request.workspace.id
    cards = queries.cards_of(place)
    anchors = cards[0].anchors if cards else {}
    names = person_names(place)
    lines = [
        (
            CRITERION_WORDS[name],
            [
                (
                    f"{name}-{mark}",
                    MARK_WORDS[mark],
                    anchors.get(name, {}).get(mark) or ANCHORS[name][mark],
                )
                for mark in _ANCHORED
            ],
        )
        for name in CRITERIA
    ]
    context = {
        "form": form,
        "lines": lines,
        "longest": LONGEST_ANCHOR,
        "versions": [(one, names.get(one.by_id, "") if one.by_id else "") for one in cards],
    }
    return draw(request, "quality", PAGE, context, status=status)
