"""The parts around a thread: head, clocks, verdict, customer, choices of menus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.contacts.models import Identity
from hearwell.conversations.models import Case, Message
from hearwell.conversations.pages import SAID_ELSEWHERE
from hearwell.conversations.queries import CasePage
from hearwell.inbox.acts import CLOSE_REASONS, NOT_ABOUT_US, SOLVED
from hearwell.inbox.bulk import REASONS as REASONS_OF_MANY
from hearwell.inbox.lateness import delay_of
from hearwell.inbox.snoozing import SNOOZES, snooze_until
from hearwell.sla.queries import ClockView
from hearwell.sla.rules import BadCalendarError
from hearwell.web.agent.inbox.faces import REASONS, Person
from hearwell.web.components import clocks
from hearwell.web.components.clocks import ClockFace
from hearwell.web.components.dates import dated
from hearwell.web.components.marks import GUESS, KINDS, SURE, TAGGED

TURN_WORDS: Final[dict[str, str | Promise]] = {
    "ours": gettext_lazy("our turn"),
    "theirs": gettext_lazy("waits for customer"),
    "none": gettext_lazy("nobody waits"),
}
CLOCK_WORDS: Final[dict[str, str | Promise]] = {
    "first_reply": gettext_lazy("First reply"),
    "answer": gettext_lazy("Answer"),
    "resolution": gettext_lazy("Settled"),
}


@dataclass(frozen=True)
class CaseWords:
    """A case in words, for the head and the panel."""

    id: UUID
    version: int
    name: str
    title: str
    reference: str
    status_words: str
    turn_words: str
    assigned_words: str
    assignee_name: str
    urgency: int
    opened_at: datetime
    last_message_at: datetime
    is_open: bool
    is_snoozed: bool
    is_mine: bool


def case_words(page: CasePage, people: Mapping[UUID, Person], me: UUID) -> CaseWords:
    """Put a case into words."""
    case = page.case
    holder = people.get(case.assignee_id) if case.assignee_id else None
    return CaseWords(
        id=case.id,
        version=case.version,
        name=page.contact_name or _("Somebody"),
        title=case.title or case.preview or case.label,
        reference=case.label,
        status_words=_status(case),
        turn_words=str(TURN_WORDS.get(case.turn, "")),
        assigned_words=_assigned(case, holder, me),
        assignee_name=holder.name if holder else "",
        urgency=case.urgency if case.status != "closed" else 0,
        opened_at=case.opened_at,
        last_message_at=case.last_message_at,
        is_open=case.status == "open",
        is_snoozed=case.status == "snoozed",
        is_mine=case.assignee_id == me,
    )


def is_late(case: Case, at: datetime) -> bool:
    """Say whether the customer waits for an answer that was due."""
    return case.turn == "ours" and case.due_at is not None and case.due_at < at


def _status(case: Case) -> str:
    if case.status == "closed":
        reason = REASONS.get(case.closed_reason, case.closed_reason)
        return _("Closed: %(reason)s") % {"reason": reason} if reason else _("Closed")
    if case.status == "snoozed" and case.snoozed_until:
        when = dated(localtime(case.snoozed_until), "D j M, H:i")
        return _("Snoozed until %(when)s") % {"when": when}
    return _("Open")


def _assigned(case: Case, holder: Person | None, me: UUID) -> str:
    if case.assignee_id is None:
        return _("nobody has it")
    if case.assignee_id == me:
        return _("assigned to you")
    return _("assigned to %(name)s") % {"name": holder.name if holder else "?"}


@dataclass(frozen=True)
class NamedClock:
    """A clock with its name, as drawn over a thread."""

    label: str
    face: ClockFace


def clock_faces(views: Sequence[ClockView], at: datetime) -> list[NamedClock]:
    """Return the newest clock of each kind that still says something."""
    newest = {view.kind: view for view in views if view.state != "cancelled"}
    found = []
    for kind, label in CLOCK_WORDS.items():
        if kind in newest:
            found.append(NamedClock(str(label), _face(newest[kind], at)))
    return found


def _face(view: ClockView, at: datetime) -> ClockFace:
    if view.is_running and view.paused_at is not None:
        return clocks.paused()
    if view.is_running:
        span = (view.due_at - view.started_at).total_seconds()
        return clocks.running(view.due_at, at, span_s=span, is_full=True)
    if view.state == "unanswered":
        return clocks.missed()
    face = clocks.met(view.wall_s or 0)
    if view.state == "missed":
        words = _("%(time)s, too late") % {"time": face.words}
        return ClockFace("missed", words)
    return face


def delay_words(views: Sequence[ClockView], at: datetime) -> str:
    """Say how long a customer waits and what was promised; empty while no clock is late."""
    late = [one for one in views if one.is_running and one.paused_at is None and one.due_at < at]
    if not late:
        return ""
    view = min(late, key=lambda one: one.due_at)
    try:
        hours = view.calendar.hours if view.calendar and view.counts == "business" else None
    except BadCalendarError:
        hours = None
    if hours is not None and hours.is_always_open:
        hours = None
    delay = delay_of(view.started_at, view.due_at, at, view.target_s, hours)
    if delay is None:
        return ""
    values = {
        "waited": clocks.duration(delay.waited_s),
        "promised": clocks.duration(delay.promised_s),
    }
    if delay.is_business:
        return _("Waiting %(waited)s of opening hours; you promised %(promised)s.") % values
    return _("Waiting %(waited)s; you promised %(promised)s.") % values


@dataclass(frozen=True)
class KindOption:
    """A kind to choose in a correction."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class VerdictChip:
    """What triage thinks of the case; the reasons are fetched when somebody asks why."""

    kind: str
    label: str
    plain: str
    icon: str
    percent: int | None
    is_low: bool
    choices: list[KindOption]


