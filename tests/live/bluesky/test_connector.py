"""Our connector on a real network, seen through somebody else's client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Draft,
    Entity,
    HealthState,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageKind,
    Reacted,
)
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from tests.live.bluesky.network import Network, expired_token
from tests.live.bluesky.people import PASSWORD, Person, soon

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
Join = Callable[[str], Person]


@dataclass
class Ears:
    """Polls as the house does: cursor by cursor, everything parsed."""

    connector: BlueskyConnector
    account: Account
    cursors: dict[str, str | None] = field(default_factory=dict)

    def poll(self, stream: str = "messages") -> list[Inbound]:
        """What is new in a stream."""
        return [item for page in self._pages(stream) for item in page]

    def _pages(self, stream: str) -> Iterator[list[Inbound]]:
        for _ in range(50):
            page = self.connector.poll(self.account, stream, self.cursors.get(stream))
            self.cursors[stream] = page.cursor
            yield [item for raw in page.raws for item in self.connector.parse(raw)]
            if page.poll_after is None or page.poll_after > now():
                return

    def hear(self, uri: str, stream: str = "messages") -> InboundMessage:
        """Poll until a post is heard."""
        return soon(lambda: self._heard(uri, stream), what=f"hearing {uri}")

    def _heard(self, uri: str, stream: str) -> InboundMessage | None:
        found = [item for item in self.poll(stream) if item.external_id == uri]
        return found[0] if found and isinstance(found[0], InboundMessage) else None


@pytest.fixture
def ears(connector: BlueskyConnector, account: Account) -> Ears:
    """Ears that have heard what there was before."""
    made = Ears(connector, account)
    for stream in connector.streams(account):
        made.poll(stream)
    return made


def answer_to(item: InboundMessage, text: str = "We have found it.", **more: Any) -> Draft:
    """What the house would send."""
    return Draft(
        text=text,
        audience=Audience.PUBLIC,
        account=item.account,
        thread_key=item.thread_key,
        parent_id=item.external_id,
        root_id=item.root_id,
        to=item.author,
        parent_seen_at=item.occurred_at,
        **more,
    )


def texts(items: Sequence[Inbound]) -> list[str]:
    return [item.text for item in items if isinstance(item, InboundMessage)]


class TestConnecting:
    def test_the_account_is_found_and_its_server_resolved(
        self, account: Account, brand: Person, network: Network
    ) -> None:
        assert account.external_id == brand.did
        assert account.settings["pds"] == network.url
        assert account.scopes == {"read", "write"}

    def test_a_did_and_an_address_given_by_hand_do_as_well(
        self, connector: BlueskyConnector, brand: Person, network: Network
    ) -> None:
        given = {"handle": brand.did, "password": brand.app_password(), "service": network.url}
        assert connector.connect(given).handle == brand.handle

    @pytest.mark.parametrize(
        ("handle", "password", "at"),
        [
            ("nobody-here.test", "abcd", "handle"),
            ("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "abcd", "handle"),
            (None, "abcd-abcd-abcd-abcd", "password"),
            (None, PASSWORD, "password"),
        ],
        ids=["unknown handle", "unknown DID", "wrong password", "main password"],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, connector: BlueskyConnector, brand: Person, handle: str | None, password: str, at: str
    ) -> None:
        with pytest.raises(FieldRefused) as refused:
            connector.connect({"handle": handle or brand.handle, "password": password})
        assert refused.value.field_name == at

    def test_health_is_good(self, connector: BlueskyConnector, account: Account) -> None:
        verdict = connector.health(account)
        assert verdict.state is HealthState.OK, verdict
        assert [check.name for check in verdict.checks] == [
            "settings", "reach", "credentials", "scopes", "subscription", "quota",
        ]  # fmt: skip

    def test_health_names_what_is_wrong(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        dead = replace(account, secrets={"access": expired_token(brand.did)})
        worst = connector.health(dead).checks[-1]
        assert (worst.name, worst.state) == ("credentials", HealthState.BAD)
        foreign = replace(account, external_id="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
        worst = connector.health(foreign).checks[-1]
        assert (worst.name, worst.state) == ("credentials", HealthState.BAD)


class TestSessions:
    def test_tokens_rotate_and_the_old_refresh_token_is_good_once_more(
        self, connector: BlueskyConnector, account: Account
    ) -> None:
        first = replace(account, secrets=connector.refresh(account))
        assert first.secrets["refresh"] != account.secrets["refresh"]
        again = replace(account, secrets=connector.refresh(account))  # its answer got lost
        assert connector.identity(again) == connector.identity(first) == account.external_id

    def test_an_expired_token_is_told_from_a_wrong_one_by_nobody_and_both_renew(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        for access, code in ((expired_token(brand.did), "ExpiredToken"), ("x.y.z", "InvalidToken")):
            stale = replace(account, secrets={**account.secrets, "access": access})
            with pytest.raises(failures.NeedsReauth) as dead:
                connector.poll(stale, "messages", None)
            assert dead.value.network_code == f"400 {code}"
            renewed = replace(stale, secrets=connector.refresh(stale))
            assert connector.identity(renewed) == brand.did

    def test_without_a_token_it_is_a_401(
        self, connector: BlueskyConnector, account: Account
    ) -> None:
        with pytest.raises(failures.NeedsReauth) as dead:
            connector.identity(replace(account, secrets={}))
        assert dead.value.network_code == "401 AuthMissing"

    def test_a_dead_refresh_token_falls_back_to_the_app_password_as_long_as_that_lives(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        dead = replace(account, secrets={**account.secrets, "refresh": "x.y.z"})
        assert connector.refresh(dead)["access"]
        for one in brand.client.com.atproto.server.list_app_passwords().passwords:
            brand.call("com.atproto.server.revokeAppPassword", {"name": one.name})
        with pytest.raises(failures.NeedsReauth):
            connector.refresh(dead)


class TestHearing:
    def test_a_mention_with_everything_in_it(self, ears: Ears, brand: Person, lena: Person) -> None:
        words = f"😡 @{brand.handle} my bag? #help https://example.com/é"
        post = lena.create({"text": words, "langs": ["en-GB"], "facets": lena.facets(words, brand)})
        item = ears.hear(post)
        assert (item.kind, item.language, item.is_echo) == (MessageKind.MENTION, "en-GB", False)
        assert item.author.handle == lena.handle
        assert item.entities == (Entity(2, 3 + len(brand.handle), "mention", brand.did),)
        assert item.text[2 : 3 + len(brand.handle)] == f"@{brand.handle}"
        assert item.thread_key == item.root_id == post
        assert ears.poll() == []

    # atproto 0.0.73 hands bytes to httpx in an old way.
    @pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
    def test_pictures_and_quotes_come_with_addresses_and_words(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        ours = brand.post("Our new cup")
        picture = lena.client.upload_blob(PIXEL).blob
        embed = {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"$type": "app.bsky.embed.record", "record": ours.model_dump()},
            "media": {
                "$type": "app.bsky.embed.images",
                "images": [{"alt": "A broken cup", "image": picture.model_dump(by_alias=True)}],
            },
        }
        post = lena.create({"text": "Look at this", "embed": embed})
        item = ears.hear(post)
        assert item.kind is MessageKind.MENTION
        image, quote = item.media
        assert (image.kind, image.alt) == ("image", "A broken cup")
        assert image.url.startswith("http")
        assert quote == Media("quote", quote.url, ref=ours.uri, alt=f"@{brand.handle}: Our new cup")

    def test_threads_of_two_customers_below_one_post_are_two(
        self, ears: Ears, brand: Person, lena: Person, join: Join
    ) -> None:
        omar = join("omar")
        ours = brand.post("We fly to Oslo")
        of_lena, of_omar = lena.reply(ours, "With my bag?"), omar.reply(ours, "At last")
        deeper = lena.reply(of_lena, "It is blue", root=ours)
        keys: dict[str, str] = {}
        soon(lambda: keys.update(_keys(ears)) or len(keys) == 3, what="three replies")
        assert keys[of_lena.uri] == keys[deeper.uri] == f"{ours.uri}#{lena.did}"
        assert keys[of_omar.uri] == f"{ours.uri}#{omar.did}"

    def test_likes_and_follows_are_reactions(self, ears: Ears, brand: Person, lena: Person) -> None:
        ours = brand.post("We fly to Oslo")
        lena.client.like(ours.uri, ours.cid)
        lena.client.follow(brand.did)
        heard: list[Inbound] = []
        soon(lambda: heard.extend(ears.poll("reactions")) or len(heard) == 2)
        assert {(i.reaction, i.target_id) for i in heard if isinstance(i, Reacted)} == {
            ("like", ours.uri),
            ("follow", brand.did),
        }

    def test_a_deleted_mention_silently_leaves_the_list_and_is_noticed(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        kept, gone = lena.mention(brand, "one"), lena.mention(brand, "two")
        ears.hear(kept.uri)
        soon(lambda: ears.poll() or "2" in str(ears.cursors["messages"]))
        lena.client.delete_post(gone.uri)
        heard: list[Inbound] = []
        soon(lambda: heard.extend(ears.poll()) or any(isinstance(i, MessageDeleted) for i in heard))
        assert [i.external_id for i in heard if isinstance(i, MessageDeleted)] == [gone.uri]

    def test_what_is_only_hidden_is_not_taken_for_deleted(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        ours = brand.post("We fly to Oslo")
        comment = lena.reply(ours, "Spam")
        ears.hear(comment.uri)
        ears.connector.act(ears.account, Act.HIDE, comment.uri)
        soon(lambda: comment.uri not in _listed(brand), what="the reply being hidden")
        assert ears.poll() == []
        ears.connector.act(ears.account, Act.UNHIDE, comment.uri)
        soon(lambda: comment.uri in _listed(brand), what="the reply being shown")

    def test_who_blocks_us_is_not_taken_for_deleted_either(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        post = lena.mention(brand, "I have had it")
        item = ears.hear(post.uri)
        lena.create({"subject": brand.did}, "app.bsky.graph.block")
        soon(lambda: post.uri not in _listed(brand), what="the block")
        assert ears.poll() == []
        with pytest.raises(failures.NotAllowed):
            ears.connector.send(ears.account, answer_to(item), str(uuid7()))

    def test_a_post_that_claims_an_earlier_time_is_heard_all_the_same(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        ears.hear(lena.mention(brand, "now").uri)
        earlier = (now() - timedelta(hours=3)).isoformat().replace("+00:00", "Z")
        text = f"@{brand.handle} written in the tunnel"
        facets = lena.facets(text, brand)
        post = lena.create({"text": text, "facets": facets, "createdAt": earlier})
        assert ears.hear(post).text == text

    def test_a_reply_that_was_indexed_before_its_parent_is_heard_though_nobody_was_told(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        ours = brand.post("We fly to Oslo")
        rkey, record = ours.uri.rpartition("/")[2], brand.record(ours.uri)
        brand.client.delete_post(ours.uri)
        soon(lambda: not lena.client.get_posts([ours.uri]).posts, what="the deletion")
        comment = lena.reply(ours, "At last")
        soon(lambda: lena.client.get_posts([comment.uri]).posts, what="the reply")
        brand.put("app.bsky.feed.post", rkey, record)
        soon(lambda: lena.client.get_posts([ours.uri]).posts, what="the post")
        assert comment.uri not in _listed(brand)
        item = ears.hear(comment.uri, "replies")
        assert (item.thread_key, item.author.external_id) == (f"{ours.uri}#{lena.did}", lena.did)
        assert ears.poll("replies") == []

    def test_a_burst_larger_than_a_page_comes_whole_and_once(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        ears.hear(lena.mention(brand, "before").uri)
        facets = lena.facets(f"@{brand.handle}", brand)
        # Many in one instant, as apps write whole seconds: a page must not be cut inside one.
        instants = [(now() + timedelta(seconds=n - 10)).isoformat()[:19] + "Z" for n in range(6)]
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": "app.bsky.feed.post",
                "value": {
                    "$type": "app.bsky.feed.post",
                    "text": f"@{brand.handle} {number}",
                    "facets": facets,
                    "createdAt": instants[number % 6],
                },
            }
            for number in range(180)
        ]
        lena.call("com.atproto.repo.applyWrites", {"repo": lena.did, "writes": writes})
        soon(lambda: _unread(brand) >= 181, what="the burst", seconds=120)
        heard = texts(ears.poll())
        assert sorted(set(heard)) == sorted(w["value"]["text"] for w in writes)
        assert texts(ears.poll()) == []


class TestAnswering:
    def test_a_reply_stands_in_the_thread_once_with_its_facets(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        root = lena.post("What a day")
        mention = lena.client.send_post(_marked(brand, "where is it?"), reply_to=_reply(root))
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
        soon(lambda: post.uri not in _listed(brand), what="the deletion")
        with pytest.raises(failures.TargetGone):
            ears.connector.send(ears.account, answer_to(item), str(uuid7()))
        assert ears.connector.fetch_one(ears.account, post.uri) is None

    def test_a_reply_whose_root_is_gone_still_finds_its_place(
        self, ears: Ears, brand: Person, lena: Person, join: Join
    ) -> None:
        omar = join("omar")
        root = omar.post("Anybody at the airport?")
        post = lena.client.send_post(_marked(brand, "yes, and you?"), reply_to=_reply(root))
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


class TestReading:
    def test_what_anybody_wrote_can_be_read_and_searched(
        self, ears: Ears, lena: Person, join: Join
    ) -> None:
        omar = join("omar")
        first = omar.post("Zanzibar in spring")
        second = omar.reply(lena.post("Where to?"), "Zanzibar")
        omar.client.repost(first.uri, first.cid)
        page = soon(lambda: _timeline(ears, omar.handle, 2), what="the feed")
        assert [i.external_id for i in page] == [second.uri, first.uri]
        found = soon(lambda: _found(ears, "Zanzibar", 2), what="the search")
        assert {i.external_id for i in found} == {first.uri, second.uri}
        with pytest.raises(failures.TargetGone):
            ears.connector.timeline(ears.account, "nobody-here.test", None)


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


# --- small things --------------------------------------------------------------------------------


def _marked(brand: Person, text: str) -> Any:
    from atproto import client_utils

    return client_utils.TextBuilder().mention(f"@{brand.handle}", brand.did).text(f" {text}")


def _reply(root: Any) -> Any:
    from atproto import models

    return models.AppBskyFeedPost.ReplyRef(parent=root, root=root)


def _target(feature: Any) -> str:
    return next(str(v) for v in (getattr(feature, n, None) for n in ("did", "uri", "tag")) if v)


def _listed(who: Person) -> set[str]:
    answer = who.client.app.bsky.notification.list_notifications({"limit": 100})
    return {one.uri for one in answer.notifications}


def _unread(who: Person) -> int:
    return int(who.client.app.bsky.notification.get_unread_count().count)


def _likes(who: Person, uri: str) -> int:
    return int(who.client.get_posts([uri]).posts[0].like_count or 0)


def _keys(ears: Ears) -> dict[str, str]:
    return {i.external_id: str(i.thread_key) for i in ears.poll()}


def _timeline(ears: Ears, who: str, length: int) -> list[Inbound]:
    page = ears.connector.timeline(ears.account, who, None)
    items = [item for raw in page.raws for item in ears.connector.parse(raw)]
    return items if len(items) == length else []


def _found(ears: Ears, words: str, length: int) -> list[Inbound]:
    page = ears.connector.search(ears.account, words, None)
    items = [item for raw in page.raws for item in ears.connector.parse(raw)]
    return items if len(items) == length else []
