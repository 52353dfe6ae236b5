"""What conversations need to know of an opinion about a message, whoever holds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hearwell.conversations.models import Message


class VerdictLike(Protocol):
    """What was thought of a message: rules.ANSWER, ACKNOWLEDGE or NO_DUTY, and how urgent."""

    @property
    def message(self) -> Message:
        """What it is about, in hand (not fetched for the asking)."""

    @property
    def duty(self) -> str:
        """What it asks of us."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def urgency(self) -> int:
        """From 0 to 4."""

    @property
    def certainty(self) -> float:
        """From 0 to 1."""


def latest_by_case(verdicts: Iterable[VerdictLike]) -> dict[UUID, VerdictLike]:
    """Return the verdict on the latest message of each case."""
    latest: dict[UUID, VerdictLike] = {}
    for verdict in verdicts:
        known = latest.get(verdict.message.case_id)
        if known is None or _place(verdict.message) > _place(known.message):
            latest[verdict.message.case_id] = verdict
    return latest


def _place(message: Message) -> tuple[datetime, UUID]:
    return message.sent_at, message.id
