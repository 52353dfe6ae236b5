"""Status updates in words, for the board, for a case, for staff and for customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.board.models import State
from hearwell.board.queries import Counts, Said

# state -> tone, icon, word
STATES: Final[Mapping[str, tuple[str, str, str | Promise]]] = {
    "draft": ("", "pencil", _("Draft")),
    "live": ("ok", "check", _("Holds now")),
    "corrected": ("warn", "pencil", _("Corrected")),
    "expired": ("", "clock", _("Its time is over")),
    "withdrawn": ("late", "undo-2", _("Withdrawn")),
    "ended": ("", "check-check", _("Over")),
}


@dataclass(frozen=True)
class Before:
    """What an update said before, until when."""

    headline: str
    public_text: str
    until: datetime


@dataclass(frozen=True)
class StatusFace:
    """An update as drawn. `changed_at` is when it was corrected or withdrawn, None for neither."""

    id: UUID
    headline: str
    details: str
    public_text: str
    replies: Mapping[str, str]
    state: str
    tone: str
    icon: str
    word: str
    at: datetime
    changed_at: datetime | None
    ended_at: datetime | None
    until: datetime | None
    topic: str
    entities: Sequence[str]
    before: Sequence[Before]
    counts: Counts

    @property
    def is_gone(self) -> bool:
        """Whether it held never or holds no more."""
        return self.state in {"withdrawn", "ended", "expired"}


def face_of(said: Said, counts: Counts | None = None) -> StatusFace:
    """Put an update into words."""
    one, state = said.update, _state(said)
    tone, icon, word = STATES[state]
    later = [*said.before, said.now][1:]
    is_changed = one.state == State.WITHDRAWN or one.is_corrected
    return StatusFace(
        id=one.id,
        headline=said.now.headline,
        details=said.now.details,
        public_text=said.now.public_text,
        replies=said.now.replies,
        state=state,
        tone=tone,
        icon=icon,
        word=str(word),
        at=one.published_at or one.created_at,
        changed_at=one.changed_at if is_changed else None,
        ended_at=one.ended_at,
        until=one.valid_until,
        topic=one.topic,
        entities=one.entities,
        before=[
            Before(old.headline, old.public_text, new.at)
            for old, new in zip(said.before, later, strict=True)
        ],
        counts=counts or Counts(),
    )


def _state(said: Said) -> str:
    one = said.update
    if one.state != State.PUBLISHED:
        return one.state
    if not one.is_live:
        return "expired"
    return "corrected" if one.is_corrected else "live"


def public_faces(live: Sequence[Said], over: Sequence[Said]) -> list[StatusFace]:
    """Return what customers may know: what holds, and what is withdrawn, never what is for staff.

    One whose text for customers was taken out stays, as corrected, while it holds.
    """
    gone = [one for one in over if one.update.state == State.WITHDRAWN]
    faces = [face_of(one) for one in (*live, *gone)]
    return [one for one in faces if one.public_text or any(b.public_text for b in one.before)]
