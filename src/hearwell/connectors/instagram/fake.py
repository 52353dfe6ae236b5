"""The examination of the connector on a fresh fake Instagram with one comment on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, IngressSecrets, Raw, Source
from hearwell.connect.subject import BREAKS, Count, ErrorCase, Handler, Subject, breaking
from hearwell.connectors.instagram.connector import InstagramConnector
from hearwell.connectors.instagram.fake_network import ACCOUNT, LENA, NAME, PAGE, Network
from hearwell.connectors.meta.fake_graph import CHALLENGE, error, escaped, throttled
from hearwell.connectors.meta.hook import HEADER, signature_of
from hearwell.connectors.meta.messaging import thread_of


class Fake(Subject):
    """Northwind's account, and Lena who lost a bag."""

    connector: InstagramConnector

    def __init__(self) -> None:
        self.network = Network()
        transport = httpx.MockTransport(self.network.handle)
        self.connector = InstagramConnector(httpx.Client(transport=transport))
        self.account = Account(
            external_id=ACCOUNT,
            handle=NAME,
            settings={"way": "facebook", "app_id": self.network.app.id, "page_id": PAGE},
            secrets={"token": self.network.page_token, "app_secret": self.network.app.secret},
            scopes=frozenset(self.network.scopes),
        )
        self.ingress = IngressSecrets((self.network.app.secret,), CHALLENGE)
        self.first = self.network.customer_says("My bag stayed in Lisbon")

    def raw(self, body: bytes) -> Raw:
        """A delivery with Meta's signature over these very bytes."""
        headers = {HEADER: signature_of(self.network.app.secret, body)}
        url = "https://care.example/hooks/x"
        return Raw("POST", url, headers, body, datetime.now(UTC), Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """Everything it has told us."""
        return [self.raw(escaped(payload)) for payload in self.network.told]

    def story(self) -> list[Raw]:
        """A message, one in answer to it, ours; the second is unsent."""
        network = Network()
        first = network.customer_says("Where is my bag?", private=True)
        gone = network.customer_says("Anyone?", private=True, to=first)
        self._speaking_to(network).send(self._account_at(network), self.private(), "key-0")
        network.deletes(gone)
        return [self.raw(escaped(payload)) for payload in network.told]

    def draft(self, **changes: Any) -> Draft:
        """A public answer to the first comment."""
        draft = Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=ACCOUNT,
            thread_key=self.first,
            parent_id=self.first,
            to=Author(LENA["id"], LENA["username"]),
            initials="AB",
        )
        return replace(draft, **changes)

    def private(self, **changes: Any) -> Draft:
        """A private message to Lena."""
        thread = thread_of(LENA["id"])
        return self.draft(
            audience=Audience.PRIVATE,
            thread_key=thread,
            parent_id="aWdf1",
            initials=None,
            **changes,
        )

    def errors(self) -> list[ErrorCase]:
        """Every error that matters, and every way a line can break."""
        return [
            *(self._case(str(e), breaking(e), self._send, wants) for e, wants in BREAKS),
            *(self._case(n, _said(r), self._send, wants) for n, r, wants in _REFUSALS),
            ErrorCase("gone", lambda: self._send(thread_key="1790999"), failures.TargetGone),
            ErrorCase("too long", lambda: self._send(text="x" * 2201), failures.Refused),
            ErrorCase("nobody", lambda: self._write(thread_key="dm:1"), failures.NotAllowed),
            self._case("window", _said(error(10, 2534022)), self._write, failures.WindowClosed),
            self._case("poll at 500", _said(httpx.Response(500)), self._poll, failures.Unavailable),
            self._case(
                "poll in HTML",
                _said(httpx.Response(200, text="<html>")),
                self._poll,
                failures.ContractChanged,
            ),
        ]

    def counts(self) -> list[Count]:
        """UTF-16 units in public, bytes in private, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 25),
            Count(Audience.PRIVATE, "Grüße", 7),
        ]

    def contacted(self) -> frozenset[str]:
        """Facebook's Graph, for this account is connected through its Page."""
        return frozenset(self.network.hosts)

    # --- misbehaving -----------------------------------------------------------------------------

    def _speaking_to(self, network: Network) -> InstagramConnector:
        return InstagramConnector(httpx.Client(transport=httpx.MockTransport(network.handle)))

    def _account_at(self, network: Network) -> Account:
        return replace(self.account, secrets={"token": network.page_token})

    def _send(self, **changes: Any) -> object:
        return self.connector.send(self.account, self.draft(**changes), "key-1")

    def _write(self, **changes: Any) -> object:
        draft = replace(self.private(), **changes)
        return self.connector.send(self.account, draft, "key-1")

    def _poll(self) -> object:
        return self.connector.poll(self.account, "media", None)

    def _case(
        self,
        name: str,
        handler: Handler,
        act: Callable[[], object],
        expects: type[failures.Failure],
    ) -> ErrorCase:
        return ErrorCase(name, partial(self._misbehave, handler, act), expects)

    def _misbehave(self, handler: Handler, act: Callable[[], object]) -> object:
        self.network.next_answer = handler
        return act()


def _said(response: httpx.Response) -> Handler:
    return lambda _: response


_REFUSALS: tuple[tuple[str, httpx.Response, type[failures.Failure]], ...] = (
    ("190", error(190, status=401), failures.NeedsReauth),
    ("190/460", error(190, 460), failures.NeedsReauth),
    ("4", throttled(4), failures.Throttled),
    ("32 in 200", error(32, status=200), failures.Throttled),
    ("80001", throttled(80001), failures.Throttled),
    ("10", error(10), failures.ScopeMissing),
    ("200", error(200, status=403), failures.ScopeMissing),
    ("10/1893063", error(10, 1893063), failures.AccountDisabled),
    ("368", error(368), failures.AccountDisabled),
    ("100/33", error(100, 33), failures.TargetGone),
    ("506", error(506), failures.Duplicate),
    ("551", error(551, 1545041), failures.NotAllowed),
    ("2", error(2, status=500), failures.OutcomeUnknown),
    ("502 in HTML", httpx.Response(502, text="<html>"), failures.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), failures.OutcomeUnknown),
    ("200 without an id", httpx.Response(200, json={"success": True}), failures.OutcomeUnknown),
    ("2635", error(2635), failures.Refused),
)
