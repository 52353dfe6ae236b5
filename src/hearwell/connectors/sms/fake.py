"""The examination of the connector on a provider in memory: no sockets."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.formsig import FORM, SIGNATURE, signature, signed_form
from hearwell.connect.model import Account, Audience, Author, Draft, IngressSecrets, Raw
from hearwell.connect.pretended import Answered, Examined, Trouble, posted
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.sms.connector import SmsConnector
from hearwell.connectors.sms.fake_network import HOOK, LENA, NUMBER, SID, TOKEN, Network, refusal
from hearwell.connectors.sms.parse import thread_of


class Fake(Examined):
    """On a fresh network with one message in it."""

    connector: SmsConnector
    network: Network
    stream: ClassVar[str] = "in"

    def __init__(self) -> None:
        self.network = Network()
        self.connector = SmsConnector(self.network.client)
        self.account = Account(
            external_id=NUMBER,
            handle=NUMBER,
            settings={"sid": SID, "number": NUMBER, "service": ""},
            secrets={"token": TOKEN},
            scopes=frozenset({"sms", "mms"}),
        )
        self.ingress = IngressSecrets(signing=(TOKEN,))
        self.first = self.network.customer_says("My bag stayed in Lisbon")
        self._pushed = self._calls()

    def raw(self, body: bytes) -> Raw:
        """A form, signed; JSON with its digest in the address."""
        if body[:1] in (b"{", b"["):
            url = f"{HOOK}?bodySHA256={hashlib.sha256(body).hexdigest()}"
            return self._raw(url, "application/json", body, url)
        try:
            tail = signed_form(body)
        except failures.BadSignature:
            tail = ""
        return self._raw(HOOK, FORM, body, HOOK + tail)

    def _raw(self, url: str, kind: str, body: bytes, said: str) -> Raw:
        headers = {"content-type": kind, SIGNATURE: signature(TOKEN, said).decode()}
        return posted(url, headers, body)

    def _calls(self) -> list[Raw]:
        return [self.raw(request.content) for request in self.network.deliveries()]

    def delivered(self) -> list[Raw]:
        """Calls so far, and our own messages as the list shows them."""
        self._pushed += self._calls()
        ours = [one.listed() for one in self.network.texts if not one.is_inbound]
        pages = [self.raw(json.dumps({"messages": [one]}).encode()) for one in ours]
        return [*self._pushed, *pages]

    def story(self) -> list[Raw]:
        """A question, an answer, and one more that quotes it."""
        network = Network()
        first = network.customer_says("Where is my bag?")
        network.customer_says("Anyone?")
        calls = [request.content for request in network.deliveries()]
        quoting = calls[1] + f"&OriginalRepliedMessageSid={first}".encode()
        ours = {
            "sid": "SM0e", "from": NUMBER, "to": LENA, "body": "Found.", "status": "delivered",
            "direction": "outbound-api", "date_created": "Fri, 27 Nov 2026 09:00:00 +0000",
        }  # fmt: skip
        page = json.dumps({"messages": [ours]}).encode()
        return [self.raw(body) for body in (calls[0], page, quoting)]

    def draft(self) -> Draft:
        """An answer to the first message."""
        return Draft(
            text="We have found it.",
            audience=Audience.PRIVATE,
            account=NUMBER,
            thread_key=thread_of(LENA),
            parent_id=self.first,
            to=Author(LENA, LENA),
            initials="AB",
        )

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            *self.troubled(_TROUBLES),
            ErrorCase("no number", partial(self.say, thread_key="sms:12"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 1601), failures.TooLong),
        ]

    def counts(self) -> list[Count]:
        """UTF-16 units, by hand."""
        return [
            Count(Audience.PRIVATE, "plain words", 11),
            Count(Audience.PRIVATE, "€ and ñ", 7),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 11),
        ]


_TROUBLES: tuple[Trouble, ...] = (
    ("token_expired", False, failures.NeedsReauth),
    ("throttled", False, failures.Throttled),
    ("outage", False, failures.OutcomeUnknown),
    ("error_in_200", False, failures.OptedOut),
    ("opted_out", False, failures.OptedOut),
    ("country_off", False, failures.ScopeMissing),
    ("unregistered", False, failures.ScopeMissing),
    ("version_withdrawn", False, failures.NeedsReauth),
    ("unreadable", False, failures.OutcomeUnknown),
)
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
)
_REFUSALS: tuple[Answered, ...] = (
    ("401", httpx.Response(401, text=""), failures.NeedsReauth),
    ("403", httpx.Response(403, text=""), failures.ScopeMissing),
    ("429, no time", refusal(429, 20429, "Too Many Requests"), failures.Throttled),
    ("queue full", refusal(400, 21611, "queue limit"), failures.Throttled),
    ("daily limit", refusal(400, 63038, "daily limit"), failures.QuotaExhausted),
    ("trial", refusal(400, 21608, "unverified"), failures.NotAllowed),
    ("no mobile", refusal(400, 21614, "not a mobile number"), failures.NotAllowed),
    ("not our number", refusal(400, 21606, "not SMS-capable"), failures.ScopeMissing),
    ("suspended", refusal(403, 30002, "suspended"), failures.AccountDisabled),
    ("picture", refusal(400, 21620, "invalid media"), failures.MediaRejected),
    ("anything else", refusal(400, 21999, "something"), failures.Refused),
    ("201 without a message", httpx.Response(201, json={"status": "queued"}),
     failures.OutcomeUnknown),
)  # fmt: skip
