"""What the networks in memory share, and the examinations on them: no sockets.

A ``Pretended`` network behaves as documented and misbehaves on request: ``trouble`` names what goes
wrong until it is taken out, ``next_answer`` answers one call. An ``Examined`` subject makes cases
out of both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs, urlencode

import httpx

from hearwell.connect.contract import Polls, Refreshes, Replies
from hearwell.connect.failures import Failure
from hearwell.connect.model import Draft, Raw, Source
from hearwell.connect.subject import BREAKS, ErrorCase, Handler, Subject, breaking

# What an answer is called, the answer, and the failure that it has to be.
Answered = tuple[str, httpx.Response, type[Failure]]
# A trouble, whether it meets who asks (or who says something), and the failure that it has to be.
Trouble = tuple[str, bool, type[Failure]]
_CODE = "code-1"
_Told = TypeVar("_Told")


# --- a network -----------------------------------------------------------------------------------


@dataclass
class Pretended(ABC):
    """A network in memory. ``handle`` answers all calls, those of the sign-in pages too."""

    TROUBLES: ClassVar[Mapping[str, str]] = {}
    trouble: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    next_answer: Handler | None = None

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        self.hosts.add(request.url.netloc.decode())
        handler, self.next_answer = self.next_answer or self.respond, None
        return handler(request)

    @abstractmethod
    def respond(self, request: httpx.Request) -> httpx.Response:
        """What it answers, unless it was told otherwise for once."""

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to our webhook since it was last asked; nothing, unless it calls."""
        return []

    @property
    def client(self) -> httpx.Client:
        """A client that reaches this network and nothing else."""
        return httpx.Client(transport=httpx.MockTransport(self.handle))

    def as_delivered(self, told: list[_Told]) -> list[_Told]:
        """What is told, in the order and as often as its troubles have it."""
        ordered = told[::-1] if "reordered" in self.trouble else told
        again = 2 if "duplicates" in self.trouble else 1
        return [one for one in ordered for _ in range(again)]

    def as_heard(self, answer: httpx.Response) -> httpx.Response:
        """An answer, or the page of HTML that comes in its place."""
        is_garbled = "garbled" in self.trouble and answer.is_success
        return httpx.Response(200, text="<html>") if is_garbled else answer


@dataclass
class Tokened(Pretended):
    """A network that one is let into by OAuth 2. Only the newest access token is good."""

    access: str = "access-canary-1"
    refresh: str = "refresh-canary-1"
    _fresh: set[str] = field(default_factory=set)

    def is_dead(self, token: str) -> bool:
        """Whether a token is not good: not the newest, or out when tokens died."""
        is_over = {"token_expired", "consent_withdrawn"} & self.trouble
        return token != self.access or (bool(is_over) and token not in self._fresh)

    def renews(self, form: Mapping[str, str]) -> bool:
        """Whether a form of the token's door may bring a token: who comes from consent always."""
        is_good = form.get("refresh_token") == self.refresh
        is_renewal = form["grant_type"] == "refresh_token"
        return not is_renewal or (is_good and "consent_withdrawn" not in self.trouble)

    def issue(self) -> str:
        """A new access token, good in spite of any trouble."""
        self.access = f"access-canary-{len(self._fresh) + 2}"
        self._fresh.add(self.access)
        return self.access


def form_of(request: httpx.Request) -> dict[str, str]:
    """The fields of a form, each once."""
    given = parse_qs(request.content.decode(), keep_blank_values=True)
    return {name: values[0] for name, values in given.items()}


def consented(asked: Mapping[str, Any], code: str = _CODE) -> httpx.Response:
    """A page of consent where everybody agrees at once, and is sent back."""
    query = urlencode({"code": code, "state": asked.get("state", "")})
    return httpx.Response(302, headers={"location": f"{asked.get('redirect_uri', '')}?{query}"})


def said(**body: Any) -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, json=body)


def posted(url: str, headers: Mapping[str, str], body: bytes) -> Raw:
    """A delivery as the gateway keeps it."""
    return Raw("POST", url, headers, body, datetime.now(UTC), Source.WEBHOOK)


def looked_up(body: bytes, url: str = "") -> Raw:
    """An answer as a poll keeps it."""
    return Raw("GET", url, {}, body, datetime.now(UTC), Source.POLL)


# --- an examination on it ------------------------------------------------------------------------


class Examined(Subject):
    """A connector on a network in memory."""

    network: Pretended
    # What is asked for to see how a question fails.
    stream: ClassVar[str] = ""

    def contacted(self) -> frozenset[str]:
        """Every host that was called."""
        return frozenset(self.network.hosts)

    def say(self, text: str = "Hello", **changes: Any) -> object:
        """Send the good answer, somewhat changed."""
        return self.send(replace(self.draft(), text=text, **changes))

    def send(self, draft: Draft) -> object:
        """Send a draft."""
        assert isinstance(self.connector, Replies)  # noqa: S101 -- or the examination is wrong
        return self.connector.send(self.account, draft, "key-1")

    def ask(self) -> object:
        """Look for what is new."""
        assert isinstance(self.connector, Polls)  # noqa: S101 -- or the examination is wrong
        return self.connector.poll(self.account, self.stream, None)

    def renew(self, **secrets: str) -> object:
        """Renew the tokens, with other secrets than the account has."""
        assert isinstance(self.connector, Refreshes)  # noqa: S101 -- or the examination is wrong
        changed = {**self.account.secrets, **secrets}
        return self.connector.refresh(replace(self.account, secrets=changed))

    # --- misbehaving -----------------------------------------------------------------------------

    def misbehaving(self, handler: Handler, act: Callable[[], object]) -> object:
        """Do something while the network answers like this, once."""
        self.network.next_answer = handler
        try:
            return act()
        finally:
            self.network.next_answer = None

    def answered(self, act: Callable[[], object], cases: Iterable[Answered]) -> list[ErrorCase]:
        """What has to come of each of these answers to ``act``."""
        return [
            ErrorCase(name, partial(self.misbehaving, partial(_always, answer), act), expects)
            for name, answer, expects in cases
        ]

    def broken(self) -> list[ErrorCase]:
        """Every way a line can break while we say something."""
        return [
            ErrorCase(error.__name__, partial(self.misbehaving, breaking(error), self.say), expects)
            for error, expects in BREAKS
        ]

    def troubled(self, cases: Iterable[Trouble]) -> list[ErrorCase]:
        """What has to come of each of these troubles."""
        return [
            ErrorCase(
                f"{trouble}, {'asked' if is_read else 'told'}",
                partial(self._in_trouble, trouble, is_read=is_read),
                expects,
            )
            for trouble, is_read, expects in cases
        ]

    def _in_trouble(self, trouble: str, *, is_read: bool) -> object:
        self.network.trouble.add(trouble)
        try:
            return self.ask() if is_read else self.say(f"During {trouble}")
        finally:
            self.network.trouble.discard(trouble)


def _always(answer: httpx.Response, _: httpx.Request) -> httpx.Response:
    return answer
