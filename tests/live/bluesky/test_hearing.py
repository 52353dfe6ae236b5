"""What is heard on a real network, and what it hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from hearwell.connect import failures
from hearwell.connect.model import (
    Act,
    Entity,
    Inbound,
    Media,
    MessageDeleted,
    MessageKind,
    Reacted,
)
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from tests.live.bluesky.ears import Ears, answer_to, listed, texts
from tests.live.bluesky.people import Person, soon

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
Join = Callable[[str], Person]


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
        ours = brand.announce("Our new cup")
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
        ours = brand.announce("We fly to Oslo")
        of_lena, of_omar = lena.reply(ours, "With my bag?"), omar.reply(ours, "At last")
        lena.seen(of_lena.uri)
        deeper = lena.reply(of_lena, "It is blue", root=ours)
        keys: dict[str, str] = {}
        soon(lambda: keys.update(_keys(ears)) or len(keys) == 3, what="three replies")
        assert keys[of_lena.uri] == keys[deeper.uri] == f"{ours.uri}#{lena.did}"
        assert keys[of_omar.uri] == f"{ours.uri}#{omar.did}"

    def test_likes_and_follows_are_reactions(self, ears: Ears, brand: Person, lena: Person) -> None:
        ours = brand.announce("We fly to Oslo")
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
        ours = brand.announce("We fly to Oslo")
        comment = lena.reply(ours, "Spam")
        ears.hear(comment.uri)
        ears.connector.act(ears.account, Act.HIDE, comment.uri)
        soon(lambda: comment.uri not in listed(brand), what="the reply being hidden")
        assert ears.poll() == []
        ears.connector.act(ears.account, Act.UNHIDE, comment.uri)
        soon(lambda: comment.uri in listed(brand), what="the reply being shown")

    def test_who_blocks_us_is_not_taken_for_deleted_either(
        self, ears: Ears, brand: Person, lena: Person
    ) -> None:
        post = lena.mention(brand, "I have had it")
        item = ears.hear(post.uri)
        lena.create({"subject": brand.did}, "app.bsky.graph.block")
        soon(lambda: post.uri not in listed(brand), what="the block")
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
        ours = brand.announce("We fly to Oslo")
        rkey, record = ours.uri.rpartition("/")[2], brand.record(ours.uri)
        brand.client.delete_post(ours.uri)
        soon(lambda: not lena.client.get_posts([ours.uri]).posts, what="the deletion")
        comment = lena.reply(ours, "At last")
        lena.seen(comment.uri)
        deeper = lena.reply(comment, "And back?", root=ours)
        lena.seen(deeper.uri)
        brand.put("app.bsky.feed.post", rkey, record)
        lena.seen(ours.uri)
        assert not {comment.uri, deeper.uri} & listed(brand)
        keys: dict[str, str] = {}
        soon(lambda: keys.update(_keys(ears, "replies")) or len(keys) == 2, what="both replies")
        assert keys == dict.fromkeys((comment.uri, deeper.uri), f"{ours.uri}#{lena.did}")
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


def _unread(who: Person) -> int:
    return int(who.client.app.bsky.notification.get_unread_count().count)


def _keys(ears: Ears, stream: str = "messages") -> dict[str, str]:
    return {i.external_id: str(i.thread_key) for i in ears.poll(stream)}
