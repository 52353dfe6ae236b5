"""The executive page: five questions in plain words, and goals. Nothing on it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.outcomes.executive import executive
from hearwell.powers.money import shown_amount
from hearwell.reports.overview.report import Overview
from hearwell.reports.rolling.cube import Side
from hearwell.reports.services import BadGoalError, remove_goal, set_goal, undo_goal
from hearwell.reports.summary.answer import FEWEST, Answer, Link, Said, Value
from hearwell.reports.summary.gather import GoalLine, Summary, last_changed, names_in
from hearwell.reports.summary.goals import AIMS, METHOD, Aim, Standing
from hearwell.web.agent.reports.faces import (
    NOTHING,
    FigureFace,
    face_of,
    label_of,
    share_words,
)
from hearwell.web.agent.reports.spans import EARLIEST, day_of, id_of
from hearwell.web.components.clocks import duration
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped, one_decimal, signed
from hearwell.web.templatetags.hearwell import network_name

_SHOWN: Final = 3
_MINUTE_S: Final = 60
STANDINGS: Final[Mapping[Standing, tuple[str | Promise, str]]] = {
    Standing.MET: (gettext_lazy("Met"), "ok"),
    Standing.ON_THE_WAY: (gettext_lazy("On the way"), "ok"),
    Standing.NOT_ON_THE_WAY: (gettext_lazy("Not on the way"), "warn"),
    Standing.MISSED: (gettext_lazy("Not met"), "late"),
    Standing.UNKNOWN: (gettext_lazy("Cannot be said yet"), ""),
}
_WRONG: Final[Mapping[str, str | Promise]] = {
    "figure": gettext_lazy("Choose a figure."),
    "target": gettext_lazy("The target is a number: per cent up to 100, or minutes up to 43,200."),
    "due_on": gettext_lazy("The date of a goal is a day to come."),
    "owner": gettext_lazy("Choose somebody of the workspace."),
}


@dataclass(frozen=True, slots=True)
class AnswerFace:
    """A question and its answer in words."""

    key: str
    question: str
    verdict: str
    tone: str
    sentence: str
    figures: list[FigureFace]
    notes: list[str]
    report: str
    report_title: str
    links: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GoalFace:
    """A goal in words."""

    figure: str
    title: str
    target: str
    due_on: date
    owner: str
    value: str
    n: str
    standing: str
    tone: str


@requires("read")
@require_safe
def page(request: MemberRequest) -> HttpResponse:
    """Show the five answers of a quarter up to a day, and the goals."""
    asked = day_of(request.GET.get("to", ""))
    found = executive(request.workspace, max(asked, EARLIEST) if asked else None)
    context = {
        "section": "reports",
        "found": found,
        "span": found.quarter.now,
        **shown(found),
        "form": _form(request),
    }
    return render(request, "hearwell/reports/summary.html", context)


def shown(found: Summary) -> dict[str, Any]:
    """Return what the page, the paper and the e-mail show alike."""
    answers = [_face(one) for one in found.answers]
    return {
        "answers": answers,
        "groups": _people(found),
        "troubles": found.danger.troubles[:_SHOWN],
        "more_troubles": max(0, len(found.danger.troubles) - _SHOWN),
        "goals": [_goal(one) for one in found.goals],
        "notes": [_(words) for words in found.report.notes],
        "methods": _methods(answers),
        "goal_method": _(METHOD),
    }


def _methods(answers: Iterable[AnswerFace]) -> Iterable[FigureFace]:
    """Return the figures, of those that are counted alike the first."""
    first: dict[str, FigureFace] = {}
    for one in (figure for face in answers for figure in face.figures):
        first.setdefault(one.method, one)
    return first.values()


def _form(request: MemberRequest) -> dict[str, Any] | None:
    if not can(request.membership.role, "manage_workspace"):
        return None
    return {
        "aims": [(one.key, _(one.title), _unit(one)) for one in AIMS.values()],
        "undo": last_changed(request.workspace.id),
        "owners": sorted(names_in(request.workspace.id).items(), key=lambda one: one[1]),
    }


def _unit(aim: Aim) -> str:
    return _("per cent, at least") if aim.unit == "share" else _("minutes, at most")


def _face(one: Answer) -> AnswerFace:
    said = (one.sentence, *one.more)
    return AnswerFace(
        one.key, _(one.question), _(one.verdict), one.tone,
        " ".join(words_of(sentence) for sentence in said), [face_of(f) for f in one.figures],
        [words_of(note) for note in one.notes], one.report, _(one.report_title),
        [_link(link) for link in one.links],
    )  # fmt: skip


def _link(one: Link) -> tuple[str, str]:
    """Return the address and the title of another page."""
    title = _(one.title)
    return (
        reverse(one.page, args=[one.about] if one.about else None),
        title % {"name": one.name} if one.name else title,
    )


def words_of(said: Said) -> str:
    """Put a sentence into the reader's language, its numbers as that language writes them."""
    return _(said.text) % {key: _written(value) for key, value in said.values.items()}


