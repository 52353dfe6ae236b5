"""The examination of the connector on the in-memory network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Draft, Raw, Source
from hearwell.connect.subject import BREAKS, Count, ErrorCase, Handler, Subject, breaking
from hearwell.connectors.google.fake_doors import (
    ACCESS,
    CLIENT,
    CLIENT_SECRET,
    REFRESH,
    refusal,
)
from hearwell.connectors.youtube.connector import YoutubeConnector
from hearwell.connectors.youtube.fake_network import CHANNEL, NAMES, Network
from hearwell.connectors.youtube.manifest import SCOPE


class Fake(Subject):
    """One channel with one comment below its video."""

    connector: YoutubeConnector

    def __init__(self) -> None:
        self.network = Network()
        self.next_answer: Handler | None = None
        self.connector = YoutubeConnector(httpx.Client(transport=httpx.MockTransport(self._answer)))
        self.account = Account(
            external_id=CHANNEL,
            handle=NAMES[CHANNEL],
            settings={},
            secrets={
                "access": ACCESS,
                "refresh": REFRESH,
                "client_id": CLIENT,
                "client_secret": CLIENT_SECRET,
            },
            scopes=frozenset({SCOPE}),
        )
        self.first = self.network.customer_says("My bag stayed in Lisbon")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        handler, self.next_answer = self.next_answer or self.network.handle, None
        return handler(request)

    def raw(self, body: bytes) -> Raw:
        """An answer in our envelope; nobody signs here."""
        return Raw("GET", "", {}, body, datetime.now(UTC), Source.POLL)

    def story(self) -> list[Raw]:
        """A comment, edited, a reply, our answer, and the reply taken back."""
        network = Network()
        first = network.customer_says("Where is my bag?")
        raws = [self._thread(network, first)]
        network.edits(first, "Where is my blue bag?")
        reply = network.customer_says("Anyone?", parent=first)
        network.customer_says("We are looking.", parent=first, author=CHANNEL)
        raws.append(self._thread(network, first))
        raws.append(self._said({"gone": [reply]}))
        return raws

    def _thread(self, network: Network, top: str) -> Raw:
        return self._said({"threads": [network.thread(network.comments[top])]})

    def _said(self, said: dict[str, object]) -> Raw:
        return self.raw(json.dumps({"account": CHANNEL, **said}).encode())

    def delivered(self) -> list[Raw]:
        """What a look would find now, each comment alone."""
        return [self._said({"comments": [one]}) for one in self.network.comments.values()]

    def draft(self) -> Draft:
        """An answer to the first comment."""
        return Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=CHANNEL,
            thread_key=self.first,
            parent_id=self.first,
            root_id=self.first,
            initials="AB",
        )

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *(self._answering(*case) for case in _REFUSALS),
            *(self._breaking(*case) for case in BREAKS),
            ErrorCase("no thread", lambda: self._send(thread="Ugnone"), failures.TargetGone),
            ErrorCase("too long", lambda: self._send(text="x" * 10_001), failures.TooLong),
            ErrorCase("poll at 500", partial(self._polling, _DOWN), failures.Unavailable),
            ErrorCase("poll in HTML", partial(self._polling, _HTML), failures.ContractChanged),
            ErrorCase("poll at 410", partial(self._polling, refusal(410, "gone")),
                      failures.ContractChanged),
        ]  # fmt: skip

    def counts(self) -> list[Count]:
        """Code points, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 7),
            Count(Audience.PUBLIC, "e\u0301", 2),
        ]

    def contacted(self) -> frozenset[str]:
        """Hosts that were called."""
        return frozenset(self.network.hosts)

    # --- misbehaving -----------------------------------------------------------------------------

    def _send(self, text: str = "Hello", thread: str = "") -> object:
        place = thread or self.first
        draft = Draft(text=text, audience=Audience.PUBLIC, account=CHANNEL, root_id=place)
        return self.connector.send(self.account, draft, "key-1")

    def _misbehave(self, handler: Handler, act: Callable[[], object]) -> object:
        self.next_answer = handler
        return act()

    def _answering(
        self, name: str, response: httpx.Response, expects: type[failures.Failure]
    ) -> ErrorCase:
        return ErrorCase(name, lambda: self._misbehave(lambda _: response, self._send), expects)

    def _breaking(
        self, error: type[httpx.TransportError], expects: type[failures.Failure]
    ) -> ErrorCase:
        act = partial(self._misbehave, breaking(error), self._send)
        return ErrorCase(error.__name__, act, expects)

    def _polling(self, response: httpx.Response) -> object:
        return self._misbehave(
            lambda _: response, lambda: self.connector.poll(self.account, "recent", None)
        )


_DOWN, _HTML = httpx.Response(500), httpx.Response(200, text="<html>")
_REFUSALS: tuple[tuple[str, httpx.Response, type[failures.Failure]], ...] = (
    ("401", refusal(401, "authError"), failures.NeedsReauth),
    ("scope", refusal(403, "insufficientPermissions"), failures.ScopeMissing),
    ("switched off", refusal(403, "accessNotConfigured"), failures.ScopeMissing),
    ("quota", refusal(403, "quotaExceeded"), failures.QuotaExhausted),
    ("pace", refusal(403, "rateLimitExceeded"), failures.Throttled),
    ("429", httpx.Response(429, headers={"retry-after": "7"}), failures.Throttled),
    ("comments off", refusal(403, "commentsDisabled"), failures.NotAllowed),
    ("no channel", refusal(403, "youtubeSignupRequired"), failures.AccountDisabled),
    ("closed", refusal(403, "authenticatedUserAccountClosed"), failures.Ended),
    ("gone", refusal(404, "parentCommentNotFound"), failures.TargetGone),
    ("400", refusal(400, "processingFailure"), failures.Refused),
    ("withdrawn", refusal(410, "gone"), failures.ContractChanged),
    ("500", httpx.Response(500), failures.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), failures.OutcomeUnknown),
    ("200 without a comment", httpx.Response(200, json={"kind": "x"}), failures.OutcomeUnknown),
)
