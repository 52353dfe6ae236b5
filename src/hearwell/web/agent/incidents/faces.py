"""Incidents in words: the ladder, the statement and who signs, the log, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.escalation.models import (
    EntryKind,
    Incident,
    IncidentEntry,
    IncidentPart,
    IncidentState,
    IncidentTask,
    SignOff,
    Statement,
    StatementState,
)
from hearwell.escalation.roster import Roster
from hearwell.escalation.rules import Part, Severity
from hearwell.escalation.services import signers
from hearwell.web.agent.spikes.faces import topic_words
from hearwell.web.components.escalation import (
    LEVELS,
    MEANINGS,
    PARTS,
    Names,
    log_words,
    task_words,
)

STATES: Final[dict[str, tuple[str, str, str | Promise]]] = {
    IncidentState.PROPOSED: ("warn", "siren", gettext_lazy("Proposed")),
    IncidentState.LIVE: ("late", "siren", gettext_lazy("Live incident")),
    IncidentState.ENDED: ("ok", "check", gettext_lazy("Over")),
    IncidentState.DISMISSED: ("line", "x", gettext_lazy("Dismissed")),
}
_GO: Final[dict[str, str | Promise]] = {
    EntryKind.GO: gettext_lazy("Go"),
    EntryKind.NO_GO: gettext_lazy("No go"),
}


@dataclass(frozen=True)
class Row:
    """An incident as the list shows it."""

    number: int
    label: str
    title: str
    state: tuple[str, str, str | Promise]
    level: int
    level_word: str
    lead: str
    cases: int
    began_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    update_at: datetime | None
    is_proposed: bool


def title_of(incident: Incident) -> str:
    """Return its title, or what the spike was about."""
    return incident.title or topic_words(incident.topic) or _("All that is said")


def row_of(incident: Incident, cases: int, names: Names) -> Row:
    """Put an incident into a row."""
    return Row(
        number=incident.number,
        label=str(incident),
        title=title_of(incident),
        state=STATES[incident.state],
        level=incident.severity,
        level_word=str(LEVELS[incident.severity]),
        lead=names.person(incident.lead_id) if incident.lead_id else "",
        cases=cases,
        began_at=incident.began_at,
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        update_at=incident.update_at,
        is_proposed=incident.state == IncidentState.PROPOSED,
    )


@dataclass(frozen=True)
class Rung:
    """A level on the ladder."""

    level: int
    word: str
    says: str
    at: datetime | None
    css: str


def ladder_of(incident: Incident, entries: Sequence[IncidentEntry]) -> list[Rung]:
    """Return the five levels: those it went through with their time, and where it stands."""
    reached: dict[int, datetime] = {}
    for entry in reversed(entries):
        if entry.what in {"proposed", "opened", "level"}:
            reached[int(entry.data.get("level", -1))] = entry.at
    return [
        Rung(
            level=int(level),
            word=str(LEVELS[level]),
            says=str(MEANINGS[level]),
            at=reached.get(int(level)),
            css=_css(int(level), incident.severity),
        )
        for level in Severity
    ]


def _css(level: int, now_at: int) -> str:
    if level == now_at:
        return "now"
    return "past" if level < now_at else ""


@dataclass(frozen=True)
class Line:
    """A line of the log."""

    at: datetime
    chip: str
    css: str
    words: str
    text: str
    who: str


def line_of(entry: IncidentEntry, names: Names) -> Line:
    """Put a line of the log into words; a default task in the reader's language."""
    is_task = entry.what in {"ticked", "unticked"}
    return Line(
        at=entry.at,
        chip=str(_GO.get(entry.kind, "")),
        css="ok" if entry.kind == EntryKind.GO else "late",
        words=log_words(entry.what, entry.data, names),
        text=task_words(entry.text) if is_task else entry.text,
        who=entry.by_name,
    )


@dataclass(frozen=True)
class Signature:
    """A part whose signature a statement needs."""

    part: str
    word: str
    person: str
    state: str
    remark: str
    at: datetime | None
    is_mine: bool
    is_deputy: bool
    is_nobody: bool


@dataclass(frozen=True)
class StatementFace:
    """The statement as it stands."""

    id: UUID
    version: int
    text: str
    digest: str
    author: str
    written_at: datetime
    update_at: datetime | None
    is_approved: bool
    is_mine: bool
    published_at: datetime | None
    published_where: str
    waits_for: str
    deputies_at: datetime | None
    signatures: list[Signature]


@dataclass(frozen=True)
class Signing:
    """What the faces of signatures need to know."""

    me: UUID
    names: Names
    parts: Mapping[str, IncidentPart]
    signed: Mapping[str, SignOff]
    roster: Roster


def statement_face(statement: Statement, signing: Signing) -> StatementFace:
    """Put a statement into words."""
    lines = [_signature(part, statement, signing) for part in statement.signs]
    missing = [line.word for line in lines if line.state != "signed"]
    return StatementFace(
        id=statement.id,
        version=statement.version,
        text=statement.text,
        digest=statement.digest,
        author=signing.names.person(statement.author_id),
        written_at=statement.written_at,
        update_at=statement.update_at,
        is_approved=statement.state == StatementState.APPROVED,
        is_mine=statement.author_id == signing.me,
        published_at=statement.published_at,
        published_where=statement.published_where,
        waits_for=", ".join(missing),
        deputies_at=statement.deputies_at,
        signatures=lines,
    )


def _signature(part: str, statement: Statement, signing: Signing) -> Signature:
    made, held = signing.signed.get(part), signing.parts.get(part)
    able = [] if made else signers(statement, held, signing.roster)
    asked = made.user_id if made else next(iter(able), held.user_id if held else None)
    state = "waits" if made is None else "signed" if made.is_signed else "back"
    return Signature(
        part=part,
        word=str(PARTS.get(part, part)),
        person=signing.names.person(asked) if asked else _("nobody is left who may sign"),
        state=state,
        remark=made.remark if made else "",
        at=made.at if made else None,
        is_mine=statement.state == StatementState.SIGNING and signing.me in able,
        is_nobody=asked is None,
        is_deputy=made.is_deputy if made else bool(held and asked and asked != held.user_id),
    )


@dataclass(frozen=True)
class Task:
    """A line of the checklist."""

    id: UUID
    text: str
    is_done: bool
    at: datetime | None
    who: str
    is_late: bool


def task_face(task: IncidentTask, names: Names, moment: datetime) -> Task:
    """Put a task into words."""
    is_done = task.done_at is not None
    return Task(
        id=task.id,
        text=task_words(task.text),
        is_done=is_done,
        at=task.done_at or task.due_at,
        who=names.person(task.done_by_id) if task.done_by_id else "",
        is_late=not is_done and task.due_at is not None and task.due_at < moment,
    )


def part_faces(parts: Mapping[str, IncidentPart], names: Names) -> list[dict[str, Any]]:
    """Say who does what, and who does it for them."""
    return [
        {
            "part": part.value,
            "word": PARTS[part],
            "person": names.person(held.user_id) if held and held.user_id else "",
            "deputy": names.person(held.deputy_id) if held and held.deputy_id else "",
            "user_id": held.user_id if held else None,
            "deputy_id": held.deputy_id if held else None,
        }
        for part in Part
        for held in (parts.get(part.value),)
    ]
