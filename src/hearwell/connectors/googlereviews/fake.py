"""The examination of the connector on the in-memory network."""

from __future__ import annotations

import json
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
from hearwell.connectors.googlereviews.connector import GooglereviewsConnector
from hearwell.connectors.googlereviews.fake_network import ACCOUNT, LOCATIONS, Network
from hearwell.connectors.googlereviews.manifest import SCOPE


class Fake(Examined):
    """One business with one review of one of its locations."""

    connector: GooglereviewsConnector
    network: Network
    stream: ClassVar[str] = "2001"

    def __init__(self) -> None:
        self.network = Network()
        self.connector = GooglereviewsConnector(self.network.client)
        self.account = Account(
            external_id=ACCOUNT,
            handle="Northwind",
            settings={"locations": json.dumps(LOCATIONS)},
            secrets={
                "access": ACCESS,
                "refresh": REFRESH,
                "client_id": CLIENT,
                "client_secret": CLIENT_SECRET,
            },
            scopes=frozenset({SCOPE}),
        )
        self.first = self.network.customer_says("Lovely bags, slow till", stars=4)

    def raw(self, body: bytes) -> Raw:
        """An answer in our envelope; nobody signs here."""
        return looked_up(body)

    def story(self) -> list[Raw]:
        """A review, answered, changed in stars and words, and taken back."""
        network = Network()
        name = network.customer_says("Slow", stars=2)
        raws = [self._told(network, name)]
        network.edits(name, "Slow, but they called me back", stars=4)
        text = {"comment": "Thank you for telling us."}
        network.handle(
            httpx.Request(
                "PUT",
                f"https://mybusiness.googleapis.com/v4/{name}/reply",
                json=text,
                headers={"authorization": f"Bearer {ACCESS}"},
            )
        )
        return [*raws, self._told(network, name), self._said({"gone": [name]})]

    def _told(self, network: Network, name: str) -> Raw:
        return self._said({"reviews": [network.reviews[name]]})

    def _said(self, said: dict[str, object]) -> Raw:
        told = {"account": ACCOUNT, "place": "Northwind Lisbon", **said}
        return self.raw(json.dumps(told).encode())

    def delivered(self) -> list[Raw]:
        """What looks would have found: each review alone, then those that were answered."""
        reviews = self.network.reviews
        answered = [name for name, review in reviews.items() if "reviewReply" in review]
        return [self._told(self.network, name) for name in (*reviews, *answered)]

    def draft(self) -> Draft:
        """An answer to the review."""
        return Draft(
            text="Thank you, we have opened a second till.",
            audience=Audience.PUBLIC,
            account=ACCOUNT,
            thread_key=self.first,
            parent_id=self.first,
            root_id=self.first,
        )

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            ErrorCase("no review", self._on_none, failures.TargetGone),
        ]

    def counts(self) -> list[Count]:
        """Bytes in UTF-8, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "Grüße", 7),
            Count(Audience.PUBLIC, "👜", 4),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def _on_none(self) -> object:
        return self.say(root_id=f"{ACCOUNT}/locations/2001/reviews/none")


_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
)
_ZERO = {"metadata": {"quota_limit_value": "0"}}
_REFUSALS: tuple[Answered, ...] = (
    ("401", refusal(401, "authError", "UNAUTHENTICATED"), failures.NeedsReauth),
    ("scope", refusal(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED"),
     failures.ScopeMissing),
    ("switched off", refusal(403, "SERVICE_DISABLED", "PERMISSION_DENIED"), failures.ScopeMissing),
    ("quota of 0", refusal(429, "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", **_ZERO),
     failures.ScopeMissing),
    ("pace", refusal(429, "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"), failures.Throttled),
    ("not ours", refusal(403, "forbidden", "PERMISSION_DENIED"), failures.NotAllowed),
    ("unverified", refusal(400, "failedPrecondition", "FAILED_PRECONDITION"), failures.NotAllowed),
    ("400", refusal(400, "badRequest", "INVALID_ARGUMENT"), failures.Refused),
    ("gone", refusal(404, "notFound", "NOT_FOUND"), failures.TargetGone),
    ("withdrawn", refusal(410, "gone"), failures.ContractChanged),
    ("500", httpx.Response(500), failures.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), failures.OutcomeUnknown),
    ("200 without an answer", httpx.Response(200, json={"x": 1}), failures.OutcomeUnknown),
)  # fmt: skip
