"""The examination of the connector on an X in memory: no sockets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

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
)
from hearwell.connect.pretended import Answered, Examined, Trouble, posted
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.x import fake_network as net
from hearwell.connectors.x.connector import XConnector
from hearwell.connectors.x.fake_answers import problem, refusal, said
from hearwell.connectors.x.fake_people import LENA, US
from hearwell.connectors.x.manifest import DM_LIMIT, ENTERPRISE, ENTERPRISE_SCOPES, POST_WEIGHT
from hearwell.connectors.x.signing import HEADER, signature_of

HOOK = "https://care.example/hooks/x"


def raw_of(request: httpx.Request) -> Raw:
    """A delivery as the gateway keeps it."""
    return posted(HOOK, {HEADER: request.headers[HEADER]}, request.content)


class Fake(Examined):
    """The connector on a fresh network with one mention in it."""

    connector: XConnector
    network: net.Network
    stream: ClassVar[str] = "posts"

    def __init__(self) -> None:
        self.network = net.Network(hooks={"1": HOOK}, scopes=ENTERPRISE_SCOPES)
        self.connector = XConnector(self.network.client)
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
        return posted(HOOK, {HEADER: signature_of(net.API_SECRET, body)}, body)

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

    # --- misbehaving -----------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every documented refusal, every trouble, and every way a line can break."""
        return [
            *self.answered(self.say, _TO_A_POST),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            *self.troubled(_TROUBLES),
            ErrorCase("gone", partial(self._below, _NOWHERE), failures.TargetGone),
            ErrorCase("same again", self._send_twice, failures.Duplicate),
            ErrorCase("too long", partial(self.say, "x" * (POST_WEIGHT + 1)), failures.TooLong),
            ErrorCase(
                "too long, private",
                partial(self.say, "x" * (DM_LIMIT + 1), audience=Audience.PRIVATE),
                failures.TooLong,
            ),
            ErrorCase("theirs", self._delete_theirs, failures.NotAllowed),
            ErrorCase("likes at self-serve", self._like_in_vain, failures.NotAllowed),
            ErrorCase("refresh spent", partial(self.renew, refresh="dead"), failures.NeedsReauth),
            ErrorCase("no refresh token", partial(self.renew, refresh=""), failures.NeedsReauth),
            ErrorCase("nobody", self._timeline_of_nobody, failures.TargetGone),
        ]

    def _below(self, parent: str) -> object:
        return self.say(thread_key=f"post:{parent}", parent_id=parent)

    def _send_twice(self) -> object:
        self.say("Twice")
        return self.say("Twice")

    def _write_too_much(self) -> object:
        return self.say("x" * (DM_LIMIT + 1), audience=Audience.PRIVATE)

    def _delete_theirs(self) -> object:
        self.connector.act(self.account, Act.DELETE, self.first)
        return None

    def _like_in_vain(self) -> object:
        self.connector.act(replace(self.account, tier="self_serve"), Act.LIKE, self.first)
        return None

    def _timeline_of_nobody(self) -> object:
        return self.connector.timeline(self.account, "@nobody", None)


_NOWHERE = "1999999999999999999"
_SLOW = refusal(429, "", {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795766400"})
_TROUBLES: tuple[Trouble, ...] = (
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
_TO_A_POST: tuple[Answered, ...] = (
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
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll: 500", httpx.Response(500), failures.Unavailable),
    ("poll: no list", said(data=1), failures.ContractChanged),
    ("poll: redirect", httpx.Response(302), failures.ContractChanged),
    ("poll: 429 with a time", _SLOW, failures.Throttled),
)
