"""Answering and moderating on a real network, seen through somebody else's client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.model import (
    Account,
    Act,
    InboundMessage,
)
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from tests.live.bluesky.ears import Ears, answer_to, listed, marked, reply_to
from tests.live.bluesky.people import Person, soon

Join = Callable[[str], Person]


class TestAnswering:
    def test_a_reply_stands_in_the_thread_once_with_its_facets(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        root = lena.post("What a day")
        mention = lena.client.send_post(marked(brand, "where is it?"), reply_to=reply_to(root))
        item = ears.hear(mention.uri)
        draft = answer_to(item, f"😀 @{lena.handle} see https://example.com/é #help", initials="AB")
        key = str(uuid7())
        assert ears.connector.find_sent(ears.account, draft, key, since=now()) is None
        sent = ears.connector.send(ears.account, draft, key)
        assert ears.connector.send(ears.account, draft, key) == sent
        assert ears.connector.find_sent(ears.account, draft, key, since=now()) == sent
        linked = {sent.external_id}
        assert (
            ears.connector.find_sent(ears.account, draft, key, since=now(), linked=linked) is None
        )
        (shown,) = soon(lambda: lena.replies_to(mention.uri), what="the reply")
        assert shown.uri == sent.external_id
        assert shown.record.reply.root.uri == root.uri
        assert shown.record.reply.parent.uri == mention.uri
        raw = shown.record.text.encode()
        assert [
            (raw[f.index.byte_start : f.index.byte_end].decode(), _target(f.features[0]))
            for f in shown.record.facets
        ] == [
            (f"@{lena.handle}", lena.did),
            ("https://example.com/é", "https://example.com/é"),
            ("#help", "help"),
        ]
        (echo,) = ears.poll("own")
        assert isinstance(echo, InboundMessage)
        assert (echo.external_id, echo.is_echo) == (sent.external_id, True)
        assert echo.thread_key == item.thread_key

    def test_the_key_protects_another_post_from_being_written_over(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        item = ears.hear(lena.mention(brand, "hello").uri)
        key = str(uuid7())
        sent = ears.connector.send(ears.account, answer_to(item, "One"), key)
        with pytest.raises(failures.Duplicate) as held:
            ears.connector.send(ears.account, answer_to(item, "Another"), key)
        assert held.value.existing == sent.external_id

    def test_a_deleted_parent_is_noticed_though_the_server_would_take_the_reply(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        post = lena.mention(brand, "never mind")
        item = ears.hear(post.uri)
        lena.client.delete_post(post.uri)
        soon(lambda: post.uri not in listed(brand), what="the deletion")
        with pytest.raises(failures.TargetGone):
            ears.connector.send(ears.account, answer_to(item), str(uuid7()))
        assert ears.connector.fetch_one(ears.account, post.uri) is None

    def test_a_reply_whose_root_is_gone_still_finds_its_place(
        self, ears: Ears, brand: Person, lena: Person, join: Join
    ) -> None:
        omar = join("omar")
        root = omar.post("Anybody at the airport?")
        post = lena.client.send_post(marked(brand, "yes, and you?"), reply_to=reply_to(root))
        item = ears.hear(post.uri)
        omar.client.delete_post(root.uri)
        sent = ears.connector.send(ears.account, answer_to(item), str(uuid7()))
        (shown,) = soon(lambda: lena.replies_to(post.uri), what="the reply")
        assert (shown.uri, shown.record.reply.root.uri) == (sent.external_id, root.uri)

    def test_a_closed_thread_is_not_answered(self, ears: Ears, brand: Person, lena: Person) -> None:
        post = lena.mention(brand, "do not answer")
        item = ears.hear(post.uri)
        gate = {"post": post.uri, "allow": []}
        lena.put("app.bsky.feed.threadgate", post.uri.rpartition("/")[2], gate)
        ask = lambda: brand.client.get_posts([post.uri]).posts[0].viewer.reply_disabled  # noqa: E731
        soon(ask, what="the gate")
        with pytest.raises(failures.NotAllowed):
            ears.connector.send(ears.account, answer_to(item), str(uuid7()))

    def test_deleting_ours_is_seen_by_everybody_and_noticed_by_us(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        item = ears.hear(lena.mention(brand, "hello").uri)
        sent = ears.connector.send(ears.account, answer_to(item), str(uuid7()))
        ears.poll("own")
        ears.connector.act(ears.account, Act.DELETE, sent.external_id)
        ears.connector.act(ears.account, Act.DELETE, sent.external_id)
        assert [i.external_id for i in ears.poll("own")] == [sent.external_id]
        soon(lambda: not lena.replies_to(item.external_id), what="the deletion")
        with pytest.raises(failures.NotAllowed):
            ears.connector.act(ears.account, Act.DELETE, item.external_id)

    def test_a_like_is_made_once_and_taken_back(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        post = lena.mention(brand, "thank you")
        ears.hear(post.uri)
        for _ in range(2):
            ears.connector.act(ears.account, Act.LIKE, post.uri)
        soon(lambda: _likes(lena, post.uri) == 1, what="the like")
        for _ in range(2):
            ears.connector.act(ears.account, Act.UNLIKE, post.uri)
            soon(lambda: _likes(lena, post.uri) == 0, what="no like")


class TestPace:
    def test_a_429_says_until_when(
        self, connector: BlueskyConnector, account: Account, brand: Person, ears: Ears, lena: Person
    ) -> None:
        item = ears.hear(lena.mention(brand, "hello").uri)
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": "app.example.thing",
                "value": {"$type": "app.example.thing", "number": number},
            }
            for number in range(200)
        ]
        body = {"repo": brand.did, "writes": writes}
        headers = {"authorization": f"Bearer {account.secrets['access']}"}
        address = f"{account.settings['pds']}/xrpc/com.atproto.repo.applyWrites"
        for _ in range(12):  # 600 of 5,000 points each
            answer = httpx.post(address, json=body, headers=headers, timeout=60)
            if answer.status_code == 429:
                break
        with pytest.raises(failures.Throttled) as slow:
            connector.send(account, answer_to(item), str(uuid7()))
        assert slow.value.network_code == "429 RateLimitExceeded"
        assert slow.value.scope == "account"
        assert slow.value.retry_at
        assert now() < slow.value.retry_at <= now() + timedelta(hours=1, minutes=1)
        assert connector.find_sent(account, answer_to(item), "k", since=now()) is None


def _target(feature: Any) -> str:
    return next(str(v) for v in (getattr(feature, n, None) for n in ("did", "uri", "tag")) if v)


def _likes(who: Person, uri: str) -> int:
    return int(who.client.get_posts([uri]).posts[0].like_count or 0)
