"""A Harbour that drops, delays, doubts, forgets to call, and shows late what it has taken.

Its log is the outside checker's witness of what was said. It never sleeps and knows no sockets:
what is to happen to a call is told by `Fate`, and who serves it (over HTTP, or in a simulation)
brings that about.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import httpx

from hearwell.connectors.sandbox.fake import FakeHarbour, Item, refusal

SECRET = "whsec-of-the-laboratory"
PAGES = ("page-1", "page-2")
TIMEOUT_S, READ_LAG_S = 0.8, 0.4


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that stands on the network, in the words of the network."""

    account: str
    id: str
    thread: str
    parent: str
    text: str
    is_ours: bool


class Fate(StrEnum):
    """What happens to a call that writes."""

    GOOD = ""
    THROTTLED = "429, nothing done"
    BROKEN = "503, nothing done"
    BROKEN_AFTER = "500, but done"
    CUT_BEFORE = "hung up before it was done"
    CUT_AFTER = "done, then hung up"
    LATE = "done, answered when nobody listens any more"
    LATER = "done only after its caller gave up"


_SHARES: Mapping[Fate, float] = {
    Fate.THROTTLED: 0.04,
    Fate.BROKEN: 0.03,
    Fate.BROKEN_AFTER: 0.04,
    Fate.CUT_BEFORE: 0.02,
    Fate.CUT_AFTER: 0.02,
    Fate.LATE: 0.02,
    Fate.LATER: 0.02,
}


class Page(FakeHarbour):
    """One page of the network, with a log; a read shows only what is old enough."""

    def __init__(self, name: str, log: list[Said], clock: Callable[[], datetime]) -> None:
        super().__init__({"id": name, "handle": name, "name": name, "is_page": True})
        self.log, self._clock = log, clock
        self._now = clock()

    def post(self, author: Item, text: str, **more: Any) -> Item:
        """Say something, and write it down."""
        item = super().post(author, text, **more)
        self.log.append(
            Said(
                self.page["id"], item["id"], item["root_id"], item["parent_id"] or "",
                text, author == self.page,
            )
        )  # fmt: skip
        return item

    def envelope(self, *entries: Item) -> bytes:
        """What a webhook brings."""
        return json.dumps({"page": self.page["id"], "entries": entries}).encode()

    def _tick(self) -> str:
        self._now = max(self._now + timedelta(microseconds=1), self._clock())
        return self._now.isoformat()

    def _is_shown(self, at: str) -> bool:
        return self._clock() - datetime.fromisoformat(at) > timedelta(seconds=READ_LAG_S)

    def _sent(self, params: httpx.QueryParams) -> httpx.Response:
        items = json.loads(super()._sent(params).content)["items"]
        shown = [item for item in items if self._is_shown(item["created_at"])]
        return httpx.Response(200, json={"items": shown})

    def _events(self, after: int) -> httpx.Response:
        found: list[Item] = []
        for entry in self.entries[after : after + 50]:
            if not self._is_shown(entry["at"]):
                break
            found.append(entry)
        body = {
            "page": self.page["id"], "entries": found, "next": str(after + len(found)),
            "more": bool(found),
        }  # fmt: skip
        return httpx.Response(200, json=body)


@dataclass
class Network:
    """Pages, what was said on them, and the whims with which calls are met."""

    seed: int = 7
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    log: list[Said] = field(default_factory=list)
    whims: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.pages = {name: Page(name, self.log, self.clock) for name in PAGES}

    def customer_says(self, page: str, text: str, root: Item | None = None) -> Item:
        """A customer opens a thread, or goes on with theirs."""
        if root is None:
            number = len(self.log)
            who = {"id": f"c{number}", "handle": f"c{number}", "name": f"Customer {number}"}
            return self.pages[page].post(who, text)
        below = {"parent_id": root["id"], "root_id": root["id"]}
        return self.pages[page].post(root["author"], text, **below)

    def fate(self, request: httpx.Request) -> Fate:
        """What happens to a call: only those that write are doubtful."""
        dice = self.random.random()
        if request.method == "GET":
            return Fate.BROKEN if dice < _SHARES[Fate.BROKEN] else Fate.GOOD
        for fate, share in _SHARES.items():
            if dice < share:
                self.whims[fate] += 1
                return fate
            dice -= share
        return Fate.GOOD

    def take(self, request: httpx.Request) -> httpx.Response:
        """Do what is asked and answer: `/<page>/<what>`."""
        _, page, rest = urlsplit(str(request.url)).path.split("/", 2)
        url = request.url.copy_with(path=f"/sandbox/api/northwind/{rest}")
        return self.pages[page].handle(
            httpx.Request(request.method, url, headers=request.headers, content=request.content)
        )

    def refusal(self, fate: Fate) -> httpx.Response | None:
        """The answer of a call that is turned away; None if it is taken, one way or another."""
        if fate is Fate.THROTTLED:
            answer = refusal(429, "slow_down")
            answer.headers["retry-after"] = "1"
            return answer
        return httpx.Response(503) if fate is Fate.BROKEN else None
