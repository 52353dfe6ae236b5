"""The four questions, one step each, saved as one goes; the last makes a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.strategy import powers, services
from hearwell.strategy.queries import KINDS, Standing, latest, standing
from hearwell.strategy.rules import QUESTIONS, Answers, BadAnswerError, Path, Shift
from hearwell.web.admin.playbook.forms import READERS
from hearwell.web.admin.playbook.words import (
    TITLES,
    WATCH,
    WRONG,
    book_face,
    gap_lines,
    kind_word,
    lack_of,
    role_word,
)
from hearwell.web.admin.promises.calendars import DAYS
from hearwell.web.components.marks import badge_of

STEPS: Final = (*QUESTIONS, "review")
UNPROCESSABLE: Final = 422
# What stands in a new row: most desks begin so.
_NEW: Final = Shift(days=(), starts="08:00", ends="18:00")


@dataclass(frozen=True)
class StepFace:
    """A step in the list of steps."""

    name: str
    title: str
    is_done: bool
    is_current: bool


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: MemberRequest, name: str) -> HttpResponse:
    """Ask one question, keep what is answered, and go where the pressed button says."""
    if name not in STEPS:
        raise Http404
    here = standing(request.workspace)
    if request.method != "POST":
        return _draw(request, here, name)
    if name == "review":
        return _publish(request)
    parts = READERS[name](request.POST, here)
    is_quiet = request.POST.get("go") is None
    try:
        services.keep(request.workspace.id, by=cast("User", request.user), **parts)
    except BadAnswerError as error:
        if is_quiet:  # a row that is being filled in is not wrong yet
            return HttpResponse(status=204)
        typed = Answers(**{**_parts(here.answers), **parts})
        return _draw(request, here, name, (error, typed), status=UNPROCESSABLE)
    if is_quiet:
        return HttpResponse(_("Saved"))
    return _onward(request, name)


def _parts(given: Answers) -> dict[str, Any]:
    return {name: getattr(given, name) for name in Answers.__dataclass_fields__}


def _onward(request: MemberRequest, name: str) -> HttpResponse:
    """Go on, back, out, or stay for another row."""
    place = STEPS.index(name)
    match request.POST.get("go"):
        case "back":
            return redirect("playbook_step", STEPS[place - 1]) if place else redirect("playbook")
        case "next":
            return redirect("playbook_step", STEPS[place + 1])
        case "leave":
            messages.success(request, _("Saved. Come back whenever you like."))
            return redirect("playbook")
    return redirect("playbook_step", name)


def _publish(request: MemberRequest) -> HttpResponse:
    if request.POST.get("go") == "back":
        return redirect("playbook_step", QUESTIONS[-1])
    try:
        made = services.publish(
            request.workspace.id,
            by=cast("User", request.user),
            remark=request.POST.get("remark", ""),
        )
    except services.NothingChangedError:
        messages.info(request, _("Nothing has changed since the last version."))
    else:
        words = _("Version %(version)s of the playbook holds from now on.")
        messages.success(request, words % {"version": made.version})
    return redirect("playbook")


def steps_of(here: Standing, current: str) -> list[StepFace]:
    """Return the steps with what is done of them."""
    faces = [
        StepFace(name, str(TITLES[name]), not here.lacks(name), name == current)
        for name in QUESTIONS
    ]
    return [*faces, StepFace("review", _("Look it over"), False, current == "review")]


def _draw(
    request: MemberRequest,
    here: Standing,
    name: str,
    wrong: tuple[BadAnswerError, Answers] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    holds, place = latest(request.workspace.id), STEPS.index(name)
    names = here.names.stored()
    rights = {role: powers.rights_of(role) for role, _label in powers.roles()}
    context = {
        "section": "settings",
        "steps": steps_of(here, name),
        "name": name,
        "number": place + 1,
        "title": TITLES.get(name, _("Look it over")),
        "lacks": [lack_of(one) for one in (here.missing if name == "review" else here.lacks(name))],
        "kept_at": here.kept_at,
        "draft": (holds.version if holds else 0) + 1,
        "book": book_face(here.answers, names, rights),
        **_fields(name, here, wrong),
    }
    return render(request, f"hearwell/settings/playbook/step_{name}.html", context, status=status)


def _fields(
    name: str, here: Standing, wrong: tuple[BadAnswerError, Answers] | None
) -> dict[str, Any]:
    match name:
        case "networks":
            return _network_fields(here)
        case "rota":
            return _rota_fields(here, *(wrong or (None, here.answers)))
        case "paths":
            paths = here.answers.paths
            faces = [(kind, kind_word(kind), paths.get(kind, Path())) for kind in KINDS]
            return {"paths": faces, "names": here.names}
        case "roles":
            said = here.answers.roles
            return {
                "roles": [
                    (role, role_word(role), said.get(role, ""), powers.rights_of(role))
                    for role, _label in powers.roles()
                ]
            }
    return {}


def _network_fields(here: Standing) -> dict[str, Any]:
    handles: dict[str, list[str]] = {}
    for channel in here.channels:
        handles.setdefault(channel.network, []).append(channel.handle)
    faces = [
        {
            "network": network,
            "title": badge_of(network).title,
            "handles": ", ".join(handles.get(network, [])),
            "is_heard": network in here.listened,
            "said": here.answers.networks.get(network, ""),
        }
        for network in here.networks
    ]
    return {"networks": faces, "ways": WATCH.items(), "elsewhere": here.answers.elsewhere}


def _rota_fields(here: Standing, error: BadAnswerError | None, shown: Answers) -> dict[str, Any]:
    rows = [*shown.rota, _NEW]
    place = int(error.place.partition("-")[0]) if error else -1
    field = error.place.partition("-")[2] if error else ""
    return {
        "rows": [
            {
                "n": n,
                "shift": shift,
                "owner": f"team:{shift.team}" if shift.team else f"person:{shift.person}",
                "is_new": n == len(rows) - 1,
                "field": field if n == place else "",
                "wrong": WRONG[error.code] if error and n == place else "",
            }
            for n, shift in enumerate(rows)
        ],
        "days": [(n, WEEKDAYS_ABBR[n], label) for n, label in enumerate(DAYS.values())],
        "names": here.names,
        "gaps": gap_lines(here.usual.gaps) if not error else [],
        "zone": here.workspace.time_zone,
    }
