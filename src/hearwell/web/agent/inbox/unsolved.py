"""That a customer says it is not solved: what they said, and how it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hearwell.conversations.models import Message
from hearwell.conversations.queries import CasePage
from hearwell.web.components.solved import misread_among, question_of

_SHOWN: Final = 3
_LONGEST: Final = 300


@dataclass(frozen=True)
class Unsolved:
    """When they said no, in which words, and the question that it answers.

    `said` is empty where they only pressed a link; `question` where it is not known any more.
    """

    at: datetime
    said: list[str]
    question: str


def unsolved_of(page: CasePage, messages: Sequence[Message]) -> Unsolved | None:
    """Return what a customer said of what we thought was solved; None unless it waits for us."""
    case = page.case
    if case.unsolved_at is None or case.turn != "ours":
        return None
    misread = misread_among(page.log)
    answers = (one for one in reversed(page.log) if one.verb == "solved_no")
    line = next((one for one in answers if question_of(one) not in misread), None)
    by_message = str(line.data.get("message", "")) if line else ""
    words = [
        one.text[:_LONGEST]
        for one in messages
        if one.direction == "in"
        and one.deleted_at is None
        and (str(one.id) == by_message or one.sent_at > case.unsolved_at)
    ]
    said = [one for one in words if one.strip()][-_SHOWN:]
    return Unsolved(case.unsolved_at, said, question_of(line) if line else "")
