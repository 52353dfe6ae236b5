"""The list of a queue: rows, filters, the empty states, the next page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.conversations.finding import excerpt_of
from hearwell.conversations.queries import CaseRow
from hearwell.web.agent.inbox.faces import REASONS, Person
from hearwell.web.agent.inbox.facets import (
    FILTERS,
    Facet,
    Known,
    chip_words,
    choices_of,
    facets_of,
    gone_of,
)
from hearwell.web.agent.inbox.queues import Queue
from hearwell.web.components import clocks
from hearwell.web.components.clocks import ClockFace
from hearwell.web.components.dates import dated
from hearwell.web.components.marks import AUDIENCES
from hearwell.web.components.rows import Row

PAGE: Final = 30


@dataclass(frozen=True)
class Chip:
    """A filter that is set; its address takes it off."""

    label: str
    url: str


@dataclass(frozen=True)
class Filters:
    """The filters of a list as drawn. `gone`: what they name that is no more."""

    text: str
    hidden: list[tuple[str, str]]
    chips: list[Chip]
    facets: list[Facet]
    gone: list[str]

    @property
    def is_set(self) -> bool:
        """Whether the list is narrower than its queue: then it can be saved as a view."""
        return bool(self.chips)


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
    named = ("q", *FILTERS, "view")
    chosen = {name: query.get(name, "").replace("\x00", "") for name in named}
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
    """Turn rows of the record into rows of the screen, what was searched for marked in them."""
    asked, drawn = params.get("q", ""), []
    for case in cases:
        row = _row(case, people, case_url(case.id, params), at, current)
        drawn.append(replace(row, pieces=excerpt_of(case.said, asked)) if case.said else row)
    return drawn


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
        is_unsolved=case.is_unsolved,
        rating=case.rating,
    )


def _clock(case: CaseRow, at: datetime) -> ClockFace | None:
    if case.due_at is None or case.status != "open" or case.is_historic:
        return None
    since = case.waiting_since
    span = (case.due_at - since).total_seconds() if since else None
    return clocks.running(case.due_at, at, span_s=span if span and span > 0 else None)


def _says(case: CaseRow) -> str:
    if case.status == "snoozed" and case.snoozed_until:
        back = dated(localtime(case.snoozed_until), "D H:i")
        return _("Back %(when)s") % {"when": back}
    if case.status == "closed":
        when = dated(localtime(case.closed_at or case.last_message_at), "j M Y")
        reason = REASONS.get(case.closed_reason, "")
        return f"{reason} {when}".strip()
    if case.is_historic:
        return dated(localtime(case.last_message_at), "j M Y")
    if case.stage:
        return ""  # the chip beside it says enough
    return _("Waits for customer") if case.turn == "theirs" else _("Nothing to do")


def filters_of(params: Mapping[str, str], known: Known) -> Filters:
    """Return the filters as drawn, with what is chosen."""
    choices = choices_of(known)
    if "spike" in params:
        choices["spike"] = {params["spike"]: _("the messages it is made of")}
    if "incident" in params:
        choices["incident"] = {params["incident"]: _("the cases that are in it")}
    chips = [
        Chip(chip_words(name, params[name], choices), list_url(params, **{name: "", "view": ""}))
        for name in FILTERS
        if name in params
    ]
    if params.get("q"):
        found = _("“%(text)s”") % {"text": params["q"]}
        chips.append(Chip(found, list_url(params, q="", view="")))
    return Filters(
        text=params.get("q", ""),
        hidden=[(name, params[name]) for name in FILTERS if name in params],
        chips=chips,
        facets=facets_of(params, choices),
        gone=gone_of(params, choices),
    )


def empty_of(queue: Queue, params: Mapping[str, str], *, has_channels: bool) -> Empty:
    """Return what an empty list says."""
    if params.keys() - {"queue", "view"}:
        url = list_url({"queue": queue.key})
        text = _(
            "Nothing here fits the filter. In double quotes, words must stand as typed; a word"
            " with a minus before it must not."
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
