"""What answers and silences mean to what we do: replies, likes, hidden replies, our pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.health import HealthState
from hearwell.connect.model import Act
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.connector import BlueskyConnector, client_for
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import (
    BRAND,
    LENA,
    refusal,
)
from tests.unit.connectors.bluesky.misbehaving import LOST, once

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Fake:
    return Fake()


class TestPace:
    @pytest.mark.parametrize(
        ("headers", "retry_at"),
        [
            ({"ratelimit_reset": "1772452860"}, NOW + timedelta(minutes=1)),
            ({"retry_after": "30", "ratelimit_reset": "1772452860"}, NOW + timedelta(seconds=30)),
            ({}, None),
            ({"ratelimit_reset": "soon"}, None),
            ({"ratelimit_reset": "9" * 40}, None),
            ({"retry_after": "9" * 40}, None),
            ({"ratelimit_reset": "-5"}, None),
        ],
    )
    def test_when_to_come_back(
        self, fake: Fake, headers: dict[str, str], retry_at: datetime | None
    ) -> None:
        fake.network.next_answer = lambda _: refusal(429, "RateLimitExceeded", **headers)
        with time_machine.travel(NOW, tick=False), pytest.raises(failures.Throttled) as slow:
            fake.connector.identity(fake.account)
        assert slow.value.retry_at == retry_at

    @pytest.mark.parametrize(
        ("policy", "scope"),
        [("3000;w=300", "app"), ("5000;w=3600", "account"), ("", "account"), ("x;w=", "account")],
    )
    def test_whose_pace_it_is(self, fake: Fake, policy: str, scope: str) -> None:
        fake.network.next_answer = lambda _: refusal(429, "", ratelimit_policy=policy)
        with pytest.raises(failures.Throttled) as slow:
            fake.connector.identity(fake.account)
        assert slow.value.scope == scope

    def test_little_left_is_a_warning_in_the_health(self, fake: Fake) -> None:
        def nearly_used_up(request: httpx.Request) -> httpx.Response:
            headers = {
                "ratelimit-limit": "3000",
                "ratelimit-remaining": "12",
                "ratelimit-reset": "1772452860",
            }
            return httpx.Response(200, json={"notifications": []}, headers=headers)

        once(fake, "listNotifications", nearly_used_up)
        last = fake.connector.health(fake.account).checks[-1]
        assert (last.name, last.state) == ("quota", HealthState.WARNING)
        assert last.message == "12 of 3000 calls are left until 12:01 UTC."


class TestSending:
    def test_an_answer_that_was_lost_is_found_and_never_posted_twice(self, fake: Fake) -> None:
        def posts_and_breaks(request: httpx.Request) -> httpx.Response:
            fake.network.next_answer = None
            fake.network.handle(request)
            raise httpx.ReadTimeout(LOST, request=request)

        once(fake, "putRecord", posts_and_breaks)
        draft = fake.draft()
        with pytest.raises(failures.OutcomeUnknown):
            fake.connector.send(fake.account, draft, "key-1")
        found = fake.connector.find_sent(fake.account, draft, "key-1", since=NOW)
        assert found is not None
        assert fake.connector.send(fake.account, draft, "key-1") == found
        ours = [uri for uri in fake.network.records if uris.did_of(uri) == BRAND]
        assert ours == [found.external_id]

    def test_doubt_about_what_is_under_the_key_is_doubt_about_the_outcome(self, fake: Fake) -> None:
        fake.connector.send(fake.account, fake.draft(), "key-1")
        once(fake, "getRecord", lambda _: httpx.Response(503))
        with pytest.raises(failures.OutcomeUnknown):
            fake.connector.send(fake.account, fake.draft(), "key-1")

    def test_a_mention_that_nobody_can_resolve_stays_plain_text(self, fake: Fake) -> None:
        once(fake, "resolveHandle", lambda _: httpx.Response(500))
        draft = replace(fake.draft(), text="Ask @omar.test or @lena.test")
        sent = fake.connector.send(fake.account, draft, "key-1")
        facets = fake.network.records[sent.external_id]["value"]["facets"]
        assert [f["features"][0]["did"] for f in facets] == [LENA]

    def test_the_root_of_a_thread_is_taken_from_the_post_that_is_answered(self, fake: Fake) -> None:
        child = fake.network.post(LENA, "@northwind.test still nothing", fake.first)
        fake.network.delete(fake.first["uri"])
        draft = replace(fake.draft(), parent_id=child["uri"], root_id="at://did:plc:x/c/wrong")
        sent = fake.connector.send(fake.account, draft, "key-1")
        reply = fake.network.records[sent.external_id]["value"]["reply"]
        assert reply["root"] == {"uri": fake.first["uri"], "cid": fake.first["cid"]}
        assert reply["parent"] == {"uri": child["uri"], "cid": child["cid"]}

    def test_who_is_not_connected_reaches_nothing(self, fake: Fake) -> None:
        connector = BlueskyConnector(client_for(()))
        for server in ("", "http://localhost:2583", "https://127.0.0.1", "nonsense", "https://[x"):
            account = replace(fake.account, settings={"pds": server})
            with pytest.raises(failures.Unavailable):
                connector.send(account, fake.draft(), "k")
            assert connector.health(account).state is HealthState.BAD

    def test_too_long_says_which_of_the_two_limits(self, fake: Fake) -> None:
        family = "👨‍👩‍👧‍👦"
        by_graphemes = fake.connector.preflight(
            fake.account, replace(fake.draft(), text="x" * 302, initials=None), NOW
        )
        by_bytes = fake.connector.preflight(
            fake.account, replace(fake.draft(), text=family * 121, initials=None), NOW
        )
        assert [p.message for p in by_graphemes] == ["2 characters too long for Bluesky."]
        assert [p.code for p in by_bytes] == ["too_long"]
        assert by_bytes[0].message.startswith("25 bytes too long")


class TestActs:
    def test_hiding_keeps_what_the_gate_said_before(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        spam, noise = (fake.network.post(LENA, text, ours)["uri"] for text in ("Spam", "Noise"))
        rkey = ours["uri"].rpartition("/")[2]
        allow = [{"$type": "app.bsky.feed.threadgate#followingRule"}]
        gate = {"post": ours["uri"], "allow": allow, "hiddenReplies": [noise]}
        fake.network.put(BRAND, uris.THREADGATE, gate, rkey)
        for act, hidden in (
            (Act.HIDE, [noise, spam]), (Act.HIDE, [noise, spam]), (Act.UNHIDE, [noise]),
            (Act.UNHIDE, [noise]),
        ):  # fmt: skip
            fake.connector.act(fake.account, act, spam, root_id=ours["uri"])
            kept = fake.network.records[uris.uri_of(BRAND, uris.THREADGATE, rkey)]["value"]
            assert (kept["allow"], kept["hiddenReplies"]) == (allow, hidden)

    def test_two_who_hide_at_once_lose_nothing(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        spam = fake.network.post(LENA, "Spam", ours)
        once(fake, "putRecord", lambda _: refusal(400, "InvalidSwap"))
        with pytest.raises(failures.Unavailable):
            fake.connector.act(fake.account, Act.HIDE, spam["uri"])

    def test_only_replies_below_ours_can_be_hidden(self, fake: Fake) -> None:
        ours = fake.network.post(BRAND, "We fly to Oslo")
        for ref in (fake.first["uri"], ours["uri"]):
            with pytest.raises(failures.NotAllowed):
                fake.connector.act(fake.account, Act.HIDE, ref)

    def test_a_like_is_one_record_however_often(self, fake: Fake) -> None:
        uri = fake.first["uri"]
        for _ in range(2):
            fake.connector.act(fake.account, Act.LIKE, uri)
        likes = [u for u in fake.network.records if uris.LIKE in u]
        assert len(likes) == 1
        for _ in range(2):
            fake.connector.act(fake.account, Act.UNLIKE, uri)
        assert not [u for u in fake.network.records if uris.LIKE in u]

    @pytest.mark.parametrize("act", [Act.LIKE, Act.UNLIKE, Act.HIDE])
    def test_what_is_gone_is_said_to_be(self, fake: Fake, act: Act) -> None:
        gone = uris.uri_of(LENA, uris.POST, "3mzzzzzzzzz2q")
        with pytest.raises(failures.TargetGone):
            fake.connector.act(fake.account, act, gone)

    def test_nonsense_is_nothing(self, fake: Fake) -> None:
        with pytest.raises(failures.TargetGone):
            fake.connector.act(fake.account, Act.DELETE, "https://bsky.app/x")
        assert fake.connector.fetch_one(fake.account, "nonsense") is None
