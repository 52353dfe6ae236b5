"""The list of a queue: rows, filters, the empty states, the next page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.conversations.queries import CaseRow
from hearwell.web.agent.inbox.faces import REASONS, Person
from hearwell.web.agent.inbox.queues import Queue
from hearwell.web.components import clocks
from hearwell.web.components.clocks import ClockFace
from hearwell.web.components.marks import AUDIENCES, KINDS, badge_of
from hearwell.web.components.rows import Row

PAGE: Final = 30
FILTERS: Final = ("channel", "kind", "audience", "assignee")


@dataclass(frozen=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is set; its address takes it off."""

    label: str
    url: str


@dataclass(frozen=True)
class Filters:
    """The filters of a list as drawn."""

    text: str
    hidden: list[tuple[str, str]]
    chips: list[Chip]
    channels: list[Option]
    kinds: list[Option]
    audiences: list[Option]
    assignees: list[Option]


@dataclass(frozen=True)
class Empty:
    """What an empty list says, and the next useful step."""

    icon: str
    title: str
    text: str
    url: str = ""
    action: str = ""


def wanted(queue: str, query: Mapping[str, str]) -> dict[str, str]:
    """Return the list's own parameters, as the live stream and the record take them too."""
    chosen = {name: query.get(name, "").replace("\x00", "") for name in ("q", *FILTERS)}
    return {"queue": queue, **{name: value for name, value in chosen.items() if value}}


def list_url(params: Mapping[str, str], **changes: str) -> str:
    """Return the address of a list with these parameters."""
    merged = {**params, **changes}
    query = {k: v for k, v in merged.items() if v and k != "queue"}
    base = reverse("inbox_queue", args=[merged["queue"]])
    return f"{base}?{urlencode(query)}" if query else base


def case_url(case_id: UUID, params: Mapping[str, str]) -> str:
    """Return the address of a case opened from a list: it remembers where one came from."""
    query = {("in" if name == "queue" else name): value for name, value in params.items()}
    return f"{reverse('case', args=[case_id])}?{urlencode(query)}"


def rows_of(
    cases: Sequence[CaseRow],
    people: Mapping[UUID, Person],
    params: Mapping[str, str],
    at: datetime,
    current: UUID | None = None,
) -> list[Row]:
    """Turn rows of the record into rows of the screen."""
    return [_row(case, people, case_url(case.id, params), at, current) for case in cases]


def _row(
    case: CaseRow,
    people: Mapping[UUID, Person],
    url: str,
    at: datetime,
    current: UUID | None,
) -> Row:
    person = people.get(case.assignee_id) if case.assignee_id else None
    clock = _clock(case, at)
    return Row(
        id=str(case.id),
        url=url,
        name=case.contact_name or _("Somebody"),
        network=case.network,
        audience=case.audience if case.audience in AUDIENCES else "public",
        text=case.preview or _("Without text"),
        stage=case.stage,
        clock=clock,
        kind=case.kind,
        percent=case.certainty,
        urgency=case.urgency if case.status != "closed" else 0,
        version=case.version,
        initials=person.initials if person else "",
        assigned_to=person.name if person else "",
        says="" if clock else _says(case),
        is_unread=case.unread and case.id != current,
        is_current=case.id == current,
    )


def _clock(case: CaseRow, at: datetime) -> ClockFace | None:
    if case.due_at is None or case.status != "open" or case.is_historic:
        return None
    since = case.waiting_since
    span = (case.due_at - since).total_seconds() if since else None
    return clocks.running(case.due_at, at, span_s=span if span and span > 0 else None)


def _says(case: CaseRow) -> str:
    if case.status == "snoozed" and case.snoozed_until:
        back = date_format(localtime(case.snoozed_until), "D H:i")
        return _("Back %(when)s") % {"when": back}
    if case.status == "closed":
        when = date_format(localtime(case.closed_at or case.last_message_at), "j M Y")
        reason = REASONS.get(case.closed_reason, "")
        return f"{reason} {when}".strip()
    if case.is_historic:
        return date_format(localtime(case.last_message_at), "j M Y")
    if case.stage:
        return ""  # the chip beside it says enough
    return _("Waits for customer") if case.turn == "theirs" else _("Nothing to do")


def filters_of(
    params: Mapping[str, str],
    channels: Sequence[Channel],
    people: Mapping[UUID, Person],
) -> Filters:
    """Return the filters as drawn, with what is chosen."""
    names = {str(c.id): f"{c.handle} ({badge_of(c.network).title})" for c in channels}
    kinds = {key: str(kind.word) for key, kind in KINDS.items()}
    audiences = {key: str(AUDIENCES[key].word) for key in ("public", "private")}
    who = {"me": _("Me"), "none": _("Nobody")}
    who |= {str(person.id): person.name for person in people.values()}
    choices = {"channel": names, "kind": kinds, "audience": audiences, "assignee": who}
    options = {
        name: [Option(value, label, params.get(name) == value) for value, label in named.items()]
        for name, named in choices.items()
    }
    chips = [
        Chip(choices[name].get(params[name], params[name]), list_url(params, **{name: ""}))
        for name in FILTERS
        if name in params
    ]
    if params.get("q"):
        found = _("“%(text)s”") % {"text": params["q"]}
        chips.append(Chip(found, list_url(params, q="")))
    return Filters(
        text=params.get("q", ""),
        hidden=[(name, params[name]) for name in FILTERS if name in params],
        chips=chips,
        channels=options["channel"],
        kinds=options["kind"],
        audiences=options["audience"],
        assignees=options["assignee"],
    )


def empty_of(queue: Queue, params: Mapping[str, str], *, has_channels: bool) -> Empty:
    """Return what an empty list says."""
    if len(params) > 1:
        url = list_url({"queue": queue.key})
        text = _(
            "Nothing in this queue fits the filter. In double quotes, words must stand as typed."
        )
        return Empty("search", _("Nothing found"), text, url, _("Clear the filter"))
    if not has_channels:
        text = _("Nothing is connected yet, so nobody can write to you.")
        return Empty("cable", _("Quiet here"), text, reverse("setup"), _("First steps"))
    title = _("All answered") if queue.key == "needs" else _("Empty")
    praise = list_url({"queue": "praise"})
    if queue.key == "needs":
        return Empty("check", title, str(queue.empty), praise, _("Open “Praise to thank”"))
    return Empty("check", title, str(queue.empty))
