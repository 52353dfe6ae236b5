"""Tools in words: cards, where an action is and why, what may be said of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.commerce.cards import Card, card_from
from hearwell.commerce.definition import Definition, Field, Source
from hearwell.commerce.models import ToolRun
from hearwell.commerce.queries import run_by_id, tool_at
from hearwell.commerce.rules import Code, State
from hearwell.powers.money import shown_amount
from hearwell.web.components.dates import dated

KINDS: Final[dict[str, tuple[str | Promise, str]]] = {
    "order": (gettext_lazy("Order"), "package"),
    "booking": (gettext_lazy("Booking"), "ticket"),
    "call": (gettext_lazy("Call"), "phone"),
    "other": (gettext_lazy("Other"), "file-text"),
}
STATES: Final[dict[str, str | Promise]] = {
    State.ASKED: gettext_lazy("Waits for a second person"),
    State.QUEUED: gettext_lazy("Is about to be done"),
    State.CALLING: gettext_lazy("Is being done"),
    State.UNKNOWN: gettext_lazy("Outcome unknown: is being looked up"),
    State.HUMAN: gettext_lazy("Outcome unknown: look in the other system"),
    State.DONE: gettext_lazy("Done"),
    State.FAILED: gettext_lazy("Not done"),
}
CODES: Final[dict[str, str | Promise]] = {
    Code.REFUSED: gettext_lazy("The other system refused it."),
    Code.SIGN_IN: gettext_lazy(
        "The other system does not know our secret. Ask an admin to renew it under Tools."
    ),
    Code.NO_CONNECTION: gettext_lazy("The other system could not be reached."),
    Code.NOT_ALLOWED: gettext_lazy("Its address may not be called. Ask who runs this server."),
    Code.BUSY: gettext_lazy("The other system asks us to wait."),
    Code.TIMEOUT: gettext_lazy("The other system did not answer in time."),
    Code.BROKEN: gettext_lazy("The other system answered with an error of its own."),
    Code.TOO_LARGE: gettext_lazy("The answer was too large."),
    Code.UNREADABLE: gettext_lazy("The answer was not what was declared."),
    Code.NOT_THERE: gettext_lazy("Nothing was found."),
    Code.NO_TRACE: gettext_lazy("The other system has no trace of it: nothing was done."),
    Code.NOT_APPROVED: gettext_lazy("It was not approved."),
    Code.STOPPED: gettext_lazy("Sending is stopped. Nothing was done."),
    Code.LOST: gettext_lazy("It was interrupted."),
    Code.BY_HAND: gettext_lazy("Somebody looked in the other system."),
    Code.NO_KEY: gettext_lazy("Its secret cannot be opened. Ask an admin to enter it again."),
    Code.OFF: gettext_lazy("This tool is not in use any more."),
}
SOURCES: Final[dict[str, str | Promise]] = {
    Source.TYPED: gettext_lazy("said by the agent"),
    Source.CARD: gettext_lazy("from the card"),
    Source.FOUND: gettext_lazy("number in the conversation"),
    Source.EMAIL: gettext_lazy("customer's e-mail"),
    Source.PHONE: gettext_lazy("customer's telephone"),
    Source.HANDLE: gettext_lazy("customer's handle"),
    Source.NAME: gettext_lazy("customer's name"),
    Source.CASE: gettext_lazy("case number"),
    Source.FIXED: gettext_lazy("always the same"),
}
WHERE: Final[dict[str, str | Promise]] = {
    "public": gettext_lazy("written in public"),
    "private": gettext_lazy("written in private"),
    "profile": gettext_lazy("from the profile"),
    "team": gettext_lazy("typed by a colleague"),
}
_SLOT: Final = re.compile(r"\{(title|ref|state|amount|date|link)\}")


@dataclass(frozen=True)
class CardFace:
    """A card in words."""

    kind: str
    icon: str
    title: str
    ref: str
    state: str
    amount: str
    date: str
    link: str
    details: list[list[str]]


def card_face(card: Card) -> CardFace:
    """Put a card into words."""
    word, icon = KINDS.get(card.kind, KINDS["other"])
    has_amount = card.amount_minor is not None and bool(card.currency)
    return CardFace(
        str(word), icon, card.title or card.ref or str(word), card.ref, card.state,
        shown_amount(card.amount_minor or 0, card.currency) if has_amount else "",
        day_words(card.date), card.link, card.details,
    )  # fmt: skip


def day_words(text: str) -> str:
    """Write a day, or a moment, as people read it; empty for what is none."""
    try:
        if len(text) <= len("2026-11-30"):
            return dated(date.fromisoformat(text), "j M Y")
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return dated(localtime(moment) if moment.tzinfo else moment, "j M Y, H:i")


def why_words(why: list[list[str]]) -> str:
    """Say by which of the customer's marks something was looked up."""
    parts = [f"{value} ({WHERE.get(where, where)})" for _source, value, where in why if value]
    return ", ".join(parts) or str(WHERE["team"])


