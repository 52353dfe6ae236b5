"""The playbook in words: what is missing, who owns what, what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.accounts.models import Role
from hearwell.strategy.coverage import Gap
from hearwell.strategy.rules import DAY, Answers, Change, Open, Path, Shift
from hearwell.web.admin.promises.calendars import DAYS
from hearwell.web.components.marks import KINDS, badge_of

TITLES: Final[Mapping[str, str | Promise]] = {
    "networks": gettext_lazy("Which networks do we watch?"),
    "rota": gettext_lazy("Who is responsible, at every hour?"),
    "paths": gettext_lazy("How is each kind of case solved?"),
    "roles": gettext_lazy("What may each role do?"),
}
WATCH: Final[Mapping[str, str | Promise]] = {
    "answer": gettext_lazy("We answer here"),
    "read": gettext_lazy("We only read"),
    "leave": gettext_lazy("We do not watch it"),
}
WRONG: Final[Mapping[str, str | Promise]] = {
    "time": gettext_lazy("Write a time such as 08:00, or 24:00 for midnight."),
    "zero": gettext_lazy("This has no length. For a whole day write 00:00 to 24:00."),
    "start": gettext_lazy("A day begins at 00:00."),
    "days": gettext_lazy("Choose at least one day."),
    "owner": gettext_lazy("Choose the team or the person who is responsible."),
    "backup": gettext_lazy("Name who stands in when they are away."),
    "same": gettext_lazy("Whoever stands in must be somebody else."),
}
TO: Final = "\u2013"  # a dash between two ends
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Lack:
    """Something that is missing, and where it can be put right."""

    text: str
    url: str


def kind_word(kind: str) -> str:
    """Name a kind of case."""
    return str(KINDS[kind].word) if kind in KINDS else kind


def role_word(role: str) -> str:
    """Name a role."""
    return str(dict(Role.choices).get(role, role))


def _about(one: Open) -> str:
    name = {"unsaid": lambda v: str(badge_of(v).title), "unlimited": role_word}
    return ", ".join(name.get(one.code, kind_word)(value) for value in one.about)


def lack_of(one: Open) -> Lack:
    """Say what is missing of an answer."""
    words = {
        ("networks", "none"): _("No network is said to be answered on."),
        ("networks", "unsaid"): _("Nobody has said whether we watch: %(about)s."),
        ("rota", "none"): _("Nobody is responsible at any hour."),
        ("rota", "gaps"): ngettext(
            "%(n)s hour of the week has no owner.", "%(n)s hours of the week have no owner.", one.n
        ),
        ("paths", "unwritten"): _("Without a path or a team: %(about)s."),
        ("roles", "unlimited"): _("Without a limit: %(about)s."),
    }[one.question, one.code]
    url = reverse("playbook_step", args=[one.question])
    return Lack(words % {"about": _about(one), "n": one.n}, url)


def days_words(days: Iterable[int]) -> str:
    """Name days, a run of them by its ends."""
    names = [str(name) for name in DAYS.values()]
    wanted = sorted(set(days))
    if wanted == list(range(7)):
        return _("Every day")
    runs: list[list[int]] = []
    for day in wanted:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{names[run[0]]}{TO}{names[run[-1]]}" if len(run) > 2 else ", ".join(names[d] for d in run)  # noqa: PLR2004
        for run in runs
    )


def owner_of(shift: Shift, names: Names) -> str:
    """Name who is responsible in a shift; somebody who is gone is called so."""
    parts = [
        names["teams"].get(shift.team, _("a team that is gone")) if shift.team else "",
        names["people"].get(shift.person, _("somebody who has left")) if shift.person else "",
    ]
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class ShiftFace:
    """A shift in words."""

    when: str
    owner: str
    backup: str
    calendar: str


def shift_face(shift: Shift, names: Names) -> ShiftFace:
    """Say who is responsible when."""
    return ShiftFace(
        f"{days_words(shift.days)}, {shift.starts}{TO}{shift.ends}",
        owner_of(shift, names),
        names["people"].get(shift.backup, _("somebody who has left")),
        names["calendars"].get(shift.calendar, "") if shift.calendar else "",
    )


@dataclass(frozen=True)
class PathFace:
    """How one kind is solved, in words."""

    kind: str
    words: str
    team: str
    promise: str
    replies: str


def path_face(kind: str, path: Path, names: Names) -> PathFace:
    """Say how a kind of case is solved."""
    return PathFace(
        kind_word(kind),
        path.words,
        names["teams"].get(path.team, "") if path.team else "",
        names["promises"].get(path.promise, "") if path.promise else "",
        ", ".join(names["replies"][one] for one in path.replies if one in names["replies"]),
    )


def clock_words(minute: int) -> str:
    """Write minutes after midnight as a time."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def gap_lines(gaps: Iterable[Gap]) -> list[str]:
    """Say the stretches without an owner, those that meet at midnight as one."""
    joined: list[list[Any]] = []
    for gap in gaps:
        meets = joined and joined[-1][3] == DAY and gap.starts == 0
        if meets and (gap.day - joined[-1][2]).days == 1:
            joined[-1][2:] = [gap.day, gap.ends]
        else:
            joined.append([gap.day, gap.starts, gap.day, gap.ends])
    names = [str(name) for name in DAYS.values()]
    lines = []
    for first, start, last, end in joined:
        until = clock_words(end) if first == last else f"{names[last.weekday()]} {clock_words(end)}"
        lines.append(f"{names[first.weekday()]} {clock_words(start)}{TO}{until}")
    return lines


