"""What polls bring, and what they do not take for a deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.model import Act, InboundMessage, MessageDeleted
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import (
    BRAND,
    LENA,
    SERVER,
    refusal,
)
from hearwell.kit import clock
from hearwell.kit.ids import uuid7
from tests.unit.connectors.bluesky.misbehaving import once

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Fake:
    return Fake()


class TestPolling:
    def _items(self, fake: Fake, stream: str, cursor: str | None = None) -> tuple[list[Any], str]:
        """Poll until nothing waits; the items and the cursor."""
        items: list[Any] = []
        for _ in range(5):
            page = fake.connector.poll(fake.account, stream, cursor)
            items += [i for raw in page.raws for i in fake.connector.parse(raw)]
            cursor = page.cursor
            if page.poll_after is None or page.poll_after > clock.now():
                break
        assert cursor
        return items, cursor

    def test_one_delivery_a_message_so_that_one_holds_up_no_other(self, fake: Fake) -> None:
        fake.network.post(LENA, "@northwind.test two")
        page = fake.connector.poll(fake.account, "messages", None)
        assert len(page.raws) == 2

    def test_quiet_is_quiet(self, fake: Fake) -> None:
        for stream in fake.connector.streams(fake.account):
            _, cursor = self._items(fake, stream)
            items, again = self._items(fake, stream, cursor)
            assert (items, again) == ([], cursor)

    def test_everything_is_asked_for_whatever_the_account_prefers_to_see(self, fake: Fake) -> None:
        asked: list[httpx.Request] = []

        def note(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return httpx.Response(200, json={"notifications": []})

        once(fake, "listNotifications", note)
        self._items(fake, "messages")
        assert asked[0].url.params["priority"] == "false"
        assert asked[0].url.params.get_list("reasons") == ["mention", "reply", "quote"]

    def test_a_server_that_knows_no_reasons_is_read_all_the_same(self, fake: Fake) -> None:
        like = fake.network.put(LENA, uris.LIKE, {"subject": {"uri": fake.first["uri"]}})
        both = [fake.network.told(like), fake.network.told(fake.first)]
        once(fake, "listNotifications", lambda _: httpx.Response(200, json={"notifications": both}))
        items, _ = self._items(fake, "messages")
        assert [i.external_id for i in items] == [fake.first["uri"]]

    def test_deleted_is_told_from_hidden(self, fake: Fake) -> None:
        spare = fake.network.post(LENA, "@northwind.test two")
        _, cursor = self._items(fake, "messages")
        fake.network.blocked = {LENA}
        assert self._items(fake, "messages", cursor)[0] == []
        fake.network.blocked = set()
        fake.network.delete(spare["uri"])
        items, _ = self._items(fake, "messages", cursor)
        assert [type(i) for i in items] == [MessageDeleted]
        assert items[0].external_id == spare["uri"]

    def test_a_check_that_fails_is_made_again_and_nothing_is_taken_for_deleted(
        self, fake: Fake
    ) -> None:
        _, cursor = self._items(fake, "messages")
        fake.network.delete(fake.first["uri"])
        for answer in (httpx.Response(503), refusal(429, "RateLimitExceeded")):
            once(fake, "getRecord", lambda _, answer=answer: answer)
            with pytest.raises((failures.Unavailable, failures.Throttled)):
                self._items(fake, "messages", cursor)
            fake.network.next_answer = None
        once(fake, "getRecord", lambda _: refusal(400, "InvalidRequest"))
        assert self._items(fake, "messages", cursor)[0] == []

    def test_ours_are_read_from_our_own_repository(self, fake: Fake) -> None:
        sent = fake.connector.send(fake.account, fake.draft(), str(uuid7()))
        items, cursor = self._items(fake, "own")
        assert [(i.external_id, i.is_echo) for i in items] == [(sent.external_id, True)]
        fake.connector.act(fake.account, Act.DELETE, sent.external_id)
        items, _ = self._items(fake, "own", cursor)
        assert [type(i) for i in items] == [MessageDeleted]

    def test_what_stands_below_ours_is_counted(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        _, cursor = self._items(fake, "replies")
        comment = fake.network.post(LENA, "At last", ours)
        answer = fake.network.post(BRAND, "Yes!", comment)
        deeper = fake.network.post(LENA, "And back?", answer)
        items, cursor = self._items(fake, "replies", cursor)
        found = {i.external_id for i in items if isinstance(i, InboundMessage)}
        assert found == {comment["uri"], deeper["uri"]}
        assert self._items(fake, "replies", cursor)[0] == []

    def test_whom_the_account_has_muted_is_counted_and_waits_for_nobody(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        _, cursor = self._items(fake, "replies")
        fake.network.muted.add(LENA)
        fake.network.post(LENA, "Where is my bag?", ours)
        (item,), _ = self._items(fake, "replies", cursor)
        assert isinstance(item, InboundMessage)
        assert item.needs_reply is False

    def test_what_stood_below_ours_before_our_time_is_not_told(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        fake.network.post(LENA, "At last", ours)
        late = replace(fake.account, settings={"pds": SERVER, "since": "2999-01-01T00:00:00Z"})
        page = fake.connector.poll(late, "replies", None)
        assert page.raws == ()

    def test_a_dead_cursor_of_the_counts_begins_again(self, fake: Fake) -> None:
        for cursor in ("x", "[]", '{"a": "b"}'):
            assert fake.connector.poll(fake.account, "replies", cursor).cursor