def is_doubtful(why: list[list[str]]) -> bool:
    """Whether nothing but words in public says that it is this customer's."""
    return bool(why) and all(where == "public" for _source, _value, where in why)


def said_of(definition: Definition, run: ToolRun) -> str:
    """Return what may be said to the customer of what was done; empty where nothing is."""
    if run.state != State.DONE or run.undoes_id is not None or not definition.reply:
        return ""
    card = card_from(run.result) if run.result else Card("other")
    face = card_face(card)
    amount = face.amount
    if run.amount_minor is not None:
        amount = shown_amount(run.amount_minor, run.currency)
    values = {
        "title": card.title, "ref": card.ref, "state": card.state, "amount": amount,
        "date": face.date, "link": card.link,
    }  # fmt: skip
    if any(not values[name] for name in _SLOT.findall(definition.reply)):
        return ""  # a sentence with a hole in it is worse than none
    return _SLOT.sub(lambda match: values[match[1]], definition.reply)


def said_by_tool(workspace_id: UUID, case_id: UUID, run_id: UUID) -> str:
    """Return what may be said of an action of this case; empty where nothing is. Two queries."""
    run = run_by_id(workspace_id, run_id)
    if run is None or run.case_id != case_id or run.undone_at is not None:
        return ""
    one = tool_at(run.tool, run.version)
    return said_of(one.definition, run) if one else ""


@dataclass(frozen=True)
class RunFace:
    """An action in words."""

    id: UUID
    case_id: UUID
    title: str
    state: str
    why: str
    words: str
    who: str
    at: datetime
    about: str
    amount: str
    card: CardFace | None
    is_open: bool
    is_done: bool
    is_failed: bool
    is_human: bool
    is_asked: bool
    is_undo: bool
    undone_at: datetime | None


def run_face(run: ToolRun, people: Mapping[UUID, Any]) -> RunFace:
    """Put an action into words."""
    person = people.get(run.user_id)
    card = card_from(run.result) if run.result else None
    about = card_from(run.card).ref if run.card else ""
    return RunFace(
        id=run.id, case_id=run.case_id, title=run.title,
        state=str(STATES.get(run.state, run.state)), why=str(CODES.get(run.code, "")),
        words=run.message, who=person.name if person else _("Somebody who has left"),
        at=run.created_at, about=about,
        amount=shown_amount(run.amount_minor, run.currency) if run.amount_minor else "",
        card=card_face(card) if card else None,
        is_open=run.state in (State.QUEUED, State.CALLING, State.UNKNOWN),
        is_done=run.state == State.DONE, is_failed=run.state == State.FAILED,
        is_human=run.state == State.HUMAN, is_asked=run.state == State.ASKED,
        is_undo=run.undoes_id is not None, undone_at=run.undone_at,
    )  # fmt: skip


@dataclass(frozen=True)
class AskedFace:
    """A field as a person fills it in."""

    name: str
    label: str
    kind: str
    value: str
    choices: list[str]
    is_required: bool
    most: int
    known: list[str]


def asked_face(one: Field, value: str, known: list[str]) -> AskedFace:
    """Put a field into a form."""
    choices = one.choices if one.source == Source.TYPED and one.kind == "choice" else []
    most = one.most if one.kind == "text" else 0
    return AskedFace(
        one.name, one.label or one.name, one.kind, value, choices, one.is_required, most or 200,
        known,
    )  # fmt: skip
