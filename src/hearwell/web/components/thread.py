"""A conversation as it is read: messages, notes, and lines about what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

LONG: Final = 1500
_CSS: Final = {"public": "pub", "private": "priv", "team": "note"}


@dataclass(frozen=True)
class Foot:
    """A remark under a message, with its icon; `tone` is a class such as c-late."""

    icon: str
    text: str
    tone: str = ""
    is_state: bool = False


@dataclass(frozen=True)
class Settle:
    """A button under a reply that waits for a decision."""

    act: str
    words: str


@dataclass(frozen=True)
class ActFace:
    """Something that can be done to a message on its network: `act` as the form names it."""

    act: str
    icon: str
    words: str


@dataclass(frozen=True)
class OldVersion:
    """What a message said before it was edited, and how many stars a review had."""

    at: datetime
    text: str
    rating: int | None = None
    stars_words: str = ""

    @property
    def stars(self) -> str:
        """The rating as stars; empty without one."""
        return stars_of(self.rating)


def stars_of(rating: int | None) -> str:
    """Return a rating of one to five as five stars, full and empty; nothing without one."""
    return "★" * rating + "☆" * max(0, 5 - rating) if rating else ""


def folded(new: str, whole: str) -> str:
    """Return what of the whole text is not in the new part: quotes and signatures."""
    kept = [line for line in new.split("\n") if line.strip()]
    rest: list[str] = []
    for line in whole.split("\n"):
        if kept and line == kept[0]:
            kept.pop(0)
        elif line.strip() or (rest and rest[-1]):
            rest.append(line)
    return "\n".join(rest).strip("\n")


@dataclass(frozen=True)
class MediaFace:
    """Something attached: a picture that is shown, a file to take, or an address elsewhere.

    `url` is empty where there is nothing to open; `alt` is what its author says is on a picture.
    """

    words: str
    url: str = ""
    alt: str = ""
    is_picture: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True)
class MessageFace:
    """A message as drawn. `side` is in, out or note; `audience` public, private or team.

    `folded` is the part of a letter that is shown on a press; `warning` stands above its text.
    `is_unread`: a reply that waits for this person to read and approve it.
    """

    id: str
    side: str
    audience: str
    network: str
    author: str
    at: datetime
    text: str
    line: str = ""
    subject: str = ""
    warning: str = ""
    folded: str = ""
    signature: str = ""
    language: str = ""
    permalink: str = ""
    is_call: bool = False
    delivery_id: str = ""
    rating: int | None = None
    rating_words: str = ""
    is_deleted: bool = False
    is_let_go: bool = False
    is_waiting: bool = False
    is_failed: bool = False
    is_unread: bool = False
    media: list[MediaFace] = field(default_factory=list)
    foot: list[Foot] = field(default_factory=list)
    versions: list[OldVersion] = field(default_factory=list)
    settles: list[Settle] = field(default_factory=list)
    acts: list[ActFace] = field(default_factory=list)

    @property
    def css(self) -> str:
        """Classes that make the audience unmistakable by edge and colour."""
        side = {"in": "in", "out": "out", "note": ""}[self.side]
        states = (("deleted", self.is_deleted), ("waiting", self.is_waiting))
        marks = [name for name, is_on in (*states, ("failed", self.is_failed)) if is_on]
        return " ".join(part for part in (side, _CSS[self.audience], *marks) if part)

    @property
    def is_long(self) -> bool:
        """Whether the text scrolls in its own box, which must then be reachable by key."""
        return len(self.text) > LONG or self.text.count("\n") > 14  # noqa: PLR2004  lines that fit

    @property
    def stars(self) -> str:
        """A review's rating as stars."""
        return stars_of(self.rating)

    @property
    def stars_words(self) -> str:
        """The rating for screen readers."""
        return self.rating_words


@dataclass(frozen=True)
class Happening:
    """A line between messages: assigned, snoozed, solved.

    `move` can be taken back here, `question` is an answer that may have been misread.
    """

    at: datetime
    icon: str
    text: str
    move: str = ""
    question: str = ""


@dataclass(frozen=True)
class Item:
    """One thing in the thread, with the day's heading where a new day begins."""

    message: MessageFace | None = None
    event: Happening | None = None
    day: str = ""
