"""The examination of the connector, on an in-process Bluesky with one mention in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Act, Audience, Author, Draft, Raw, Source
from hearwell.connect.pretended import Answered, Examined
from hearwell.connect.subject import BREAKS, Count, ErrorCase, Handler, breaking
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.connectors.bluesky.fake_network import (
    APP_PASSWORD,
    BRAND,
    HANDLES,
    LENA,
    SERVER,
    FakeBluesky,
    Fields,
    refusal,
)


class Fake(Examined):
    """One account, one customer, one mention."""

    connector: BlueskyConnector
    network: FakeBluesky
    stream = "messages"

    def __init__(self) -> None:
        self.network = FakeBluesky()
        self.connector = BlueskyConnector(
            lambda _: httpx.Client(transport=httpx.MockTransport(self.network.handle))
        )
        self.account = Account(
            external_id=BRAND,
            handle=HANDLES[BRAND],
            settings={"pds": SERVER, "since": "2026-01-01T00:00:00.000Z"},
            secrets={
                "access": self.network.access,
                "refresh": self.network.refresh,
                "password": APP_PASSWORD,
            },
            scopes=frozenset({"read", "write"}),
        )
        self.first = self.network.post(LENA, "@northwind.test my bag stayed in Lisbon 😡")

    def raw(self, body: bytes) -> Raw:
        """A delivery as a poll makes it."""
        now = datetime.now(UTC)
        return Raw("GET", f"{SERVER}/xrpc/x", {}, body, now, Source.POLL)

    def _enveloped(self, **said: Any) -> Raw:
        return self.raw(json.dumps({"account": BRAND, **said}).encode())

    def _told(self, network: FakeBluesky, entry: Fields) -> Raw:
        """What the polls bring of a post: ours as a record, another's as a notification."""
        if uris.did_of(entry["uri"]) == BRAND:
            return self._enveloped(records=[entry], handle=HANDLES[BRAND])
        return self._enveloped(notifications=[network.told(entry)])

    def delivered(self) -> list[Raw]:
        """One delivery a post."""
        posts = [e for e in self.network.records.values() if e["value"]["$type"] == uris.POST]
        return [self._told(self.network, entry) for entry in posts]

    def story(self) -> list[Raw]:
        """A mention; two replies below it, one of them then gone; an answer of ours."""
        network = FakeBluesky()
        post = network.post(LENA, "@northwind.test where is my bag?")
        answer = network.post(BRAND, "We are looking for it. ^ML", post)
        thanks = network.post(LENA, "Thank you", answer)
        doubt = network.post(LENA, "Anyone?", post)
        told = [self._told(network, entry) for entry in (post, answer, thanks, doubt)]
        return [*told, self._enveloped(gone=[doubt["uri"]])]

    def shown(self) -> list[tuple[bytes, str]]:
        """What the brand's last post shows."""
        posts = [e for uri, e in self.network.records.items() if uris.did_of(uri) == BRAND]
        return self.network.pictures_of(posts[-1]["value"]) if posts else []

    def draft(self) -> Draft:
        """An answer to the mention."""
        uri = self.first["uri"]
        return Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=BRAND,
            thread_key=uri,
            parent_id=uri,
            root_id=uri,
            to=Author(LENA, HANDLES[LENA], "Lena Hoff"),
            initials="AB",
            parent_seen_at=datetime(2026, 3, 2, 11, tzinfo=UTC),
        )

    def counts(self) -> list[Count]:
        """Lengths as a real server told them in its refusals (tests/live/bluesky)."""
        return [Count(Audience.PUBLIC, text, length) for text, length in COUNTED.items()]

    # --- misbehaving -----------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every refusal that servers are known to give, and every way a line can break."""
        return [
            *(self._answering(*case) for case in _REFUSALS),
            *(self._breaking(*case) for case in BREAKS),
            *self.answered(self.ask, _TO_A_QUESTION),
            ErrorCase("deleted", partial(self.say, parent_id=_NOWHERE), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 301), failures.TooLong),
            ErrorCase("closed", self._send_to_closed, failures.NotAllowed),
            ErrorCase("blocked", self._send_to_blocked, failures.NotAllowed),
            ErrorCase("other", self._delete_another_s, failures.NotAllowed),
            ErrorCase("key taken", self._send_twice, failures.Duplicate),
            ErrorCase(
                "refresh revoked",
                partial(self.renew, refresh="dead", password=""),
                failures.NeedsReauth,
            ),
        ]

    def _send_to_closed(self) -> object:
        self.network.closed = {self.first["uri"]}
        try:
            return self.say()
        finally:
            self.network.closed = set()

    def _send_to_blocked(self) -> object:
        self.network.blocked = {LENA}
        try:
            return self.say()
        finally:
            self.network.blocked = set()

    def _delete_another_s(self) -> object:
        self.connector.act(self.account, Act.DELETE, self.first["uri"])
        return None

    def _send_twice(self) -> object:
        self.say("One")
        return self.say("Another, under the same key")

    def _on_write(self, handler: Handler) -> object:
        """Look at the post in peace, then misbehave when ours is put."""

        def watch(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("putRecord"):
                return handler(request)
            self.network.next_answer = None
            answer = self.network.handle(request)
            self.network.next_answer = watch
            return answer

        return self.misbehaving(watch, self.say)

    def _answering(
        self, status: int, code: str, expects: type[failures.Failure], headers: Mapping[str, str]
    ) -> ErrorCase:
        def handler(_: httpx.Request) -> httpx.Response:
            if status < httpx.codes.BAD_REQUEST:
                return httpx.Response(status, text=code)
            return refusal(status, code, **headers)

        return ErrorCase(f"{status} {code}", lambda: self._on_write(handler), expects)

    def _breaking(
        self, error: type[httpx.TransportError], expects: type[failures.Failure]
    ) -> ErrorCase:
        return ErrorCase(error.__name__, lambda: self._on_write(breaking(error)), expects)


_NOWHERE = uris.uri_of(LENA, uris.POST, "3mzzzzzzzzz2q")
_NEXT_MINUTE = {"ratelimit_reset": "1795634717", "ratelimit_policy": "3000;w=300"}
_NEXT_HOUR = {"ratelimit_reset": "1795634717", "ratelimit_policy": "5000;w=3600"}
_NEXT_DAY = {"ratelimit_reset": "1795634717", "ratelimit_policy": "35000;w=86400"}
Refusal = tuple[int, str, type[failures.Failure], Mapping[str, str]]
_REFUSALS: tuple[Refusal, ...] = (
    (400, "ExpiredToken", failures.NeedsReauth, {}),
    (400, "InvalidToken", failures.NeedsReauth, {}),
    (401, "AuthMissing", failures.NeedsReauth, {}),
    (401, "", failures.NeedsReauth, {}),
    (401, "AccountTakedown", failures.AccountDisabled, {}),
    (401, "AccountDeactivated", failures.AccountDisabled, {}),
    (403, "AccountNotFound", failures.AccountDisabled, {}),
    (403, "InsufficientScope", failures.ScopeMissing, {}),
    (403, "", failures.NotAllowed, {}),
    (400, "InvalidRequest", failures.Refused, {}),
    (400, "", failures.Refused, {}),
    (413, "BlobTooLarge", failures.MediaRejected, {}),
    (429, "RateLimitExceeded", failures.Throttled, _NEXT_MINUTE),
    (429, "RateLimitExceeded", failures.Throttled, _NEXT_HOUR),
    (429, "RateLimitExceeded", failures.Throttled, {}),
    (429, "RateLimitExceeded", failures.QuotaExhausted, _NEXT_DAY),
    (500, "InternalServerError", failures.OutcomeUnknown, {}),
    (502, "UpstreamFailure", failures.OutcomeUnknown, {}),
    (503, "", failures.OutcomeUnknown, {}),
    (501, "MethodNotImplemented", failures.Refused, {}),
    (200, "", failures.OutcomeUnknown, {}),
    (200, "<html>", failures.OutcomeUnknown, {}),
    (200, '{"uri": "at://did:plc:another/app.bsky.feed.post/1"}', failures.OutcomeUnknown, {}),
)
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll: 502", refusal(502, "UpstreamFailure"), failures.Unavailable),
    ("poll: 500", httpx.Response(500), failures.Unavailable),
    ("poll: 501", refusal(501, "MethodNotImplemented"), failures.ContractChanged),
    ("poll: 404", refusal(404, "XRPCNotSupported"), failures.ContractChanged),
    ("poll: HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
    ("poll: no list", httpx.Response(200, json={"notifications": 1}), failures.ContractChanged),
    ("poll: redirect", httpx.Response(302, headers={"location": "/"}), failures.ContractChanged),
    ("poll: 429", refusal(429, "RateLimitExceeded", retry_after="30"), failures.Throttled),
    ("poll: dead token", refusal(400, "ExpiredToken"), failures.NeedsReauth),
)
COUNTED: Mapping[str, int] = {
    "plain words": 11,
    "👨‍👩‍👧‍👦 family": 8,
    "🇵🇹🇯🇵": 2,
    "नमस्ते": 3,
    "e\u0301te\u0301": 3,
    "a\r\nb": 3,
    "한국어": 3,
    "\u1112\u1161\u11ab": 1,
    "👍🏽👍🏿": 2,
    "❤️": 1,
    "க்ஷி": 2,
}
