"""The connector, and its fake, beside what real Mastodon servers have said."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.model import Inbound, InboundMessage, MessageEdited, Raw, Source
from hearwell.connectors.mastodon import instance
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_calls import Call
from hearwell.connectors.mastodon.listing import Teller
from hearwell.connectors.mastodon.manifest import SCOPES
from hearwell.connectors.mastodon.parse import parse
from hearwell.connectors.mastodon.streaming import Ear
from hearwell.connectors.mastodon.wire import Line, allowance, reset_at
from tests.live.mastodon.recordings import Exchange, exchanges, objects, socket_events

HOME = "localhost:3000"
STATUS = ("id", "content", "visibility", "account", "created_at", "media_attachments")
NOTICE = ("id", "type", "account", "created_at")


def parsed(account: str, **said: Any) -> list[Inbound]:
    body = json.dumps({"account": account, **said}).encode()
    return parse(Raw("GET", f"http://{HOME}/x", {}, body, datetime.now(UTC), Source.POLL))


# --- what they said is read ----------------------------------------------------------------------


def test_every_status_is_read(record_property: Callable[[str, Any], None]) -> None:
    kinds: Counter[str] = Counter()
    for status in objects(*STATUS):
        author = status["account"]["acct"]
        for account in (f"admin@{HOME}", f"{author.partition('@')[0]}@{HOME}"):
            for item in parsed(account, statuses=[status]):
                kinds[type(item).__name__] += 1
                if isinstance(item, InboundMessage):
                    assert item.external_id == status["id"]
                    assert "<" not in item.text or "&lt;" in status["content"], item.text
                    assert all(0 <= e.start < e.end <= len(item.text) for e in item.entities), (
                        status["content"]
                    )
    record_property("items out of recorded statuses", dict(kinds))
    assert kinds["InboundMessage"] > 1_000
    assert kinds["MessageEdited"] > 10


def test_every_notification_is_read(record_property: Callable[[str, Any], None]) -> None:
    kinds: Counter[str] = Counter()
    for notice in objects(*NOTICE):
        if isinstance(notice["account"], dict):
            for item in parsed(f"admin@{HOME}", notifications=[notice]):
                kinds[f"{notice['type']}: {type(item).__name__}"] += 1
    record_property("items out of recorded notifications", dict(kinds))
    assert kinds["mention: InboundMessage"] > 5
    assert sum(kinds.values()) > 50


def test_mentions_links_and_edits_are_found() -> None:
    found: Counter[str] = Counter()
    for status in objects(*STATUS, newest=True):
        for item in parsed(f"admin@{HOME}", statuses=[status]):
            if isinstance(item, MessageEdited):
                found["edit"] += 1
            elif isinstance(item, InboundMessage):
                found.update(entity.kind for entity in item.entities)
                if not item.is_echo and not status.get("spoiler_text"):
                    called = {e.target for e in item.entities if e.kind == "mention"}
                    assert called <= set(item.addressed_to)
    assert {"mention", "link", "tag", "edit"} <= found.keys(), found


def test_every_event_of_a_stream_is_heard() -> None:
    heard: Counter[str] = Counter()
    account = type("Account", (), {"external_id": f"admin@{HOME}"})()
    line = Line(httpx.Client(transport=httpx.MockTransport(_no_thread)), f"http://{HOME}")
    ear = Ear(Teller(line, account, Source.STREAM), f"admin@{HOME}")
    for name, payload in socket_events():
        raw = ear.tell(name, payload)
        heard[name if raw is None else f"{name}, told"] += 1
        if raw is not None:
            assert parse(raw)
    assert heard


def _no_thread(_: httpx.Request) -> httpx.Response:
    return httpx.Response(404, json={"error": "Record not found"})


def test_servers_describe_themselves() -> None:
    seen = set()
    for one in exchanges():
        if one.path.rstrip("/") in {"/api/v1/instance", "/api/v2/instance"} and one.body:
            said = instance.ask(_answering(one))
            seen.add(said.version)
            assert said.software == "mastodon"
            assert said.characters == 500
            assert said.streaming.startswith("ws")
    assert len(seen) > 3, seen


def _answering(one: Exchange) -> Line:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(one.status, text=one.text, headers=_sent(one))

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return Line(client, "http://localhost:3000", "token", frozenset(SCOPES))


def _sent(one: Exchange) -> dict[str, str]:
    """Their headers, less those that tell how the bytes came."""
    without = {"content-length", "content-encoding", "transfer-encoding"}
    plain = {k: v for k, v in one.headers.items() if k not in without}
    return {k: v.encode("ascii", "replace").decode() for k, v in plain.items()}


EXPECTED = {
    400: failures.Refused, 401: failures.NeedsReauth, 403: failures.NotAllowed,
    404: failures.TargetGone, 410: failures.TargetGone, 422: failures.Refused,
    429: failures.Throttled, 503: failures.OutcomeUnknown, 500: failures.OutcomeUnknown,
}  # fmt: skip


def test_every_refusal_is_understood(record_property: Callable[[str, Any], None]) -> None:
    seen: Counter[str] = Counter()
    for one in exchanges():
        if one.status >= 400:
            with pytest.raises(failures.Failure) as caught:
                _answering(one).post("/x")
            seen[f"{one.status} {type(caught.value).__name__}"] += 1
            if one.status != 403 or one.body is not None:
                assert type(caught.value) is EXPECTED[one.status], (one.cassette, one.text)
            if "www-authenticate" in one.headers:
                assert "invalid_" in caught.value.network_code
    record_property("recorded refusals", dict(seen))
    assert {"401 NeedsReauth", "404 TargetGone", "422 Refused"} <= seen.keys()


def test_the_pace_is_read_off_every_answer() -> None:
    headers = [
        httpx.Headers(_sent(one)) for one in exchanges() if "x-ratelimit-reset" in one.headers
    ]
    assert len(headers) > 500
    for one in headers:
        assert reset_at(one) is not None, one["x-ratelimit-reset"]
        assert allowance(one) is not None


# --- the fake's shapes are theirs ----------------------------------------------------------------


def types_of(found: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """Every name of some objects, with the types of its values."""
    types: dict[str, set[str]] = defaultdict(set)
    for one in found:
        for name, value in one.items():
            types[name].add(type(value).__name__)
    return types


def _fake(path: str, *, method: str = "GET", **params: str) -> Any:
    fake = Fake()
    fake.server.follow(fake.brand, fake.lena)
    post = fake.server.say(fake.brand, "New timetable #winter https://northwind.example/now")
    fake.server.edit(post, "New timetable #winter https://northwind.example/now!")
    fake.server.like(fake.lena, post)
    fake.server.say(fake.lena, "@northwind psst", visibility="direct", warning="psst")
    fake.server.say(fake.lena, "@northwind really?", parent=post.id)
    headers = {"authorization": f"Bearer {fake.account.secrets['access']}"}
    given = {name: [value] for name, value in params.items()}
    reply = fake.api.answer(Call(method, path.format(post=post.id), given, headers))
    assert reply.status == 200
    return reply.body


STATUSES = tuple(name for name in STATUS)
SHAPES: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "status": (lambda: _fake("/api/v1/statuses/{post}"), STATUSES),
    "account": (lambda: _fake("/api/v1/accounts/lookup", acct="lena@people.example"),
                ("acct", "username", "avatar", "note")),
    "own account": (lambda: _fake("/api/v1/accounts/verify_credentials"), ("acct", "source")),
    "source": (lambda: _fake("/api/v1/accounts/verify_credentials")["source"],
               ("privacy", "sensitive", "follow_requests_count")),
    "notification": (lambda: _fake("/api/v1/notifications")[0], NOTICE),
    "conversation": (lambda: _fake("/api/v1/conversations")[0], ("last_status", "accounts")),
    "context": (lambda: _fake("/api/v1/statuses/{post}/context"), ("ancestors", "descendants")),
    "mention": (lambda: _fake("/api/v1/notifications")[0]["status"]["mentions"][0],
                ("acct", "url", "username", "id")),
    "tag": (lambda: _fake("/api/v1/statuses/{post}")["tags"][0], ("name", "url")),
    "instance": (lambda: _fake("/api/v2/instance"), ("domain", "configuration", "source_url")),
    "limits": (lambda: _fake("/api/v2/instance")["configuration"]["statuses"],
               ("max_characters", "characters_reserved_per_url")),
    "old instance": (lambda: _fake("/api/v1/instance"), ("uri", "urls", "stats")),
    "application": (lambda: _fake("/api/v1/apps", method="POST", client_name="x",
                                  redirect_uris="https://x/", scopes="read"),
                    ("client_id", "client_secret", "redirect_uri")),
    "policy": (lambda: _fake("/api/v2/notifications/policy"), ("for_private_mentions", "summary")),
    "search": (lambda: _fake("/api/v2/search", q="x"), ("accounts", "statuses", "hashtags")),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_the_fake_has_the_shape_of_the_real(name: str) -> None:
    """No name of its own invention, and every value of a type that real servers give it."""
    make, wanted = SHAPES[name]
    real, ours = types_of(objects(*wanted)), types_of([make()])
    assert real, "nothing of the kind was recorded"
    assert ours.keys() <= real.keys(), ours.keys() - real.keys()
    for field, kinds in ours.items():
        assert kinds <= real[field], (field, kinds, real[field])


READ = (
    "id", "created_at", "edited_at", "in_reply_to_id", "visibility", "content", "spoiler_text",
    "account", "mentions", "media_attachments", "language", "url", "uri", "reblog",
)  # fmt: skip


def test_what_the_connector_reads_is_there() -> None:
    newest = list(objects(*STATUS, newest=True))
    assert len(newest) > 100
    for status in newest:
        assert not set(READ) - status.keys(), set(READ) - status.keys()


def test_refusals_of_the_fake_are_those_of_the_real() -> None:
    """Who is not let in, what is not there, what is too long: the same status, the same shape."""
    fake = Fake()
    cases = {
        401: Call("GET", "/api/v1/timelines/home", {}, {"authorization": "Bearer x"}),
        404: Call("GET", "/api/v1/statuses/1", {}, _let_in(fake)),
        422: Call("POST", "/api/v1/statuses", {"status": ["x" * 501]}, _let_in(fake)),
    }
    for status, call in cases.items():
        real = [one for one in exchanges() if one.status == status and isinstance(one.body, dict)]
        reply = fake.api.answer(call)
        assert reply.status == status
        assert types_of([reply.body])["error"] <= types_of(one.body for one in real)["error"]
    bearer = fake.api.answer(cases[401]).headers["www-authenticate"]
    assert bearer in {one.headers.get("www-authenticate") for one in exchanges()}


def _let_in(fake: Fake) -> dict[str, str]:
    return {"authorization": f"Bearer {fake.account.secrets['access']}"}
