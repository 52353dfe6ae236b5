"""Orders of reports in words, and what a form said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.benchmarks.models import Panel
from hearwell.kit.clock import now
from hearwell.scheduledreports.kinds import KINDS
from hearwell.scheduledreports.models import Letter, LetterState, Order
from hearwell.scheduledreports.queries import OrderRow, may_keep
from hearwell.scheduledreports.rules import HOURS, Cadence
from hearwell.scheduledreports.services.letters import WHY
from hearwell.scheduledreports.services.orders import Wish
from hearwell.web.agent.reports.spans import id_of
from hearwell.web.components.dates import dated, days_words

_LATE_S: Final = 600


@dataclass(frozen=True, slots=True)
class TroubleFace:
    """A letter that was not sent, or perhaps not."""

    id: UUID
    name: str
    days: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class OrderFace:
    """An order in words. `is_mine` it is sent to who looks; `has_stopped` they ended it."""

    id: UUID
    version: int
    title: str
    when: str
    files: str
    readers: list[tuple[str, bool]]
    next_at: str
    is_late: bool
    sent_at: str
    is_paused: bool
    may_keep: bool
    is_mine: bool
    has_stopped: bool
    can_undo: bool
    troubles: list[TroubleFace]


def title_of(order: Order, panels: Mapping[UUID, Panel]) -> str:
    """Name what is sent."""
    kind = KINDS.get(order.kind)
    title = _(kind.title) if kind else order.kind
    if order.panel_id is None:
        return title
    panel = panels.get(order.panel_id)
    return f"{title}: {panel.name}" if panel else _("%(title)s: a removed panel") % {"title": title}


def when_of(order: Order) -> str:
    """Say when it is sent."""
    values = {"time": f"{order.hour:02d}:00"}
    match Cadence(order.cadence):
        case Cadence.DAILY:
            return _("Every day at %(time)s, of the day before") % values
        case Cadence.WEEKLY:
            day = str(WEEKDAYS[order.on_day - 1])
            return _("Every %(day)s at %(time)s, of the seven days before") % {**values, "day": day}
    words = _("Every month on day %(day)s at %(time)s, of the month before")
    return words % {**values, "day": order.on_day}


def face_of(
    row: OrderRow, member: Membership, names: Mapping[UUID, str], panels: Mapping[UUID, Panel]
) -> OrderFace:
    """Put an order into words, times by the clock of the workspace."""
    order, zone = row.order, ZoneInfo(member.workspace.time_zone)
    due = order.next_at
    return OrderFace(
        id=order.id,
        version=order.version,
        title=title_of(order, panels),
        when=when_of(order),
        files=_files(order),
        readers=[
            (names.get(one, _("no longer there")), one in row.stopped) for one in row.reader_ids
        ],
        next_at=dated(localtime(due, zone), "D j M, H:i") if due else "",
        is_late=due is not None and (now() - due).total_seconds() > _LATE_S,
        sent_at=dated(localtime(row.sent_at, zone), "D j M, H:i") if row.sent_at else "",
        is_paused=order.is_paused,
        may_keep=may_keep(member, order),
        is_mine=member.user_id in row.reader_ids,
        has_stopped=member.user_id in row.stopped,
        can_undo=bool(order.before),
        troubles=[_trouble(one, names) for one in row.troubles],
    )


def _files(order: Order) -> str:
    kinds = [word for word, has in (("PDF", order.has_pdf), ("CSV", order.has_csv)) if has]
    return ", ".join(kinds) if kinds else _("the text alone")


def _trouble(letter: Letter, names: Mapping[UUID, str]) -> TroubleFace:
    return TroubleFace(
        letter.id, names.get(letter.user_id, _("no longer there")),
        days_words(letter.first_on, letter.last_on), str(LetterState(letter.state).label),
        _(WHY[letter.why]) if letter.why in WHY else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form shows: an order as it stands, what was sent, or an empty one."""

    kind: str = "summary"
    panel_id: str = ""
    cadence: str = "weekly"
    week_day: int = 1
    month_day: int = 1
    hour: int = 8
    reader_ids: tuple[str, ...] = ()
    has_pdf: bool = True
    has_csv: bool = False
    seen: int = 0

    @classmethod
    def of(cls, order: Order) -> Typed:
        """Return the form of an order as it stands."""
        is_weekly = order.cadence == Cadence.WEEKLY
        return cls(
            order.kind, str(order.panel_id or ""), order.cadence,
            order.on_day if is_weekly else 1, (order.on_day or 1) if not is_weekly else 1,
            order.hour, tuple(order.reader_ids), order.has_pdf, order.has_csv, order.version,
        )  # fmt: skip

    @classmethod
    def read(cls, given: QueryDict) -> Typed:
        """Read what was sent; what is no number is none that may be chosen."""
        return cls(
            given.get("kind", ""), given.get("panel", ""), given.get("cadence", ""),
            number(given.get("week_day", "")), number(given.get("month_day", "")),
            number(given.get("hour", "")), tuple(given.getlist("reader")),
            given.get("pdf") == "1", given.get("csv") == "1", number(given.get("seen", "")),
        )  # fmt: skip

    def wish(self, member: Membership, *, for_all: bool) -> Wish:
        """Return what is meant; who may not choose readers orders for themselves."""
        found = [id_of(one) for one in self.reader_ids]
        readers = tuple(one for one in found if one) if for_all else (member.user_id,)
        is_weekly = self.cadence == Cadence.WEEKLY
        return Wish(
            self.kind, self.cadence, self.week_day if is_weekly else self.month_day, self.hour,
            readers, self.has_pdf, self.has_csv, id_of(self.panel_id),
        )  # fmt: skip


def number(text: str) -> int:
    """Return a small number, -1 for what is none."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= len("999999999")
    return int(text) if is_one else -1


def choices(panels: Iterable[Panel]) -> dict[str, object]:
    """Return what the form's lists offer."""
    return {
        "kinds": [(one.key, _(one.title)) for one in KINDS.values() if panels or not one.has_panel],
        "panels": [(str(one.id), one.name) for one in panels],
        "cadences": [
            ("daily", _("every day, of the day before")),
            ("weekly", _("every week, of the seven days before")),
            ("monthly", _("every month, of the month before")),
        ],
        "week_days": [(at + 1, str(name)) for at, name in sorted(WEEKDAYS.items())],
        "month_days": list(range(1, 32)),
        "hours": [(hour, f"{hour:02d}:00") for hour in HOURS],
    }
