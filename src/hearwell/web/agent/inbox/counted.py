"""How a case's clocks were counted, in words: every event that moved one, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.sla.queries import ClockView, Explanation, Line
from hearwell.web.agent.inbox.details import CLOCK_WORDS
from hearwell.web.agent.inbox.faces import REASONS, Person

WORDS: Final[Mapping[tuple[str, str], str | Promise]] = {
    ("started", "oldest_unanswered"): gettext_lazy("Began with the oldest unanswered message"),
    ("started", "recorded_times"): gettext_lazy("Began, by the recorded times"),
    ("moved", "older_message"): gettext_lazy("An older message came in: counted from that one"),
    ("moved", "more_urgent"): gettext_lazy("A more pressing message came: due sooner"),
    ("paused", "answered"): gettext_lazy("Stands still: the customer is to write"),
    ("paused", "answered_before"): gettext_lazy("Stands still: answered before it reached us"),
    ("resumed", "customer_wrote"): gettext_lazy("Runs on: the customer wrote"),
    ("resumed", "waits_after_all"): gettext_lazy("Runs on: it needs an answer after all"),
    ("resumed", "judged_anew"): gettext_lazy("Runs on: a message was judged anew"),
    ("warned", "nearly_due"): gettext_lazy("Told that it is nearly due"),
    ("breached", "past_due"): gettext_lazy("Ran out"),
    ("met", "reply"): gettext_lazy("Met by our reply"),
    ("missed", "reply"): gettext_lazy("Our reply came too late"),
    ("met", "answered_before"): gettext_lazy("Was answered before the message reached us"),
    ("missed", "answered_before"): gettext_lazy("Was answered, late, before it reached us"),
    ("met", "older_message"): gettext_lazy("Met, counted from an older message"),
    ("missed", "older_message"): gettext_lazy("Too late, counted from an older message"),
    ("met", "recorded_times"): gettext_lazy("Met, by the recorded times"),
    ("missed", "recorded_times"): gettext_lazy("Too late, by the recorded times"),
    ("cancelled", "merged"): gettext_lazy("Stopped: an older clock of the case counts for both"),
    ("moved", "merged"): gettext_lazy("A case was merged into this one: due for the sooner"),
    ("resumed", "merged"): gettext_lazy("Runs on: a case was merged into this one"),
    ("moved", "parted"): gettext_lazy("That case is by itself again: due as before"),
    ("resumed", "close_undone"): gettext_lazy("Runs on: the closing was taken back"),
    ("resumed", "parted"): gettext_lazy("Runs on, from its own beginning"),
    ("paused", "parted"): gettext_lazy("Stands still: whoever waits is in another case"),
    ("cancelled", "parted"): gettext_lazy("Stopped: its message waits no longer here"),
    ("cancelled", "judged_anew"): gettext_lazy("Stopped: a message was judged anew"),
    ("cancelled", "withdrawn"): gettext_lazy("Stopped: the message was taken back"),
}
_PLAIN: Final[Mapping[str, str | Promise]] = {
    "started": gettext_lazy("Began"),
    "moved": gettext_lazy("Was moved"),
    "paused": gettext_lazy("Stands still"),
    "resumed": gettext_lazy("Runs on"),
    "met": gettext_lazy("Met"),
    "missed": gettext_lazy("Too late"),
    "cancelled": gettext_lazy("Stopped"),
}
_CLOSED: Final = "closed: "


@dataclass(frozen=True)
class CountedLine:
    """One event of a clock; `before` is when it had been due, where that changed."""

    at: datetime
    words: str
    before: datetime | None = None


@dataclass(frozen=True)
class Counted:
    """A clock with all that happened to it."""

    label: str
    view: ClockView
    lines: list[CountedLine]


def counted(explained: Explanation, people: Mapping[UUID, Person]) -> Counted:
    """Put a clock and its events into words."""
    view = explained.clock
    label = str(CLOCK_WORDS[view.kind])
    if any(line.what == "started" and line.why == "reopened" for line in explained.lines):
        label = _("%(clock)s, anew from when the case was reopened by hand") % {"clock": label}
    return Counted(label, view, [_line(line, people) for line in explained.lines])


def _line(line: Line, people: Mapping[UUID, Person]) -> CountedLine:
    before = line.data.get("due_before")
    due = datetime.fromisoformat(before) if isinstance(before, str) else None
    return CountedLine(line.at, _words(line, people), due)


def _words(line: Line, people: Mapping[UUID, Person]) -> str:
    if line.why == "reopened":
        by = line.data.get("by")
        if by is None:
            return _("Began anew: the customer said that it was not solved")
        person = people.get(UUID(by)) if isinstance(by, str) else None
        name = person.name if person else _("somebody")
        return _("Began anew: reopened by %(name)s") % {"name": name}
    if line.why.startswith(_CLOSED):
        why = line.why.removeprefix(_CLOSED)
        reason = REASONS.get(why, why)
        return f"{_PLAIN.get(line.what, line.what)}: {_('the case was closed')} ({reason})"
    return str(WORDS.get((line.what, line.why)) or _PLAIN.get(line.what, line.what))