def verdict_chip(page: CasePage) -> VerdictChip | None:
    """Return the chip of the case's kind, or None where nothing was judged."""
    case = page.case
    kind = KINDS.get(case.kind)
    if kind is None:
        return None
    percent = case.certainty
    is_guess = percent is not None and percent < GUESS
    return VerdictChip(
        kind=case.kind,
        label=f"{kind.word}?" if is_guess else str(kind.word),
        plain=str(kind.word),
        icon=kind.icon,
        percent=percent,
        is_low=percent is not None and percent < SURE,
        choices=[KindOption(k, str(v.word), k == case.kind) for k, v in KINDS.items()],
    )


@dataclass(frozen=True)
class EarlierCase:
    """An earlier case of the same person."""

    at: datetime
    network: str
    url: str
    title: str
    state: str


@dataclass(frozen=True)
class NoteWords:
    """A note on a person."""

    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class CustomerWords:
    """A customer, for the panel. No picture, no follower count: everybody alike."""

    contact_id: UUID | None
    initials: str
    name: str
    since_words: str
    tier: str
    identities: Sequence[Identity]
    earlier: list[EarlierCase]
    earlier_words: str
    unanswered: list[EarlierCase]
    unanswered_words: str
    unanswered_count: int
    notes: list[NoteWords]


def person_of(page: CasePage, people: Mapping[UUID, Person]) -> CustomerWords:
    """Put a customer into words."""
    name = page.contact_name or _("Somebody")
    since = page.contact.created_at if page.contact else page.case.opened_at
    oldest = min([since, page.case.opened_at, *(case.opened_at for case in page.earlier)])
    return CustomerWords(
        contact_id=page.contact.id if page.contact else None,
        initials="".join(word[0] for word in name.split()[:2]).upper(),
        name=name,
        since_words=_("Writes since %(when)s") % {"when": dated(localtime(oldest), "F Y")},
        tier=page.contact.tier if page.contact else "",
        identities=page.identities,
        earlier=[_earlier(case) for case in page.earlier],
        earlier_words=earlier_words(page.earlier_count, page.unanswered_count),
        unanswered=[_earlier(case) for case in page.unanswered],
        unanswered_words=unanswered_words(page.unanswered_count, page.earlier_count + 1),
        unanswered_count=page.unanswered_count,
        notes=[
            NoteWords(
                note.text,
                people[note.author_id].name if note.author_id in people else _("Somebody"),
                note.created_at,
            )
            for note in page.notes
        ],
    )


def _is_unanswered(case: Case) -> bool:
    is_over = case.status == "closed" and case.closed_reason not in SAID_ELSEWHERE
    return is_over and case.duty == "answer" and case.last_reply_at is None


def _earlier(case: Case) -> EarlierCase:
    return EarlierCase(
        at=case.opened_at,
        network=case.network,
        url=reverse("case", args=[case.id]),
        title=case.title or case.preview or case.label,
        state=_("Never answered") if _is_unanswered(case) else _status(case),
    )


@dataclass(frozen=True)
class MenuChoice:
    """A line of a menu."""

    value: str
    label: str
    when: str = ""


def snooze_choices(zone: ZoneInfo, at: datetime) -> list[MenuChoice]:
    """Return when a case can come back, with the time it would be."""
    return [
        MenuChoice(
            value, str(label), dated(localtime(snooze_until(value, zone, at), zone), "D H:i")
        )
        for value, label in SNOOZES.items()
    ]


def batch_reasons() -> list[MenuChoice]:
    """Return why many cases can be done at once."""
    return [MenuChoice(reason, str(REASONS.get(reason, reason))) for reason in REASONS_OF_MANY]


def close_reasons(case: Case, *, has_answer: bool = True) -> list[MenuChoice]:
    """Return why a case can be done; only what we heard by ourselves can be not about us.

    What nobody has answered (`has_answer`: one is on its way) was not solved.
    """
    reasons = [r for r in CLOSE_REASONS if case.stage or r != NOT_ABOUT_US]
    is_owed = case.turn == "ours" and case.duty == "answer" and case.last_reply_at is None
    if is_owed and not has_answer:
        reasons.remove(SOLVED)
    return [MenuChoice(reason, str(REASONS.get(reason, reason))) for reason in reasons]


def stage_of(page: CasePage, messages: Sequence[Message]) -> str:
    """Return how a case concerns us; empty where that goes without saying."""
    if page.case.stage:
        return page.case.stage
    theirs = [message for message in messages if message.direction == "in"]
    return TAGGED if theirs and theirs[-1].kind == "mention" else ""


def earlier_words(count: int, unanswered: int) -> str:
    """Say how often somebody wrote before, and how often nobody answered."""
    if not count:
        return ""
    words = ngettext("%(n)s case", "%(n)s cases", count) % {"n": count}
    if not unanswered:
        return words
    return _("%(cases)s, %(n)s left unanswered") % {"cases": words, "n": unanswered}


def unanswered_words(unanswered: int, count: int) -> str:
    """Say how many of somebody's contacts never got an answer; nothing where all did."""
    if not unanswered:
        return ""
    return ngettext(
        "%(n)s of %(all)s contact never got an answer",
        "%(n)s of %(all)s contacts never got an answer",
        count,
    ) % {"n": unanswered, "all": count}
