"""What triage thinks of a case and why; a person says what is right, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.inbox import acts
from hearwell.secondopinion.queries import opinion_of
from hearwell.triage import services as triage
from hearwell.triage.learning.accuracy import like_it
from hearwell.triage.models import Correction, Verdict
from hearwell.triage.queries import last_correction, verdict_of_case
from hearwell.web.agent.inbox.acts import acted, must_exist
from hearwell.web.agent.inbox.reasons import likely_kinds, reasons_of, sentiment_of
from hearwell.web.agent.understanding.faces import HEADS, alike_words, label_words
from hearwell.web.components.marks import KINDS

URGENCIES: Final[dict[str, str | Promise]] = {
    "0": gettext_lazy("Not urgent"),
    "1": gettext_lazy("A little urgent"),
    "2": gettext_lazy("Noticeably urgent"),
    "3": gettext_lazy("Urgent"),
    "4": gettext_lazy("At once"),
}
_TITLES: Final[dict[str, str | Promise]] = {
    "sentiment": gettext_lazy("How it sounds"),
    "urgency": gettext_lazy("How urgent it is"),
    "thanks": gettext_lazy("Only thanks or goodbye"),
}
_VALUES: Final = {
    "sentiment": ("negative", "neutral", "positive"),
    "urgency": tuple(URGENCIES),
    "thanks": ("yes", "no"),
}


@dataclass(frozen=True)
class Pick:
    """One thing to say of a message; `digit` presses it."""

    value: str
    label: str
    words: str
    digit: str
    is_standing: bool


@dataclass(frozen=True)
class Group:
    """What can be said in one field; `standing` in words."""

    field: str
    title: str
    standing: str
    picks: list[Pick]


@requires("tag")
@require_POST
def verdict(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say that triage's label is right, or what is; the clocks follow. Or take that back."""

    def act() -> None:
        judged = verdict_of_case(request.workspace.id, case_id)
        if judged is None:
            raise Http404
        if "undo" in request.POST:
            acts.undo_correction(case_id, judged.message_id, request.membership)
            return
        field, value = _wanted(request)
        value = value or judged.kind
        acts.correct(case_id, judged.message_id, field, value, request.membership)

    said = _("Taken back.") if "undo" in request.POST else _("Noted. Thank you.")
    try:
        return acted(request, case_id, act, said)
    except (triage.BadCorrectionError, triage.NothingToUndoError) as error:
        raise Http404 from error


def _wanted(request: MemberRequest) -> tuple[str, str]:
    """Return the field and what it is; nothing to say that the kind is right."""
    if "say" in request.POST:
        field, _sep, value = request.POST["say"].partition(":")
        return field, value or "?"
    value = request.POST.get("value", "") if request.POST.get("act") == "wrong" else ""
    return "kind", request.POST.get("take", "") or value


@requires("read")
@require_safe
def why(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say why triage thinks so, and offer what else to say: fetched when somebody asks."""
    must_exist(request, case_id)
    judged = verdict_of_case(request.workspace.id, case_id)
    opinion = opinion_of(request.workspace.id, judged.message_id) if judged else None
    may_say = can(request.membership.role, "tag")
    context: dict[str, Any] = {
        "case_id": case_id,
        "verdict": judged,
        "opinion": opinion,
        "opinion_kind": KINDS[opinion.kind].word if opinion else "",
        "opinion_percent": round(100 * (opinion.certainty or 0)) if opinion else None,
        "may_say": may_say,
    }
    if judged:
        context["reasons"] = reasons_of(judged.reasons)
        context["likely"] = likely_kinds(judged)
        context["sentiment"] = sentiment_of(judged)
        context["alike"] = alike_of(judged)
        context["groups"] = groups_of(judged)
        context["undo"] = undo_words(last_correction(judged)) if may_say else ""
    return render(request, "hearwell/case/why.html", context)


def alike_of(judged: Verdict) -> str:
    """Say how often such a verdict was right here; empty where a person has spoken or nobody."""
    if judged.is_corrected:
        return ""
    certainty = judged.probabilities().get("kind", {}).get(judged.kind, judged.certainty)
    return alike_words(like_it(judged.workspace_id, judged.kind, certainty))


def groups_of(judged: Verdict) -> list[Group]:
    """Return what can be said of a verdict besides its kind."""
    return [
        Group(
            field,
            str(title),
            _word(field, str(triage.standing(judged, field))),
            [_pick(judged, field, place, value) for place, value in enumerate(_VALUES[field], 1)],
        )
        for field, title in _TITLES.items()
    ]


def _pick(judged: Verdict, field: str, place: int, value: str) -> Pick:
    return Pick(
        value=value,
        label=value if field == "urgency" else _word(field, value),
        words=_word(field, value),
        digit=value if field == "urgency" else str(place),
        is_standing=str(triage.standing(judged, field)) == value,
    )


def _word(field: str, value: str) -> str:
    return str(URGENCIES.get(value, value)) if field == "urgency" else label_words(value)


def undo_words(last: Sequence[Correction]) -> str:
    """Say what the last correction changed; empty where there was none."""
    parts = [
        _("%(what)s: %(after)s, before: %(before)s")
        % {
            "what": _TITLES.get(one.field) or HEADS[one.field],
            "after": _word(one.field, one.after),
            "before": _word(one.field, one.before) or _("nothing"),
        }
        for one in last
    ]
    return " \u00b7 ".join(parts)
