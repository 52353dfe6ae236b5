"""The examination of the connector on a LinkedIn in memory: no sockets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
    Raw,
)
from hearwell.connect.pretended import Answered, Examined, Trouble, posted, said
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.linkedin import fake_network as net
from hearwell.connectors.linkedin import urns
from hearwell.connectors.linkedin.connector import LinkedinConnector
from hearwell.connectors.linkedin.manifest import (
    COMMENT_LIMIT,
    PROTOCOL,
    SCOPES,
    STANDARD,
    VERSION,
)
from hearwell.connectors.linkedin.signing import HEADER, signature_of

_HOOK = "https://care.example/hooks/linkedin"
Fields = dict[str, Any]


def raw_of(request: httpx.Request) -> Raw:
    """A delivery as the gateway keeps it."""
    return posted(_HOOK, {HEADER: request.headers[HEADER]}, request.content)


class Fake(Examined):
    """The connector on a fresh network with one comment in it."""

    connector: LinkedinConnector
    network: net.Network
    stream: ClassVar[str] = "notifications"

    def __init__(self) -> None:
        self.network = net.Network(webhook=_HOOK)
        self.connector = LinkedinConnector(self.network.client)
        until = datetime.now(UTC) + timedelta(days=200)
        self.account = Account(
            external_id=net.PAGE,
            handle="Northwind Air",
            settings={"application": net.APPLICATION, "person": net.ADA, "tier": STANDARD},
            secrets={
                "access": self.network.access,
                "refresh": self.network.refresh,
                "client_id": net.CLIENT_ID,
                "client_secret": net.CLIENT_SECRET,
                "refresh_until": until.isoformat(),
            },
            tier=STANDARD,
            scopes=frozenset(SCOPES),
        )
        self.ingress = IngressSecrets((net.CLIENT_SECRET,), challenge=net.CLIENT_SECRET)
        self.first = self.network.customer_says("My bag stayed in Lisbon (again) 😡")
        self._pushed: list[Raw] = []

    def raw(self, body: bytes) -> Raw:
        """A call of LinkedIn's, signed."""
        return posted(_HOOK, {HEADER: signature_of(net.CLIENT_SECRET, body)}, body)

    def delivered(self) -> list[Raw]:
        """All calls so far."""
        self._pushed += [raw_of(request) for request in self.network.deliveries()]
        return list(self._pushed)

    def story(self) -> list[Raw]:
        """A comment, edited twice; our answer; a reply to it; and one that is then gone."""
        network = net.Network()
        first = network.customer_says("Where is my bag?")
        network.edits(first, "Where is my blue bag?")
        ours = self._answered(network, first)
        network.customer_says("Thank you", below=first)
        doubt = network.customer_says("Anyone?", person=net.TOM, below=first)
        network.edits(first, "Where is my blue bag? Tag LIS 4711")
        network.deletes(doubt)
        assert ours in network.comments  # noqa: S101 -- the story is whole
        return [self.raw(net.pushed([notice]).content) for notice in network.notices]

    @staticmethod
    def _answered(network: net.Network, first: str) -> str:
        body = {
            "actor": net.PAGE,
            "object": net.POST,
            "message": {"text": "We are looking for it. ^ML"},
            "parentComment": first,
        }
        request = httpx.Request(
            "POST",
            f"https://api.linkedin.com/rest/socialActions/{urns.encoded(first)}/comments",
            headers={
                "authorization": f"Bearer {network.access}",
                "linkedin-version": VERSION.name,
                "x-restli-protocol-version": PROTOCOL,
            },
            json=body,
        )
        return str(network.handle(request).json()["commentUrn"])

    def draft(self) -> Draft:
        """An answer to the comment."""
        return Draft(
            text="We have found it. (Really_)",
            audience=Audience.PUBLIC,
            account=net.PAGE,
            thread_key=self.first,
            parent_id=self.first,
            root_id=net.POST,
            to=Author(net.LENA),
            initials="AB",
        )

    def counts(self) -> list[Count]:
        """UTF-16 units, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 11),
            Count(Audience.PUBLIC, "🇵🇹", 4),
            Count(Audience.PUBLIC, "(a_b)", 5),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every documented refusal, every trouble, and every way a line can break."""
        return [
            *self.answered(self.say, _TO_A_COMMENT),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            *self.troubled(_TROUBLES),
            ErrorCase("gone", partial(self._below, _NOWHERE), failures.TargetGone),
            ErrorCase("nothing", partial(self._below, "x"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * (COMMENT_LIMIT + 1)), failures.TooLong),
            ErrorCase("same again", self._send_twice, failures.Duplicate),
            ErrorCase("theirs", self._delete_theirs, failures.NotAllowed),
            ErrorCase("refresh revoked", partial(self.renew, refresh="dead"), failures.NeedsReauth),
            ErrorCase("no refresh token", partial(self.renew, refresh=""), failures.NeedsReauth),
        ]

    def _below(self, parent: str) -> object:
        return self.say(thread_key=parent, parent_id=parent)

    def _send_twice(self) -> object:
        self.say("Twice")
        return self.say("Twice")

    def _delete_theirs(self) -> object:
        self.connector.act(self.account, Act.DELETE, self.first)
        return None


_NOWHERE = str(urns.CommentUrn(net.POST, "7400000000000000999"))
_SLOW = httpx.Response(429, json={"code": "TOO_MANY_REQUESTS"}, headers={"retry-after": "7"})
_TROUBLES: tuple[Trouble, ...] = (
    ("token_expired", True, failures.NeedsReauth),
    ("token_expired", False, failures.NeedsReauth),
    ("consent_withdrawn", True, failures.NeedsReauth),
    ("role_lost", True, failures.ScopeMissing),
    ("role_lost", False, failures.ScopeMissing),
    ("access_withdrawn", True, failures.ScopeMissing),
    ("access_withdrawn", False, failures.ScopeMissing),
    ("throttled", True, failures.QuotaExhausted),
    ("throttled", False, failures.Throttled),
    ("outage", True, failures.Unavailable),
    ("outage", False, failures.OutcomeUnknown),
    ("lost_answer", False, failures.OutcomeUnknown),
    ("version_withdrawn", True, failures.ContractChanged),
    ("version_withdrawn", False, failures.Refused),
    ("garbled", True, failures.ContractChanged),
    ("garbled", False, failures.OutcomeUnknown),
)
_TO_A_COMMENT: tuple[Answered, ...] = (
    ("revoked", net.refusal(401, "REVOKED_ACCESS_TOKEN"), failures.NeedsReauth),
    ("restricted", net.refusal(403, "MEMBER_RESTRICTED"), failures.AccountDisabled),
    ("closed", net.refusal(403, "COMMENTS_DISABLED"), failures.NotAllowed),
    ("400", net.refusal(400, "ILLEGAL_ARGUMENT"), failures.Refused),
    ("422", net.refusal(422, "UNPROCESSABLE_ENTITY"), failures.Refused),
    ("429 with a time", _SLOW, failures.Throttled),
    ("502", httpx.Response(502, text="<html>"), failures.OutcomeUnknown),
    ("201 without a comment", httpx.Response(201, json={"id": "1"}), failures.OutcomeUnknown),
    ("201 without a word", httpx.Response(201), failures.OutcomeUnknown),
    ("redirect", httpx.Response(302, headers={"location": "/"}), failures.OutcomeUnknown),
)
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll: 500", httpx.Response(500), failures.Unavailable),
    ("poll: no list", said(elements=1), failures.ContractChanged),
    ("poll: redirect", httpx.Response(302), failures.ContractChanged),
    ("poll: 429 with a time", _SLOW, failures.Throttled),
)
