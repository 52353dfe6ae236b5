"""The examination of the connector on an X in memory: no sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Author,
    Draft,
    IngressSecrets,
    MessageKind,
    Raw,
    Source,
)
from hearwell.connect.subject import BREAKS, Count, ErrorCase, Handler, Subject, breaking
from hearwell.connectors.x import fake_network as net
from hearwell.connectors.x.connector import XConnector
from hearwell.connectors.x.fake_answers import problem, refusal, said
from hearwell.connectors.x.fake_people import LENA, US
from hearwell.connectors.x.manifest import DM_LIMIT, ENTERPRISE, ENTERPRISE_SCOPES, POST_WEIGHT
from hearwell.connectors.x.signing import HEADER, signature_of

HOOK = "https://care.example/hooks/x"


def raw_of(request: httpx.Request) -> Raw:
    """A delivery as the gateway keeps it."""
    headers = {HEADER: request.headers[HEADER]}
    return Raw("POST", HOOK, headers, request.content, datetime.now(UTC), Source.WEBHOOK)


class Fake(Subject):
    """The connector on a fresh network with one mention in it."""

    connector: XConnector

    def __init__(self) -> None:
        self.network = net.Network(hooks={"1": HOOK}, scopes=ENTERPRISE_SCOPES)
        client = httpx.Client(transport=httpx.MockTransport(self.network.handle))
        self.connector = XConnector(client)
        self.account = Account(
            external_id=US,
            handle="@northwind",
            settings={"ways": "asking"},
            secrets={
                "access": self.network.access,
                "refresh": self.network.refresh,
                "client_id": net.CLIENT_ID,
                "client_secret": net.CLIENT_SECRET,
                "api_secret": net.API_SECRET,
                "bearer": net.BEARER,
            },
            tier=ENTERPRISE,
            scopes=frozenset(ENTERPRISE_SCOPES),
        )
        self.ingress = IngressSecrets((net.API_SECRET,), challenge=net.API_SECRET)
        self.first = self.network.customer_says("My bag stayed in Lisbon, <again> & again 😡")
        self._pushed: list[Raw] = []

    def raw(self, body: bytes) -> Raw:
        """A call of X's, signed."""
        headers = {HEADER: signature_of(net.API_SECRET, body)}
        return Raw("POST", HOOK, headers, body, datetime.now(UTC), Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """All calls so far."""
        self._pushed += [raw_of(request) for request in self.network.deliveries()]
        return list(self._pushed)

    def story(self) -> list[Raw]:
        """A post, edited twice; our answer; one more below it; and one that is then gone."""
        network, told = net.Network(), list[Raw]()

        def tell(number: str) -> None:
            page = network.page([network.posts[number]])
            told.append(self._listed({"page": page}))

        first = network.customer_says("Where is my bag?")
        tell(first)
        tell(network.edits(first, "Where is my blue bag? @northwind"))
        tell(network.post(US, "@lena We are looking for it. ^ML", first))
        gone = network.customer_says("Anyone?", below=first, calls=False)
        tell(gone)
        tell(network.edits(first, "Where is my blue bag? Tag LIS 4711 @northwind"))
        told.append(self._listed({"gone": [gone], "at": datetime.now(UTC).isoformat()}))
        return told

    def _listed(self, what: dict[str, Any]) -> Raw:
        return self.raw(json.dumps({"account": US, **what}).encode())

    def draft(self) -> Draft:
        """An answer to the mention."""
        return Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=US,
            thread_key=f"post:{self.first}",
            parent_id=self.first,
            to=Author(LENA, "@lena"),
            initials="AB",
            parent_kind=MessageKind.MENTION,
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """The files of the newest post, with what describes them."""
        newest = max(self.network.posts, key=int)
        return [self.network.files[one] for one in self.network.posts[newest].get("files", ())]

    def counts(self) -> list[Count]:
        """Weights, by hand; private messages in code points."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 2),
            Count(Audience.PUBLIC, "日本語", 6),
            Count(Audience.PUBLIC, "see https://northwind.com/a/very/long/way/to/go", 27),
            Count(Audience.PRIVATE, "日本語", 3),
        ]

    def contacted(self) -> frozenset[str]:
        """Every host that was called."""
        return frozenset(self.network.hosts)

    # --- misbehaving -----------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every documented refusal, every trouble, and every way a line can break."""
        return [
            *(self._answering(self._send, *case) for case in _TO_A_POST),
            *(self._answering(self._poll, *case) for case in _TO_A_QUESTION),
            *(self._breaking(*case) for case in BREAKS),
            *(self._troubled(*case) for case in _TROUBLES),
            ErrorCase("gone", partial(self._send, parent=_NOWHERE), failures.TargetGone),
            ErrorCase("same again", self._send_twice, failures.Duplicate),
            ErrorCase("too long", partial(self._send, "x" * (POST_WEIGHT + 1)), failures.TooLong),
            ErrorCase("too long, private", self._write_too_much, failures.TooLong),
            ErrorCase("theirs", self._delete_theirs, failures.NotAllowed),
            ErrorCase("likes at self-serve", self._like_in_vain, failures.NotAllowed),
            ErrorCase("refresh spent", self._renew_in_vain, failures.NeedsReauth),
            ErrorCase("no refresh token", self._renew_without, failures.NeedsReauth),
            ErrorCase("nobody", self._timeline_of_nobody, failures.TargetGone),
        ]

    def _send(self, text: str = "Hello", parent: str = "") -> object:
        target = parent or self.first
        draft = replace(self.draft(), text=text, thread_key=f"post:{target}", parent_id=target)
        return self.connector.send(self.account, draft, "key-1")

    def _send_twice(self) -> object:
        self._send("Twice")
        return self._send("Twice")

    def _write_too_much(self) -> object:
        draft = replace(self.draft(), text="x" * (DM_LIMIT + 1), audience=Audience.PRIVATE)
        return self.connector.send(self.account, draft, "key-2")

    def _poll(self) -> object:
        return self.connector.poll(self.account, "posts", None)

    def _delete_theirs(self) -> object:
        self.connector.act(self.account, Act.DELETE, self.first)
        return None

    def _like_in_vain(self) -> object:
        self.connector.act(replace(self.account, tier="self_serve"), Act.LIKE, self.first)
        return None

    def _renew_in_vain(self) -> object:
        secrets = {**self.account.secrets, "refresh": "dead"}
        return self.connector.refresh(replace(self.account, secrets=secrets))

    def _renew_without(self) -> object:
        return self.connector.refresh(replace(self.account, secrets={}))

    def _timeline_of_nobody(self) -> object:
        return self.connector.timeline(self.account, "@nobody", None)

    def _misbehave(self, handler: Handler, act: Callable[[], object]) -> object:
        self.network.next_answer = handler
        try:
            return act()
        finally:
            self.network.next_answer = None

    def _answering(
        self,
        act: Callable[[], object],
        name: str,
        response: httpx.Response,
        expects: type[failures.Failure],
    ) -> ErrorCase:
        return ErrorCase(name, partial(self._misbehave, lambda _: response, act), expects)

    def _breaking(
        self, error: type[httpx.TransportError], expects: type[failures.Failure]
    ) -> ErrorCase:
        act = partial(self._misbehave, breaking(error), self._send)
        return ErrorCase(error.__name__, act, expects)

    def _troubled(self, trouble: str, is_read: bool, expects: type[failures.Failure]) -> ErrorCase:  # noqa: FBT001
        def act() -> object:
            self.network.trouble = {trouble}
            try:
                return self._poll() if is_read else self._send(f"During {trouble}")
            finally:
                self.network.trouble = set()

        return ErrorCase(f"{trouble}, {'asked' if is_read else 'told'}", act, expects)


_NOWHERE = "1999999999999999999"
_SLOW = refusal(429, "", {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795766400"})
_TROUBLES: tuple[tuple[str, bool, type[failures.Failure]], ...] = (
    ("token_expired", True, failures.NeedsReauth),
    ("token_expired", False, failures.NeedsReauth),
    ("consent_withdrawn", True, failures.NeedsReauth),
    ("credits_used_up", True, failures.QuotaExhausted),
    ("credits_used_up", False, failures.QuotaExhausted),
    ("access_withdrawn", True, failures.ScopeMissing),
    ("access_withdrawn", False, failures.ScopeMissing),
    ("throttled", True, failures.Throttled),
    ("throttled", False, failures.Throttled),
    ("outage", True, failures.Unavailable),
    ("outage", False, failures.OutcomeUnknown),
    ("lost_answer", False, failures.OutcomeUnknown),
    ("not_summoned", False, failures.NotAllowed),
    ("version_withdrawn", True, failures.ContractChanged),
    ("version_withdrawn", False, failures.Refused),
    ("garbled", True, failures.ContractChanged),
    ("garbled", False, failures.OutcomeUnknown),
)
_TO_A_POST: tuple[tuple[str, httpx.Response, type[failures.Failure]], ...] = (
    ("400", refusal(400, "invalid-request"), failures.Refused),
    ("401", refusal(401, ""), failures.NeedsReauth),
    ("402", refusal(402, ""), failures.QuotaExhausted),
    ("suspended", refusal(403, "user-suspended"), failures.AccountDisabled),
    ("capped", refusal(429, "usage-capped"), failures.QuotaExhausted),
    ("429 with a time", _SLOW, failures.Throttled),
    ("502", httpx.Response(502, text="<html>"), failures.OutcomeUnknown),
    ("201 without a post", httpx.Response(201, json={"data": {}}), failures.OutcomeUnknown),
    ("200 with an error", said(errors=[problem("disallowed-resource", "1")]),
     failures.OutcomeUnknown),
    ("201 without a word", httpx.Response(201), failures.OutcomeUnknown),
    ("redirect", httpx.Response(302, headers={"location": "/"}), failures.OutcomeUnknown),
)  # fmt: skip
_TO_A_QUESTION: tuple[tuple[str, httpx.Response, type[failures.Failure]], ...] = (
    ("poll: 500", httpx.Response(500), failures.Unavailable),
    ("poll: no list", said(data=1), failures.ContractChanged),
    ("poll: redirect", httpx.Response(302), failures.ContractChanged),
    ("poll: 429 with a time", _SLOW, failures.Throttled),
)
