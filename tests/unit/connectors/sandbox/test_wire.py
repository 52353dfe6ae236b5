"""What Harbour's answers mean, and the stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.model import Raw, Source
from hearwell.connectors.sandbox.connector import SandboxConnector, client_for
from hearwell.connectors.sandbox.fake import Fake, refusal
from tests.aside import run_aside

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _fake(handler: object) -> Fake:
    fake = Fake()
    fake.harbour.next_answer = handler  # type: ignore[assignment]
    return fake


def test_retry_after_is_reckoned_from_now() -> None:
    fake = _fake(lambda _: refusal(429, "slow_down"))
    with time_machine.travel(NOW, tick=False), pytest.raises(failures.Throttled) as raised:
        fake.connector.send(fake.account, fake.draft(), "k")
    assert raised.value.retry_at == NOW + timedelta(seconds=30)


def test_too_long_tells_how_much() -> None:
    fake = _fake(lambda _: refusal(422, "too_long", limit=280, actual=301))
    with pytest.raises(failures.TooLong) as raised:
        fake.connector.send(fake.account, fake.draft(), "k")
    assert (raised.value.limit, raised.value.actual) == (280, 301)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 7}', "<html>"])
def test_a_yes_that_cannot_be_read_is_an_unknown_outcome(status: int, text: str) -> None:
    fake = _fake(lambda _: httpx.Response(status, text=text))
    with pytest.raises(failures.OutcomeUnknown):
        fake.connector.send(fake.account, fake.draft(), "k")


def test_the_default_client_reaches_nothing() -> None:
    fake = Fake()
    connector = SandboxConnector(client_for(()))
    with pytest.raises(failures.Unavailable):
        connector.send(fake.account, fake.draft(), "k")


def test_read_back_by_text_takes_what_nobody_marked() -> None:
    fake = Fake()
    below = {"parent_id": fake.first["id"], "root_id": fake.first["id"]}
    page = {"id": "page-1", "handle": "northwindair", "name": "N", "is_page": True}
    posted = fake.harbour.post(page, "We have  found it.\n^AB", **below)
    since = datetime.now(UTC)
    found = fake.connector.find_sent(fake.account, fake.draft(), "k", since=since)
    assert found is not None
    assert found.external_id == posted["id"]
    taken = {posted["id"]}
    assert not fake.connector.find_sent(fake.account, fake.draft(), "k", since=since, linked=taken)


async def _listen(fake: Fake) -> list[Raw]:
    return [raw async for raw in fake.connector.listen(fake.account)]


def _heard(fake: Fake) -> list[Raw]:
    return run_aside(_listen(fake))


def test_the_stream_gives_a_raw_a_line() -> None:
    lines = b'\n{"page": "page-1", "entries": []}\n\n{"page": "page-1", "entries": []}\n'
    fake = _fake(lambda _: httpx.Response(200, content=lines))
    heard = _heard(fake)
    assert [raw.source for raw in heard] == [Source.STREAM, Source.STREAM]
    assert fake.connector.route(heard[0]) == ["page-1"]


def test_a_page_that_does_not_stream_ends_at_once() -> None:
    assert _heard(_fake(lambda _: httpx.Response(204))) == []


def test_a_stream_with_a_dead_token() -> None:
    with pytest.raises(failures.NeedsReauth):
        _heard(_fake(lambda _: refusal(401, "token_expired")))


def test_health_names_the_first_thing_that_is_wrong() -> None:
    for handler, name in (
        (lambda _: httpx.Response(503), "reach"),
        (lambda _: refusal(401, "token_expired"), "credentials"),
        (lambda _: refusal(429, "slow_down"), "quota"),
        (lambda _: httpx.Response(200, json={"page": "page-2"}), "credentials"),
    ):
        fake = _fake(handler)
        bad = [c for c in fake.connector.health(fake.account).checks if c.message]
        assert bad[0].name == name
