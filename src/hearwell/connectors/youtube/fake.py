"""The examination of the connector on the in-memory network."""

from __future__ import annotations

import json
from functools import partial
from typing import ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Draft, Raw
from hearwell.connect.pretended import Answered, Examined, looked_up
from hearwell.connect.subject import Count, ErrorCase
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


class Fake(Examined):
    """One channel with one comment below its video."""

    connector: YoutubeConnector
    network: Network
    stream: ClassVar[str] = "recent"

    def __init__(self) -> None:
        self.network = Network()
        self.connector = YoutubeConnector(self.network.client)
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

    def raw(self, body: bytes) -> Raw:
        """An answer in our envelope; nobody signs here."""
        return looked_up(body)

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
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            ErrorCase("no thread", partial(self._below, "Ugnone"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 10_001), failures.TooLong),
        ]

    def counts(self) -> list[Count]:
        """Code points, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 7),
            Count(Audience.PUBLIC, "e\u0301", 2),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def _below(self, top: str) -> object:
        return self.say(root_id=top, thread_key=top, parent_id=top)


_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
    ("poll at 410", refusal(410, "gone"), failures.ContractChanged),
)
_REFUSALS: tuple[Answered, ...] = (
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
