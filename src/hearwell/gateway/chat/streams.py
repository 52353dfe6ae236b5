"""The open chats of one web process: told by NOTIFY that something is new, each reads its own."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from uuid import UUID

from hearwell.webchat.services import CHANNEL

KEEP_ALIVE_S: Final = 15.0
# The case of a first message is there within a moment, and tells who of the team is at it.
LOOK_AGAIN_S, LOOKS = 1.5, 10
LONGEST_QUEUE: Final = 64
PING: Final = b"event: ping\ndata: {}\n\n"
__all__ = ["CHANNEL", "Chats", "OpenChat", "encoded"]


class OpenChat:
    """One page of a visitor's. Belongs to one event loop."""

    def __init__(self, visitor_id: UUID, address: str, seq: int) -> None:
        self.visitor_id, self.address, self.seq = visitor_id, address, seq
        # The case that the conversation belongs to, as far as is known.
        self.case_id: UUID | None = None
        self.has_news = asyncio.Event()
        self._looks = 0
        self.is_over = False
        self._signs: list[bytes] = []

    def stir(self) -> None:
        """There may be new lines."""
        self.has_news.set()

    def sign(self, name: str, data: Mapping[str, Any]) -> None:
        """Tell of something that is worth telling only now, such as typing."""
        if len(self._signs) < LONGEST_QUEUE:
            self._signs.append(encoded(name, data))
        self.has_news.set()

    def end(self) -> None:
        """End the stream; the page comes back by itself."""
        self.is_over = True
        self.has_news.set()

    async def wait(self) -> bool:
        """Wait for news; False if nothing happened for a while."""
        is_placed = self.case_id is not None or not self.seq or self._looks >= LOOKS
        self._looks += not is_placed
        pause = KEEP_ALIVE_S if is_placed else LOOK_AGAIN_S
        try:
            await asyncio.wait_for(self.has_news.wait(), pause)
        except TimeoutError:
            return False
        self.has_news.clear()
        return True

    def signs(self) -> list[bytes]:
        """Take what was signed since."""
        taken, self._signs = self._signs, []
        return taken


class Chats:
    """All open pages by visitor, in this process."""

    def __init__(self) -> None:
        self._open: dict[UUID, set[OpenChat]] = defaultdict(set)
        self._addresses: Counter[str] = Counter()
        # Who of the team is where, as far as anybody is: (whether here, whether writing).
        self._teams: dict[UUID, tuple[bool, bool]] = {}
        self._is_closing = False

    def join(self, chat: OpenChat) -> None:
        """Add a page."""
        self._open[chat.visitor_id].add(chat)
        self._addresses[chat.address] += 1
        if self._is_closing:
            chat.end()

    def leave(self, chat: OpenChat) -> bool:
        """Remove a page; True if it was the visitor's last one here."""
        pages = self._open[chat.visitor_id]
        pages.discard(chat)
        self._addresses[chat.address] -= 1
        if self._addresses[chat.address] <= 0:
            del self._addresses[chat.address]
        if not pages:
            del self._open[chat.visitor_id]
        return not pages

    def count(self, visitor_id: UUID, address: str) -> tuple[int, int]:
        """Return how many pages the visitor and the address have open here."""
        return len(self._open.get(visitor_id, ())), self._addresses.get(address, 0)

    def is_here(self, visitor_id: UUID) -> bool:
        """Say whether a page of the visitor is open in this process."""
        return visitor_id in self._open

    def visitors(self) -> set[UUID]:
        """Return who is here."""
        return set(self._open)

    def hear(self, facts: Mapping[str, Any]) -> None:
        """Take a notification in."""
        for chat in self._open.get(UUID(facts["visitor"]), ()):
            chat.stir()

    def show_team(self, case_id: UUID, *, is_here: bool, is_writing: bool) -> None:
        """Show the visitor of a case whether somebody reads it or writes an answer."""
        self._teams.pop(case_id, None)
        if is_here:
            self._teams[case_id] = (is_here, is_writing)
        for chat in self._all():
            if chat.case_id == case_id:
                chat.sign("team", {"here": is_here, "writing": is_writing})

    def place(self, chat: OpenChat, case_id: UUID | None) -> None:
        """Note which case a page belongs to now, and show it who is there."""
        if chat.case_id == case_id:
            return
        chat.case_id = case_id
        is_here, is_writing = (
            self._teams.get(case_id, (False, False)) if case_id else (False, False)
        )
        chat.sign("team", {"here": is_here, "writing": is_writing})

    def stir_all(self) -> None:
        """Have every page look: a notification is only a hint."""
        for chat in self._all():
            chat.stir()

    def end_streams(self) -> None:
        """End every stream."""
        self._is_closing = True
        for chat in self._all():
            chat.end()

    def _all(self) -> list[OpenChat]:
        return [chat for pages in self._open.values() for chat in pages]


def encoded(name: str, data: Mapping[str, Any]) -> bytes:
    """Return one event of the stream."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


async def following(chat: OpenChat, read: Any, beat: Any) -> AsyncIterator[bytes]:
    """Yield a page's stream: lines as they come, signs, a ping when nothing has for 15 s.

    ``read(seq)`` returns the next lines after a place; ``beat()`` notes that the page is there.
    """
    yield encoded("hello", {"seq": chat.seq, "keepalive_s": KEEP_ALIVE_S})
    chat.stir()
    while not chat.is_over:
        if not await chat.wait():
            await beat()
            yield PING
            continue
        for sign in chat.signs():
            yield sign
        while lines := await read(chat.seq):
            chat.seq = lines[-1]["seq"]
            yield encoded("lines", {"lines": lines})
