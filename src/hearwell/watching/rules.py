"""How far a reading goes back, what of a page is kept, and what a message becomes. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
)

OWN, SAID = "own", "said"
EVERY_H: Final = 6
LEAST_H, MOST_H = 1, 168
# The first reading goes back so far, or so many messages; a day reads at most so many.
FIRST_BACK: Final = timedelta(days=30)
FIRST_ITEMS: Final = 2_000
DAILY_ITEMS: Final = 3_000
# Read again at the next reading: edits and deletions come without a word. Less where it is paid.
OVERLAP, PAID_OVERLAP = timedelta(hours=24), timedelta(hours=1)
KEPT: Final = timedelta(days=396)
UNDO: Final = timedelta(days=7)
MOST_WATCHED: Final = 50
_LONGEST_WAIT: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose record it is: `key` is the archive's name, `called` how people name it in a text."""

    author_id: str
    key: str
    called: str

    @property
    def naming(self) -> re.Pattern[str]:
        """Finds its name in a text, not as a part of a longer one."""
        return re.compile(rf"(?<![\w@]){re.escape(self.called)}(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page brought: messages as they are kept, edits and deletions, how many were read.

    `newest` and `oldest` are of the brand's own in a timeline, of all in a search.
    """

    messages: tuple[InboundMessage, ...] = ()
    edits: tuple[MessageEdited, ...] = ()
    deletions: tuple[MessageDeleted, ...] = ()
    read: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None


def page_of(items: Iterable[Inbound], brand: Brand, phase: str, since: datetime | None) -> Page:
    """Sort what a page brought. Private messages and those before `since` are left out.

    In what a search found only what names the brand is kept, for a search may be generous.
    """
    found = list(items)
    public = [one for one in found if isinstance(one, InboundMessage) and is_open(one)]
    recast = [recast_of(one, brand) for one in public]
    kept = [
        one
        for one in recast
        if (since is None or one.occurred_at >= since)
        and (phase == OWN or one.is_echo or one.kind is MessageKind.MENTION)
    ]
    times = [one.occurred_at for one in recast if phase == SAID or one.is_echo]
    return Page(
        messages=tuple(kept),
        edits=tuple(one for one in found if isinstance(one, MessageEdited)),
        deletions=tuple(one for one in found if isinstance(one, MessageDeleted)),
        read=len(public),
        newest=max(times, default=None),
        oldest=min(times, default=None),
    )


def is_open(item: InboundMessage) -> bool:
    """Say whether everybody may read it."""
    return item.audience is Audience.PUBLIC


def recast_of(item: InboundMessage, brand: Brand) -> InboundMessage:
    """Return a message as the brand's record has it: its own words are answers, others' are not.

    People of different networks are told apart by the network in front of their ids. Files stay
    where they are.
    """
    is_own = item.author.external_id == brand.author_id
    network = brand.key.partition(":")[0]
    author = item.author
    return replace(
        item,
        account=brand.key,
        kind=_kind(item, brand, is_own=is_own),
        author=Author(f"{network}:{author.external_id}", author.handle, author.name),
        media=(),
        is_echo=is_own,
        echo_key=None,
        raw_index=None,
        needs_reply=None,
        addressed_to=(),
    )


def _kind(item: InboundMessage, brand: Brand, *, is_own: bool) -> MessageKind:
    if not is_own and brand.naming.search(item.text):
        return MessageKind.MENTION
    return MessageKind.COMMENT if item.parent_id or not is_own else MessageKind.POST


def missing(known: Iterable[str], page: Collection[str]) -> list[str]:
    """Return what is in the record between a page's ends and not on the page: it is gone there."""
    shown = set(page)
    return [one for one in known if one not in shown]


def horizon(began_at: datetime, ends_at: datetime | None, *, is_paid: bool) -> datetime:
    """Return how far back a reading goes: a little behind the last one, or as far as the first."""
    if ends_at is None:
        return began_at - FIRST_BACK
    return ends_at - (PAID_OVERLAP if is_paid else OVERLAP)


def share_of_first(*, hears_all: bool) -> int:
    """Return how many messages the first reading takes of each of its phases."""
    return FIRST_ITEMS // 2 if hears_all else FIRST_ITEMS


def left_today(read_on: date | None, read_items: int, at: datetime) -> int:
    """Return how many messages may still be read on this day (UTC)."""
    return DAILY_ITEMS - (read_items if read_on == at.astimezone(UTC).date() else 0)


def tomorrow(at: datetime) -> datetime:
    """Return the next midnight (UTC)."""
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 5 minutes, doubled, 6 hours."""
    return min(timedelta(minutes=5) * (1 << min(failures, 8)), _LONGEST_WAIT)


def first_own(items: Sequence[Inbound], typed: str) -> Author | None:
    """Return who wrote what a timeline begins with: the name, where several wrote."""
    authors = [one.author for one in items if isinstance(one, InboundMessage) and is_open(one)]
    wanted = bare(typed)
    named = [one for one in authors if wanted in {bare(one.handle), one.external_id.lower()}]
    if named:
        return named[0]
    return authors[0] if len({one.external_id for one in authors}) == 1 else None


def bare(handle: str) -> str:
    """Return a handle as it is compared."""
    return handle.strip().strip("/").removeprefix("u/").lstrip("@").casefold()