@dataclass(frozen=True)
class ChangeFace:
    """One difference between two versions."""

    what: str
    before: str
    after: str


def change_face(one: Change, before: Names, after: Names) -> ChangeFace:
    """Say what a change was."""
    match one.question:
        case "networks":
            what = str(badge_of(one.what).title) if one.what else _("Elsewhere")
        case "paths":
            what = kind_word(one.what)
        case "roles":
            what = role_word(one.what)
        case _:
            what = _("Shift")
    return ChangeFace(what, _value(one, one.before, before), _value(one, one.after, after))


def _value(one: Change, value: Any, names: Names) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, Shift):
        face = shift_face(value, names)
        return f"{face.when}: {face.owner} ({face.backup})"
    if isinstance(value, Path):
        told = path_face(one.what, value, names)
        return " · ".join(x for x in (told.words, told.team, told.promise, told.replies) if x)
    return str(WATCH.get(value, value)) if one.question == "networks" and one.what else str(value)


@dataclass(frozen=True)
class TableFace:
    """One answer as a table. `told` are the columns, from 1, in which somebody wrote at length."""

    name: str
    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    told: Collection[int] = ()

    @property
    def title(self) -> str:
        """The question that it answers."""
        return str(TITLES[self.name])


@dataclass(frozen=True)
class BookFace:
    """A playbook as a page shows it: the four answers in words."""

    networks: list[tuple[str, str, str]]
    elsewhere: str
    tables: list[TableFace]


def book_face(answers: Answers, names: Names, rights: Mapping[str, list[str]]) -> BookFace:
    """Return a whole playbook in words."""
    return BookFace(
        networks=[
            (network, str(badge_of(network).title), str(WATCH.get(how, how)))
            for network, how in sorted(answers.networks.items())
        ],
        elsewhere=answers.elsewhere,
        tables=[
            _rota_table(answers, names),
            _paths_table(answers, names),
            _roles_table(answers, rights),
        ],
    )


def _rota_table(answers: Answers, names: Names) -> TableFace:
    shifts = [shift_face(one, names) for one in answers.rota]
    return TableFace(
        "rota",
        _("Rota"),
        [_("When"), _("Responsible"), _("Stands in"), _("Holidays of")],
        [(one.when, one.owner, one.backup, one.calendar) for one in shifts],
    )


def _paths_table(answers: Answers, names: Names) -> TableFace:
    paths = [path_face(kind, answers.paths[kind], names) for kind in KINDS if kind in answers.paths]
    return TableFace(
        "paths",
        _("Paths"),
        [_("Kind"), _("Path"), _("Goes to"), _("Promise"), _("Saved replies")],
        [(one.kind, one.words, one.team, one.promise, one.replies) for one in paths],
        told={2},
    )


def _roles_table(answers: Answers, rights: Mapping[str, list[str]]) -> TableFace:
    said = [(role, answers.roles.get(role, "")) for role in Role.values]
    return TableFace(
        "roles",
        _("Roles"),
        [_("Role"), _("Decides alone, and where that ends"), _("May")],
        [
            (role_word(role), words, ", ".join(rights.get(role, [])))
            for role, words in said
            if words
        ],
        told={2, 3},
    )
