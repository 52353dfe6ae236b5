"""The form in which the demo is written: people, and lines they say at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Act = Literal["post", "comment", "message", "edit", "delete", "like", "follow"]
DeskAct = Literal["assign", "close", "note", "incident", "link", "fact", "statement", "status"]
BRAND = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented customer. No two share a handle; none is meant to be anyone real."""

    handle: str
    name: str
    place: str = ""
    bio: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody does.

    ``at``: in the back-log minutes before the curtain rises, in the live part seconds after.
    ``who`` is a handle; the empty one is the brand, seen here as having answered from its own
    app. ``ref`` names what is said so that another line's ``to`` can point at it. What is done
    at the desk is done in Hearwell, to the case of ``to``; ``who`` is then an agent's initials.
    """

    at: float
    who: str
    do: Act | DeskAct
    text: str = ""
    ref: str = ""
    to: str = ""
    language: str = ""
    on_page: bool = True


def post(at: float, who: str, ref: str, text: str, language: str = "en") -> Line:
    """Say something on the brand's page."""
    return Line(at, who, "post", text, ref, language=language)


def mention(at: float, who: str, ref: str, text: str, language: str = "en") -> Line:
    """Say something elsewhere that names the brand."""
    return Line(at, who, "post", text, ref, language=language, on_page=False)


def aside(at: float, who: str, ref: str, text: str, language: str = "en") -> Line:
    """Speak of the brand elsewhere without addressing it: only who listens hears that."""
    return Line(at, who, "post", text, ref, language=language, on_page=False)


def comment(at: float, who: str, ref: str, to: str, text: str, language: str = "en") -> Line:
    """Answer something in public."""
    return Line(at, who, "comment", text, ref, to, language)


def message(at: float, who: str, ref: str, text: str, language: str = "en") -> Line:
    """Write to the brand in private."""
    return Line(at, who, "message", text, ref, language=language)


def answer(at: float, ref: str, to: str, text: str, language: str = "en") -> Line:
    """The brand answers in public."""
    return Line(at, BRAND, "comment", text, ref, to, language)


def private_answer(at: float, ref: str, to: str, text: str, language: str = "en") -> Line:
    """The brand answers in private."""
    return Line(at, BRAND, "message", text, ref, to, language)


def edit(at: float, who: str, to: str, text: str) -> Line:
    """Change what one said."""
    return Line(at, who, "edit", text, to=to)


def delete(at: float, who: str, to: str) -> Line:
    """Take back what one said."""
    return Line(at, who, "delete", to=to)


def like(at: float, who: str, to: str) -> Line:
    """Like what someone said."""
    return Line(at, who, "like", to=to)


def follow(at: float, who: str) -> Line:
    """Follow the brand's page."""
    return Line(at, who, "follow")


def assign(at: float, initials: str, to: str) -> Line:
    """An agent takes on a case."""
    return Line(at, initials, "assign", to=to)


def close(at: float, initials: str, to: str) -> Line:
    """An agent closes a case: solved."""
    return Line(at, initials, "close", to=to)


def note(at: float, initials: str, to: str, text: str) -> Line:
    """An agent leaves a note for the others."""
    return Line(at, initials, "note", text, to=to)


def incident(at: float, initials: str, to: str, title: str) -> Line:
    """A lead opens an incident with a case."""
    return Line(at, initials, "incident", title, to=to)


def link(at: float, initials: str, to: str) -> Line:
    """A case is put to the incident."""
    return Line(at, initials, "link", to=to)


def fact(at: float, initials: str, to: str, text: str) -> Line:
    """What is known now is written into the log of the case's incident."""
    return Line(at, initials, "fact", text, to=to)


def statement(at: float, initials: str, to: str, text: str) -> Line:
    """A holding statement is written for the case's incident, to be signed."""
    return Line(at, initials, "statement", text, to=to)


def status(at: float, initials: str, to: str, about: str, text: str) -> Line:
    """The status board says something about what customers name."""
    return Line(at, initials, "status", f"{about}|{text}", to=to)


def moment_of(line: Line, curtain: datetime, *, is_live: bool) -> datetime:
    """When a line is said."""
    if is_live:
        return curtain + timedelta(seconds=line.at)
    return curtain - timedelta(minutes=line.at)
