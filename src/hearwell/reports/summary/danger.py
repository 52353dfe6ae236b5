"""Is anything about to blow up, and who has it? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import Figure
from hearwell.reports.summary.answer import Answer, Said, Value

QUESTION: Final = _("Is anything about to blow up, and who has it?")
_NOBODYS: Final = _("An incident is open and nobody has it: %(title)s.")
_SOMEBODYS: Final = _("An incident is open and %(lead)s has it: %(title)s.")
_UNCLAIMED: Final = _("Cases that were escalated and that nobody has accepted: %(n)s.")
_SPIKES: Final = _("Far more than usual is being said: spikes that last: %(n)s.")
_LATE: Final = _("No incident is open, but cases are past their time: %(n)s.")
_CALM: Final = _(
    "No incident is open, no spike lasts, no case is past its time and no escalation waits."
)
_BLIND: Final = _("Nobody watches for spikes: that is switched off.")
_LATE_METHOD: Final = _(
    "Cases in which a customer waits and one of whose clocks has run out, at this moment. n are "
    "all cases in which a customer waits."
)
_SPIKE_METHOD: Final = _(
    "Streams in which far more than usual is said, not calm yet and not dismissed, at this moment."
)
_UNCLAIMED_METHOD: Final = _(
    "Escalated cases that somebody has still to accept, at this moment. n are all open escalations."
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open incident; `lead` is empty where nobody has it."""

    number: int
    title: str
    lead: str
    update_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Danger:
    """What stands at this moment."""

    troubles: Sequence[Trouble]
    spikes: int
    late: int
    waiting: int
    unclaimed: int
    escalations: int
    is_watched: bool


def what_burns(found: Danger) -> Answer:
    """Answer with the gravest thing first."""
    word, tone, sentence = _gravest(found)
    return Answer(
        "danger", QUESTION, word, sentence, "incidents", _("Incidents"), tone,
        figures=(
            _figure("spikes", _("Spikes that last"), found.spikes, found.spikes, _SPIKE_METHOD),
            _figure("late", _("Past their time"), found.late, found.waiting, _LATE_METHOD),
            _figure("unclaimed", _("Accepted by nobody"), found.unclaimed, found.escalations,
                    _UNCLAIMED_METHOD),
        ),
        notes=() if found.is_watched else (Said(_BLIND),),
    )  # fmt: skip


def _gravest(found: Danger) -> tuple[str, str, Said]:
    live = sorted((one for one in found.troubles if one.is_live), key=lambda one: bool(one.lead))
    if live:
        first = live[0]
        values = {"title": Value(first.title, "name"), "lead": Value(first.lead, "name")}
        return _("Yes"), "late", Said(_SOMEBODYS if first.lead else _NOBODYS, values)
    if found.unclaimed:
        return _("It may"), "warn", Said(_UNCLAIMED, {"n": Value(found.unclaimed)})
    if found.spikes:
        return _("It may"), "warn", Said(_SPIKES, {"n": Value(found.spikes)})
    if found.late:
        return _("Not yet"), "warn", Said(_LATE, {"n": Value(found.late)})
    return _("Not that we know of"), "ok", Said(_CALM)


def _figure(key: str, title: str, value: int, n: int, method: str) -> Figure:
    """A nought counted now is a nought: nothing is missing."""
    return Figure(key, title, float(value), "n", n, method)
