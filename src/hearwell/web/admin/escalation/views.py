"""Who is asked at each severity, what holds at each level, and what enters by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.escalation.queries import choice_of, current_paths, paths_for
from hearwell.escalation.rules import (
    ALARMS,
    SIGNING_PARTS,
    BadPathError,
    Choice,
    Level,
    Part,
    Path,
    Severity,
)
from hearwell.escalation.services import choose, drop_path, save_path
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.web.admin.frame import draw
from hearwell.web.agent.incidents.views import names_of
from hearwell.web.components.escalation import (
    ALARM_WORDS,
    LEVELS,
    MEANINGS,
    PARTS,
    ROLES,
    Names,
    task_words,
)
from hearwell.web.components.marks import KINDS

PAGE: Final = "settings_escalation"
_WRONG: Final = 422
_NUMBERS: Final = ("statement", "update", "deputy_after", "rises_after")
_FIELDS: Final[dict[str, str | Promise]] = {
    "owner": gettext_lazy("Say who is asked first."),
    "backup": gettext_lazy("The backup is nobody we know."),
    "sign_off": gettext_lazy("Whoever signs it off is nobody we know."),
    "minutes": gettext_lazy("Give between one minute and a week to accept."),
    "severity": gettext_lazy("Choose one of the severities 0 to 4."),
}


@requires("manage_settings")
@require_safe
def settings(request: MemberRequest) -> HttpResponse:
    """Show everything that can be chosen, with the defaults where nothing was."""
    return _draw(request)


def _draw(request: MemberRequest, *, error: str = "") -> HttpResponse:
    place = request.workspace.id
    names, choice, rows = names_of(request, with_teams=True), choice_of(place), current_paths(place)
    kinds = list(dict.fromkeys(["", *(row.kind for row in rows)]))
    own = {(row.kind, row.severity): row.version for row in rows}
    context: dict[str, Any] = {
        "paths": [
            _path_row(kind, severity, path, own.get((kind, severity)), names)
            for kind in kinds
            for severity, path in sorted(paths_for(rows, kind).items())
            if not kind or (kind, severity) in own
        ],
        "gone": any(
            names.is_gone(target)
            for row in rows
            for target in (row.owner, row.backup, row.sign_off)
        ),
        "kinds": [("", _("any kind")), *((key, kind.word) for key, kind in KINDS.items())],
        "severities": [(int(key), word) for key, word in LEVELS.items()],
        "targets": _targets(names),
        "part_targets": [one for one in _targets(names) if not one[0].startswith("part:")],
        "levels": [_level_row(int(key), choice.levels[key]) for key in LEVELS if key],
        "parts": [(part.value, PARTS[part], *choice.parts[part]) for part in Part],
        "alarms": [(key, ALARM_WORDS[key], key in choice.alarms) for key in ALARMS],
        "choice": choice,
        "error": error,
    }
    return draw(request, "escalation/page", PAGE, context, status=_WRONG if error else 200)


def _path_row(
    kind: str, severity: int, path: Path, version: int | None, names: Names
) -> dict[str, Any]:
    return {
        "kind": kind,
        "kind_word": KINDS[kind].word if kind in KINDS else _("any kind"),
        "severity": severity,
        "word": LEVELS[severity],
        "meaning": MEANINGS[severity],
        "path": path,
        "owner": names.target(path.owner),
        "backup": names.target(path.backup) if path.backup else "",
        "sign_off": names.target(path.sign_off) if path.sign_off else "",
        "version": version,
        "is_gone": any(names.is_gone(one) for one in (path.owner, path.backup, path.sign_off)),
    }


def _targets(names: Names) -> list[tuple[str, str]]:
    found = [("assignee", _("whoever has the case"))]
    found += [(f"role:{role}", str(word)) for role, word in ROLES.items()]
    found += [(f"part:{part}", str(word)) for part, word in PARTS.items()]
    found += [(f"team:{key}", names.target(f"team:{key}")) for key in names.teams]
    return found + [(f"user:{key}", name) for key, name in names.people.items()]


def _level_row(severity: int, level: Level) -> dict[str, Any]:
    return {
        "severity": severity,
        "word": LEVELS[severity],
        "meaning": MEANINGS[severity],
        "level": level,
        "signs": [(part.value, PARTS[part], part in level.signs) for part in SIGNING_PARTS],
        "tasks": "\n".join(f"{minutes} {task_words(text)}" for text, minutes in level.tasks),
    }


@requires("manage_settings")
@require_POST
def save_one_path(request: MemberRequest) -> HttpResponse:
    """Follow a path by a new version, or go back to what holds without it."""
    form, by = request.POST, cast("User", request.user)
    kind = form.get("kind", "")
    severity = whole_number(form.get("severity"), digits=1)
    if severity is None or kind not in {"", *KINDS}:
        return _draw(request, error=str(_FIELDS["severity"]))
    if form.get("act") == "drop":
        drop_path(request.workspace.id, kind, severity, by)
        messages.success(request, _("Back to what holds without it."))
        return redirect(PAGE)
    path = Path(
        form.get("owner", ""),
        form.get("backup", ""),
        whole_number(form.get("minutes"), digits=6) or 0,
        form.get("sign_off", ""),
    )
    try:
        save_path(request.workspace.id, kind, severity, path, by)
    except BadPathError as error:
        return _draw(request, error=str(_FIELDS.get(error.field, error.field)))
    messages.success(request, _("Saved as a new version. What is under way keeps its path."))
    return redirect(PAGE)


@requires("manage_settings")
@require_POST
def save_levels(request: MemberRequest) -> HttpResponse:
    """Keep levels, parts, and what enters by itself."""
    place = request.workspace.id
    before = choice_of(place)
    try:
        choose(place, _chosen(request.POST, before), cast("User", request.user))
    except BadPathError as error:
        return _draw(request, error=_where(error.field))
    messages.success(request, _("Saved. It holds for what begins from now on."))
    return redirect(PAGE)


def _where(field: str) -> str:
    level, _dot, name = field.partition(".")
    if level == "part":
        return _("%(part)s: choose somebody we know.") % {"part": PARTS.get(name, name)}
    if level.isdigit():
        values = {"level": level, "word": LEVELS[int(level)]}
        words = _(
            "Level %(level)s %(word)s: minutes are 0 to 10080, and each task has a few words."
        )
        return words % values
    return _("Choose among what is offered.")


def _chosen(form: QueryDict, before: Choice) -> Choice:
    levels: dict[int, Level] = dict(before.levels)
    for severity in range(Severity.WATCH, Severity.CRITICAL + 1):
        levels[severity] = _level_of(form, severity, before.levels[severity])
    return replace(
        before,
        levels=levels,
        parts={
            part.value: (form.get(f"{part}-owner", ""), form.get(f"{part}-deputy", ""))
            for part in Part
        },
        alarms=tuple(one for one in ALARMS if one in form.getlist("alarm")),
        **{
            name: _number(form, name, getattr(before, name))
            for name in ("alarm_level", "of_trouble", "of_volume")
        },
    )


def _number(form: Mapping[str, str], name: str, before: int) -> int:
    """Return a number; what is none is one that no rule allows."""
    text = form.get(name)
    if text is None:
        return before
    found = whole_number(text.strip(), digits=6)
    return -1 if found is None else found


def _level_of(form: QueryDict, severity: int, before: Level) -> Level:
    numbers = {
        name: _number(form, f"{severity}-{name}", getattr(before, name)) for name in _NUMBERS
    }
    return replace(
        before,
        **numbers,
        signs=tuple(part for part in SIGNING_PARTS if part in form.getlist(f"{severity}-signs")),
        stops=form.get(f"{severity}-stops") == "1",
        tasks=_tasks(form.get(f"{severity}-tasks", ""), before),
    )


def _tasks(text: str, before: Level) -> tuple[tuple[str, int], ...]:
    """Read a task a line, its minutes first; a default stays known by its own words."""
    known = {task_words(words): words for words, _minutes in before.tasks}
    found = []
    for line in clean(text)[0].splitlines():
        first, _space, rest = line.strip().partition(" ")
        minutes = whole_number(first, digits=6)
        words = line.strip() if minutes is None else rest.strip()
        if words:
            found.append((known.get(words, words), minutes or 0))
    return tuple(found)