def _written(value: Value) -> str:
    if isinstance(value.value, str):
        return _text(value.value, value.unit)
    if value.unit == "share":
        return share_words(value.value, value.n)
    if value.unit == "money":
        return shown_amount(int(value.value), value.currency)
    if value.unit == "points":
        return one_decimal(value.value, is_signed=True)
    if value.unit == "r":
        return signed(value.value)
    n = int(value.value)
    return people_words(n) if value.unit == "people" else grouped(n)


def _text(text: str, unit: str) -> str:
    if unit == "day":
        return dated(date.fromisoformat(text), "j M Y")
    return _(text) if unit == "words" else text


def people_words(n: int) -> str:
    """Write how many people; so few that somebody could be recognised are not counted out."""
    return grouped(n) if n >= FEWEST else _("fewer than %(n)s") % {"n": FEWEST}


def _people(found: Summary) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what is known of customers: title and (label, how many) of each list."""
    if not found.people.n:
        return []
    networks = [(network_name(key), n) for key, n in found.people.by_network.items()]
    return [
        (_("People by network"), _most(networks)),
        (_("Messages by language"), _most(_messages(found.report, "language"))),
        (_("Messages by kind"), _most(_messages(found.report, "kind"))),
    ]


def _messages(report: Overview, side: Side) -> list[tuple[str, int]]:
    return [(label_of(side, line), line.n) for line in report.lines[side]]


def _most(counts: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return the most frequent, and the others together."""
    some = list(counts)
    shown, others = some[:_SHOWN], some[_SHOWN:]
    if others:
        shown.append((_("All others"), sum(n for _label, n in others)))
    return [(label, people_words(n)) for label, n in shown]


def _goal(line: GoalLine) -> GoalFace:
    aim, now_so = line.aim, line.progress
    word, tone = STANDINGS[now_so.standing]
    return GoalFace(
        aim.key, _(aim.title), _target(aim, line.goal.target), line.goal.due_on,
        line.owner or _("no longer there"), _value(aim, now_so.value, now_so.n),
        _("n %(n)s") % {"n": grouped(now_so.n)}, str(word), tone,
    )  # fmt: skip


def _value(aim: Aim, value: float | None, n: int) -> str:
    if value is None:
        return NOTHING
    return share_words(value, n) if aim.unit == "share" else duration(value)


def _target(aim: Aim, target: float) -> str:
    if aim.unit == "share":
        return _("at least %(share)s %%") % {"share": one_decimal(100 * target)}
    return _("at most %(time)s") % {"time": duration(target)}


@requires("manage_workspace")
@require_POST
def goals(request: MemberRequest) -> HttpResponse:
    """Set a goal, take it away, or undo the last of both."""
    wish, figure = request.POST.get("do", ""), request.POST.get("figure", "")
    if wish == "set":
        _set(request, figure)
    elif wish == "remove" and remove_goal(request.membership, figure):
        messages.success(request, _("The goal is taken away."))
    elif wish == "undo" and undo_goal(request.membership, figure):
        messages.success(request, _("The goal is as it was before."))
    return redirect("report_summary")


def _set(request: MemberRequest, figure: str) -> None:
    sent = request.POST
    try:
        set_goal(
            request.membership, figure, _target_of(figure, sent.get("target", "")),
            day_of(sent.get("due_on", "")) or date.min, id_of(sent.get("owner", "")) or UUID(int=0),
        )  # fmt: skip
    except BadGoalError as error:
        messages.error(request, str(_WRONG[error.field]))
    else:
        messages.success(request, _("The goal is set. Whether it is met is reckoned from now on."))


def _target_of(figure: str, text: str) -> float:
    """Return a target in the unit of its figure; what is no number is no target."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return 0.0
    aim = AIMS.get(figure)
    return number / 100 if aim and aim.unit == "share" else number * _MINUTE_S
