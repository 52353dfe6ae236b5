"""How an import is shown: its state, how far it is and at which pace, what could not be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.channels.models import ImportRun, ImportState
from hearwell.inbox.archives.records import Reason
from hearwell.web.components.clocks import duration
from hearwell.web.components.numbers import grouped

# An import that is alive says so far more often.
SILENT_AFTER: Final = timedelta(minutes=2)
_FACES: Final[dict[str, tuple[str, str]]] = {
    ImportState.QUEUED: ("", "clock"),
    ImportState.RUNNING: ("", "refresh-cw"),
    ImportState.PAUSED: ("warn", "pause"),
    ImportState.DONE: ("ok", "check"),
    ImportState.FAILED: ("late", "triangle-alert"),
    ImportState.CANCELLED: ("", "x"),
}
REASONS: Final[dict[str, str | Promise]] = {
    Reason.WIDTH: gettext_lazy("wrong number of fields"),
    Reason.QUOTING: gettext_lazy("broken quoting"),
    Reason.LENGTH: gettext_lazy("line too long"),
    Reason.NAME: gettext_lazy("an id or handle is too long"),
    Reason.ENCODING: gettext_lazy("not UTF-8"),
    Reason.NOT_JSON: gettext_lazy("not a JSON object"),
    Reason.SCALAR: gettext_lazy("a field is neither text nor number"),
    Reason.KIND: gettext_lazy("unknown kind"),
    Reason.ID: gettext_lazy("no id"),
    Reason.AUTHOR: gettext_lazy("no author"),
    Reason.INBOUND: gettext_lazy("inbound is neither true nor false"),
    Reason.TIME: gettext_lazy("unreadable time"),
    Reason.REPEATED: gettext_lazy("repeated id"),
    Reason.UNPLACED: gettext_lazy("belongs to no brand"),
}


@dataclass(frozen=True)
class RunFace:
    """An import as the page shows it. `percent` is None where nobody knows how much there is.

    `progress` and `outcome` are sentences; `reasons` are (why, how many rows), most first.
    """

    run: ImportRun
    label: str
    tone: str
    icon: str
    percent: int | None
    progress: list[str]
    outcome: list[str]
    reasons: list[tuple[str | Promise, int]]
    rejected: int
    can_pause: bool
    can_resume: bool
    can_cancel: bool


def run_face(run: ImportRun, moment: datetime) -> RunFace:
    """Put an import into words. Only those of the background can be stopped from here."""
    tone, icon = _FACES[run.state]
    reasons = sorted(run.rejected.items(), key=lambda item: -item[1])
    ours = run.is_background
    is_paused = run.state == ImportState.PAUSED
    return RunFace(
        run=run,
        label=_label(run, moment),
        tone=tone,
        icon=icon,
        percent=_percent(run),
        progress=_progress(run) if not run.is_finished else [],
        outcome=_outcome(run),
        reasons=[(REASONS.get(why, why), count) for why, count in reasons],
        rejected=sum(run.rejected.values()),
        can_pause=ours and run.is_under_way,
        can_resume=ours and is_paused,
        can_cancel=ours and not run.is_finished,
    )


def _label(run: ImportRun, moment: datetime) -> str:
    if not run.is_under_way:
        return str(ImportState(run.state).label)
    if moment - run.moved_at > SILENT_AFTER:
        return _("Stands still")
    if run.state == ImportState.QUEUED:
        return _("Waiting for its turn")
    return _("Taking in") if run.going_since else _("Reading")


def _percent(run: ImportRun) -> int | None:
    if run.state == ImportState.DONE:
        return 100
    return int(100 * run.position / run.rows) if run.rows else None


def _progress(run: ImportRun) -> list[str]:
    """Say how far it is, how fast it goes, how long it will take."""
    if run.rows is None or (run.going_since is None and run.position == 0):
        return [_("%(n)s rows read") % {"n": grouped(run.rows_read)}] if run.rows_read else []
    said = [
        _("%(done)s of %(all)s messages")
        % {"done": grouped(run.position), "all": grouped(run.rows)}
    ]
    rate = pace(run)
    if run.is_under_way and rate:
        said.append(_("%(rate)s a second") % {"rate": f"{rate:,.0f}"})
        said.append(_("%(time)s left") % {"time": duration((run.rows - run.position) / rate)})
    elif run.is_under_way and run.going_since is None and run.rows_read:
        said.append(_("finding the place, %(n)s rows read") % {"n": grouped(run.rows_read)})
    return said


def pace(run: ImportRun) -> float | None:
    """Return messages a second since this go began, or None before its first batch."""
    if run.going_since is None or run.position <= run.going_from:
        return None
    seconds = (run.moved_at - run.going_since).total_seconds()
    return (run.position - run.going_from) / seconds if seconds > 0 else None


def _outcome(run: ImportRun) -> list[str]:
    """Say what became of the messages so far."""
    said = []
    known = run.position - run.fresh - run.changed
    if run.position and (run.is_finished or known or run.changed):
        said.append(
            ngettext("%(n)s new message", "%(n)s new messages", run.fresh)
            % {"n": grouped(run.fresh)}
        )
    if run.changed:
        words = ngettext("%(n)s has changed", "%(n)s have changed", run.changed)
        said.append(words % {"n": grouped(run.changed)})
    if known:
        said.append(_("%(n)s were known already") % {"n": grouped(known)})
    if run.left_out:
        said.append(_("%(n)s of other brands were left out") % {"n": grouped(run.left_out)})
    return said
