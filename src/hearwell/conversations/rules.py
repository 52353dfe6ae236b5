"""Whose turn it is, and when a closed case comes back: pure functions, no database.

`standing` is the definition; services/standing.py computes the same for many cases at once in SQL,
and a test holds the two against each other on random stories.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from hearwell.conversations.listing import matches

__all__ = [
    "ACKNOWLEDGE",
    "ANSWER",
    "LONGEST_REOPEN_DAYS",
    "NO_DUTY",
    "REOPEN_WITHIN",
    "Gist",
    "Said",
    "Standing",
    "Turn",
    "bare_subject",
    "is_answer_to",
    "is_still_its_case",
    "matches",
    "standing",
    "weight",
]


class Gist(NamedTuple):
    """What a case is about, as far as that was judged: a language tag, topics in lower case."""

    language: str = ""
    topics: frozenset[str] = frozenset()


ANSWER, ACKNOWLEDGE, NO_DUTY = "answer", "acknowledge", "none"
# Where a workspace does not say otherwise.
REOPEN_WITHIN: Mapping[str, timedelta] = {
    "private": timedelta(days=30),
    "public": timedelta(days=7),
}
LONGEST_REOPEN_DAYS = 365


class Turn(StrEnum):
    """Who has to say something next."""

    OURS = "ours"
    THEIRS = "theirs"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a case, as far as the turn is concerned.

    `person` is who wrote it (inbound). `to` is the author of the message that ours replies to:
    None means everybody in the conversation. A reply to somebody not yet known answers nobody else.
    """

    at: datetime
    conversation: str
    is_ours: bool = False
    person: str = ""
    duty: str = ANSWER
    to: str | None = None
    is_holding: bool = False
    is_automatic: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose turn it is and since when the longest-waiting customer waits."""

    turn: Turn
    waiting_since: datetime | None = None
    waiting: frozenset[str] = frozenset()


def is_answer_to(ours: Said, theirs: Said) -> bool:
    """Say whether a message of ours settles one of theirs.

    A holding reply only acknowledges and an automatic one settles nothing. In a thread of many,
    a reply to one person leaves the others waiting.
    """
    is_human_answer = ours.is_ours and not (ours.is_holding or ours.is_automatic)
    is_in_place = ours.conversation == theirs.conversation and ours.at >= theirs.at
    return is_human_answer and is_in_place and ours.to in (None, theirs.person)


def standing(story: Collection[Said]) -> Standing:
    """Return whose turn it is after these messages, in whatever order they came in.

    Theirs, if our last word came after theirs; none, if the last word was theirs and needs no
    answer (a closing thank-you), or if nobody of them ever spoke.
    """
    theirs = [said for said in story if not said.is_ours]
    ours = [said for said in story if said.is_ours and not said.is_automatic]
    waiting = [
        said
        for said in theirs
        if said.duty == ANSWER
        and not said.is_deleted
        and not any(is_answer_to(reply, said) for reply in ours)
    ]
    if waiting:
        people = frozenset(said.person for said in waiting)
        return Standing(Turn.OURS, min(said.at for said in waiting), people)
    if not theirs or not ours:
        return Standing(Turn.NONE)
    is_our_word_last = max(said.at for said in ours) >= max(said.at for said in theirs)
    return Standing(Turn.THEIRS if is_our_word_last else Turn.NONE)


_WEIGHTS = {"complaint": 1, "request": 2, "question": 3, "prepurchase": 4}
_LIGHTEST, _DOUBTFUL, _SURE_FROM = 5, 10, 50


def weight(kind: str, certainty: int | None) -> int:
    """Return how heavily a kind weighs in a case, least for the weightiest; doubt weighs little.

    `certainty` in percent. A case shows the kind of the weightiest of what waits in it.
    """
    is_doubtful = certainty is not None and certainty < _SURE_FROM
    return _WEIGHTS.get(kind, _LIGHTEST) + (_DOUBTFUL if is_doubtful else 0)


# Re:, AW:, Fwd:, … as mail programs put them before a subject, in the languages they speak.
_ANSWERS = re.compile(
    r"\A\s*(?:(?:re|aw|antw|sv|vs|odp|ynt|rv|ref|rif|res|fwd?|wg|tr|rv|i|enc|vb|vl|回复|回覆|答复|转发|رد)"
    r"\s{0,9}(?:\[\d+\])?\s{0,9}[:\uff1a]\s*)+",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """Return what a subject is about, without the marks of answering and passing on."""
    return " ".join(_ANSWERS.sub("", subject, count=1).split())


def is_still_its_case(
    closed_at: datetime | None,
    sent_at: datetime,
    audience: str,
    windows: Mapping[str, timedelta] = REOPEN_WITHIN,
) -> bool:
    """Say whether a message belongs to its thread's closed case, or is a new matter."""
    within = windows.get(audience, windows["public"])
    return closed_at is None or sent_at - closed_at <= within
