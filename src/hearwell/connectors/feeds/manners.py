"""How a guest behaves: reads what robots.txt allows, one call after the other, as seldom as asked.

What is remembered here is of hosts, not of accounts: robots.txt for a day, and when a host was
last called by this process. Nothing breaks when it is forgotten. Where there are several processes
the house is asked besides (``Turns``): to a host we are one guest, however many we are.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from hearwell.connect import failures
from hearwell.connectors.feeds.fetching import INSIDE_CODE, Door, fetch
from hearwell.connectors.feeds.manifest import AGENT, MANIFEST
from hearwell.kit import clock

# Of a host and a spacing in seconds: how long it is until its turn; 0 takes it.
Turns = Callable[[str, float], float]
_KEEP_S: Final = 86_400.0
_MOST_HOSTS: Final = 2000
# RFC 9309 lets nobody rely on more than 500 KiB being read.
_MOST_ROBOTS: Final = 512 * 1024
SPACING_S: Final = 2.0
_APART_S: Final = 20.0
_LONGEST_SPACING_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 6 * 3600.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_DISALLOWED = "This site asks programs not to read this address (robots.txt), so we do not."
_TOMORROW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one host allows. None stands for: all of it."""

    parser: RobotFileParser | None
    until: float

    def allow(self, url: str) -> bool:
        return self.parser is None or self.parser.can_fetch(AGENT, url)

    @property
    def spacing_s(self) -> float:
        said = self.parser.crawl_delay(AGENT) if self.parser else None
        return min(_LONGEST_SPACING_S, max(SPACING_S, float(said or 0)))


class Manners:
    """Safe to use from several threads; two that ask for the same robots.txt do no harm."""

    def __init__(self, door: Door, turns: Turns | None = None) -> None:
        self._door = door
        self._turns = turns
        self._lock = threading.Lock()
        self._rules: dict[str, _Rules] = {}
        self._free_at: dict[str, float] = {}

    def permit(self, url: str) -> None:
        """Raise ``NotAllowed`` if the host's robots.txt keeps us out.

        Raises ``Unavailable``, too: where it cannot be read for now, nothing is allowed for now.
        """
        if not self._rules_for(url).allow(url):
            retry_at = clock.now() + _TOMORROW
            raise failures.NotAllowed(_DISALLOWED, network_code="robots", retry_at=retry_at)

    def wait_s(self, url: str) -> float:
        """Seconds until the host may be called; 0 takes the turn."""
        host, at = _host(url), time.monotonic()
        with self._lock:
            known = self._rules.get(host)
            spacing_s = known.spacing_s if known else SPACING_S
            free_at = self._free_at.get(host, at)
            if free_at <= at:
                _bounded(self._free_at)
                self._free_at[host] = at + spacing_s
        left_s = free_at - at
        if left_s <= 0 and self._turns is not None:
            left_s = self._turns(host, spacing_s)
        # Apart, lest all feeds of one host come back together for one turn.
        return left_s + random.uniform(0, _APART_S) if left_s > 0 else 0.0  # noqa: S311 -- no secret

    def _rules_for(self, url: str) -> _Rules:
        host, at = _host(url), time.monotonic()
        with self._lock:
            known = self._rules.get(host)
        if known is None or known.until < at:
            known = self._asked(url, at)
            with self._lock:
                _bounded(self._rules)
                self._rules[host] = known
        return known

    def _asked(self, url: str, at: float) -> _Rules:
        """Ask a host what it allows: no answer to be had allows nothing, no such file all."""
        robots = f"{_host(url)}/robots.txt"
        try:
            answer = fetch(self._door, robots, {}, permits=_always, most=_MOST_ROBOTS)
        except (failures.Refused, failures.AccountDisabled, failures.ContractChanged) as error:
            if error.network_code == INSIDE_CODE:
                raise
            return _Rules(None, at + _KEEP_S)
        text = answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
        return _Rules(_parser_of(text.splitlines()), at + _KEEP_S)


def _parser_of(lines: Sequence[str]) -> RobotFileParser:
    """Read a robots.txt; the standard library falls over some lines, and those say nothing."""
    parser = RobotFileParser()
    try:
        parser.parse(lines)
    except ValueError:
        parser = RobotFileParser()
        parser.parse([line for line in lines if _is_readable(line)])
    return parser


def _is_readable(line: str) -> bool:
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True


def _always(url: str) -> None:
    del url


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _bounded(known: dict[str, object] | dict[str, float] | dict[str, _Rules]) -> None:
    """Forget all when there are too many: it is only a memory."""
    if len(known) >= _MOST_HOSTS:
        known.clear()


def pause_s(headers: Mapping[str, str], asked_s: float) -> float:
    """Seconds until a feed is asked again: what it and its server want, within six hours."""
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    wanted = max(asked_s, float(found[1]) if found else 0.0, MANIFEST.poll_every_s)
    return min(wanted, _LONGEST_PAUSE_S)
