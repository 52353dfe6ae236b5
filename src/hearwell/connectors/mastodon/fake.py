"""The examination of the connector on a fake server with one post on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Act, Audience, Author, Draft, Raw, Source
from hearwell.connect.subject import BREAKS, Count, ErrorCase, Subject
from hearwell.connectors.mastodon.connector import MastodonConnector
from hearwell.connectors.mastodon.fake_api import FakeApi
from hearwell.connectors.mastodon.fake_calls import Call, Reply, call_of
from hearwell.connectors.mastodon.fake_server import FakeServer, Person, Status
from hearwell.connectors.mastodon.instance import ask
from hearwell.connectors.mastodon.listing import Teller
from hearwell.connectors.mastodon.manifest import MEDIA_SCOPE, SCOPES
from hearwell.connectors.mastodon.streaming import Ear
from hearwell.connectors.mastodon.wire import Line

_REFUSALS: tuple[tuple[int, type[failures.Failure]], ...] = (
    (400, failures.Refused),
    (401, failures.NeedsReauth),
    (403, failures.NotAllowed),
    (404, failures.TargetGone),
    (405, failures.Refused),
    (408, failures.OutcomeUnknown),
    (410, failures.TargetGone),
    (422, failures.Refused),
    (429, failures.Throttled),
    (500, failures.OutcomeUnknown),
    (501, failures.Refused),
    (503, failures.OutcomeUnknown),
)
_RIGHTS = (*SCOPES, MEDIA_SCOPE)
Answering = Callable[[Call], Reply]


def transport_of(api: FakeApi, contacted: set[str]) -> httpx.MockTransport:
    """The fake server as httpx calls it."""

    def handle(request: httpx.Request) -> httpx.Response:
        contacted.add(request.url.netloc.decode())
        reply = api.answer(call_of(request))
        if isinstance(reply.body, str):
            return httpx.Response(reply.status, text=reply.body, headers=dict(reply.headers))
        return httpx.Response(reply.status, json=reply.body, headers=dict(reply.headers))

    return httpx.MockTransport(handle)


class Fake(Subject):
    """Northwind Air on a server of its own, and Lena who lost a bag."""

    connector: MastodonConnector

    def __init__(self, kind: str = "mastodon") -> None:
        self.hosts: set[str] = set()
        self.server = FakeServer(kind=kind)
        self.api = FakeApi(self.server)
        transport = transport_of(self.api, self.hosts)
        self.connector = MastodonConnector(lambda _: httpx.Client(transport=transport))
        self.brand = self.server.join("northwind", "Northwind Air")
        self.lena = self.server.join("lena", "Lena Hoff", "people.example")
        self.account = self.account_of(self.brand)
        self.heard: list[Raw] = []
        self.server.listeners.append(self._listen)
        self.first = self.server.say(self.lena, "@northwind my bag stayed in Lisbon")

    def account_of(self, person: Person) -> Account:
        """Somebody's account, connected with all rights."""
        with self._line() as client:
            server = ask(Line(client, self.server.origin))
        return Account(
            external_id=f"{person.name}@{self.server.domain}",
            handle=f"{person.name}@{self.server.domain}",
            settings={
                "server": self.server.origin,
                "account_id": person.id,
                "visibility": "public",
                **server.settings,
            },
            secrets={"access": self.server.let_in(person, _RIGHTS)},
            scopes=frozenset(_RIGHTS),
        )

    def _line(self) -> httpx.Client:
        return httpx.Client(transport=transport_of(self.api, self.hosts))

    def _listen(self, account: str, event: str, payload: str) -> None:
        """What a stream of the brand's brings, as the connector tells it."""
        if account != self.brand.id:
            return
        with self._line() as client:
            line = Line(
                client, self.server.origin, self.account.secrets["access"], self.account.scopes
            )
            teller = Teller(line, self.account, Source.STREAM)
            raw = Ear(teller, self.account.external_id).tell(event, payload)
        if raw is not None:
            self.heard.append(raw)

    def raw(self, body: bytes) -> Raw:
        """A delivery in our envelope."""
        headers = {"content-type": "application/json"}
        url = f"{self.server.origin}/api/v1/notifications"
        return Raw("GET", url, headers, body, datetime.now(UTC), Source.POLL)

    def delivered(self) -> list[Raw]:
        """What the stream has brought so far."""
        return list(self.heard)

    def story(self) -> list[Raw]:
        """A post, edited twice; a reply below it, then gone; an answer of ours."""
        before = len(self.heard)
        server = self.server
        server.follow(self.brand, self.lena)  # so that the stream tells of edits
        post = server.say(self.lena, "@northwind where is my bag?")
        reply = server.say(self.lena, "@northwind anyone?", parent=post.id)
        server.say(self.brand, "@lena@people.example We look for it. ^ML", parent=reply.id)
        server.edit(post, "@northwind where is my blue bag?")
        server.edit(post, "@northwind where is my blue bag? Tag LIS 4711")
        server.delete(reply)
        return [raw for raw in self.heard[before:] if b"follow" not in raw.body[:200]]

    def draft(self, status: Status | None = None, **changes: Any) -> Draft:
        """A public answer to the first post, or to another one."""
        parent = status or self.first
        draft = Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=self.account.external_id,
            thread_key=parent.id,
            parent_id=parent.id,
            root_id=parent.id,
            to=Author("lena@people.example", "lena@people.example", "Lena Hoff"),
            initials="AB",
        )
        return replace(draft, **changes)

    def shown(self) -> list[tuple[bytes, str]]:
        """The pictures of the brand's last status."""
        ours = [one for one in self.server.statuses.values() if one.author is self.brand]
        return [self.server.files.shown(each["id"]) for each in ours[-1].media] if ours else []

    def errors(self) -> list[ErrorCase]:
        """Every refusal that servers document, and every way a line can break."""
        return [
            *(self._refusing(*case) for case in _REFUSALS),
            *(self._breaking(*case) for case in BREAKS),
            self._case("a yes in HTML", "<html>", failures.OutcomeUnknown, status=200),
            self._case("a yes without an id", {}, failures.OutcomeUnknown, status=200),
            self._case("a guard before it", "<html>", failures.Unavailable, status=403),
            ErrorCase("target gone", lambda: self._send(parent_id="1"), failures.TargetGone),
            ErrorCase("too long by now", self._shrunk, failures.TooLong),
            ErrorCase("no right to write", self._without_right, failures.ScopeMissing),
            ErrorCase("a right taken away", self._right_taken, failures.ScopeMissing),
            ErrorCase("revoked", self._revoked, failures.NeedsReauth),
            ErrorCase("suspended", self._suspended, failures.AccountDisabled),
            ErrorCase("another's status", self._delete_theirs, failures.NotAllowed),
            ErrorCase("poll at 500", self._polled(Reply(500, "")), failures.Unavailable),
            ErrorCase("poll in HTML", self._polled(Reply(200, "<html>")), failures.ContractChanged),
            ErrorCase("poll of an object", self._polled(Reply(200, {})), failures.ContractChanged),
            ErrorCase("nobody of that name", self._nobody, failures.TargetGone),
        ]

    def counts(self) -> list[Count]:
        """As Mastodon's own tests count, and by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦 family", 8),
            Count(Audience.PUBLIC, "नमस्ते", 3),
            Count(Audience.PUBLIC, "see https://northwind.example/a/very/long/way?to=Oslo", 27),
            Count(Audience.PRIVATE, "@lena@people.example hello", 11),
        ]

    def contacted(self) -> frozenset[str]:
        """The one host there is."""
        return frozenset(self.hosts)

    # --- misbehaving -----------------------------------------------------------------------------

    def _send(self, **changes: Any) -> object:
        return self.connector.send(self.account, self.draft(**changes), "key-1")

    def _at_post(self, answer: Answering) -> object:
        """Send; the target is read as usual, only what posts is answered otherwise."""

        def read_first(call: Call) -> Reply:
            reply = self.api.answer(call)
            self.api.next_reply = answer
            return reply

        self.api.next_reply = read_first
        try:
            return self._send()
        finally:
            self.api.next_reply = None

    def _refusing(self, status: int, expects: type[failures.Failure]) -> ErrorCase:
        return self._case(f"{status}", {"error": "Nein"}, expects, status=status)

    def _case(
        self, name: str, body: object, expects: type[failures.Failure], *, status: int
    ) -> ErrorCase:
        return ErrorCase(name, lambda: self._at_post(lambda _: Reply(status, body)), expects)

    def _breaking(
        self, error: type[httpx.TransportError], expects: type[failures.Failure]
    ) -> ErrorCase:
        def broken(call: Call) -> Reply:
            message = f"{call.method} broken on purpose"
            raise error(message)

        return ErrorCase(error.__name__, lambda: self._at_post(broken), expects)

    def _shrunk(self) -> object:
        before, self.server.characters = self.server.characters, 20
        try:
            return self._send()
        finally:
            self.server.characters = before

    def _with(self, **changes: Any) -> Account:
        return replace(self.account, **changes)

    def _without_right(self) -> object:
        scopes = {"read"}
        access = self.server.let_in(self.brand, scopes)
        account = self._with(secrets={"access": access}, scopes=frozenset(scopes))
        return self.connector.send(account, self.draft(), "key-1")

    def _right_taken(self) -> object:
        account = self._with(secrets={"access": self.server.let_in(self.brand, {"write"})})
        return self.connector.poll(account, "mentions", None)

    def _revoked(self) -> object:
        return self.connector.identity(self._with(secrets={"access": "revoked-canary-1"}))

    def _suspended(self) -> object:
        self.brand.is_suspended = True
        try:
            return self.connector.identity(self.account)
        finally:
            self.brand.is_suspended = False

    def _delete_theirs(self) -> object:
        self.connector.act(self.account, Act.DELETE, self.first.id)
        return None

    def _nobody(self) -> object:
        return self.connector.timeline(self.account, "nobody@nowhere.example", None)

    def _polled(self, reply: Reply) -> Callable[[], object]:
        def act() -> object:
            self.api.next_reply = lambda _: reply
            return self.connector.poll(self.account, "mentions", None)

        return act


def envelope(account: Account, **said: Any) -> bytes:
    """A delivery's body, for tests."""
    return json.dumps({"account": account.external_id, **said}).encode()
