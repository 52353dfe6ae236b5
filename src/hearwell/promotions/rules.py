"""Why somebody is held back, and what may be told of them: pure, no database."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why nothing is promoted to a person, the weightiest first.

    Of several cases the weightiest reason counts. `cooling_off`: all is settled, not for long.
    """

    UNANSWERED = "unanswered"
    OPEN = "open"
    WAITING = "waiting_for_customer"
    SNOOZED = "snoozed"
    COOLING_OFF = "cooling_off"


class Basis(StrEnum):
    """On what ground hashed e-mail addresses are given to other programs; none: they are not."""

    NONE = ""
    CONSENT = "consent"
    CONTRACT = "contract"
    INTEREST = "legitimate_interest"


REASONS: Final = tuple(Reason)
# Cases closed for these reasons were no matter of the person's: nothing cools off.
NO_MATTER: Final = ("spam", "not_about_us", "duplicate")
USUAL_COOL_OFF: Final = timedelta(hours=48)
LONGEST_COOL_OFF: Final = timedelta(days=90)
LONGEST_STATEMENT: Final = 500
# In place of the address itself, which is nobody's business but ours.
EMAIL: Final = "email"
UNVERIFIED: Final = "unverified:"


def rank_of(reason: Reason) -> int:
    """Return how heavily a reason weighs, 1 for the weightiest."""
    return REASONS.index(reason) + 1


def reason_of(rank: int) -> Reason:
    """Return the reason of a rank."""
    return REASONS[rank - 1]


def reason_for(status: str, turn: str) -> Reason:
    """Return why a case holds a person back, by how it stands."""
    if status == "closed":
        return Reason.COOLING_OFF
    if turn == "ours":
        return Reason.UNANSWERED
    if status == "snoozed":
        return Reason.SNOOZED
    return Reason.WAITING if turn == "theirs" else Reason.OPEN
