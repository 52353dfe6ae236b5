"""The whole way, end to end: a customer's app, a real network, a real house, and back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from statistics import median
from typing import Any

import httpx
import pytest

from hearwell.connectors.bluesky.connector import BlueskyConnector
from tests.house import House
from tests.live.bluesky.desk import Desk, house_beside
from tests.live.bluesky.network import Network, expired_token
from tests.live.bluesky.people import Person, soon

Join = Callable[[str], Person]


@pytest.fixture(scope="module")
def house(network: Network) -> Iterator[House]:
    """One house for all of these tests."""
    with house_beside(network) as running:
        yield running


@pytest.fixture
def desk(house: House, connector: BlueskyConnector, brand: Person) -> Iterator[Desk]:
    """The brand's account in the house, and somebody who answers."""
    opened = Desk.open(house, connector, brand)
    yield opened
    opened.client.close()


def texts_below(who: Person, uri: str) -> list[str]:
    """The replies that somebody sees right below a post."""
    return [str(view.record.text) for view in who.replies_to(uri)]


def test_from_the_customers_post_to_the_answer_she_reads(
    desk: Desk, brand: Person, lena: Person
) -> None:
    """Mention, case, reply, thread; her thanks in the same case; what she deletes is withdrawn."""
    post = lena.mention(brand, "my bag stayed in Lisbon 😡")
    case = desk.case_with(post.uri)
    assert case["contact_name"] == lena.handle
    message = desk.message(post.uri)
    assert message["text"] == f"@{brand.handle} my bag stayed in Lisbon 😡"
    assert message["permalink"].startswith("https://bsky.app/profile/did:plc:")
    assert [e["kind"] for e in message["entities"]] == ["mention"]

    delivery = desk.delivered(desk.reply(case["id"], f"We have found it, @{lena.handle}."))
    answer = f"We have found it, @{lena.handle}. ^AA"
    assert soon(lambda: texts_below(lena, post.uri), what="the answer") == [answer]
    soon(lambda: desk.delivery(delivery["id"])["state"] == "confirmed", what="its echo", seconds=90)

    (shown,) = lena.replies_to(post.uri)
    thanks = lena.reply(shown, "Thank you!", root=post)
    assert desk.case_with(thanks.uri)["id"] == case["id"]
    lena.client.delete_post(thanks.uri)
    soon(lambda: desk.message(thanks.uri)["deleted_at"], what="the deletion", seconds=60)
    assert desk.message(post.uri)["deleted_at"] is None
    counted = Counter(m["remote_id"] for m in desk.messages())
    assert set(counted.values()) == {1}, counted


def test_an_edit_is_a_deletion_and_a_new_post(desk: Desk, brand: Person, lena: Person) -> None:
    first = lena.mention(brand, "my bga is gone")
    desk.case_with(first.uri)
    lena.client.delete_post(first.uri)
    second = lena.mention(brand, "my bag is gone")
    desk.case_with(second.uri)
    soon(lambda: desk.message(first.uri)["deleted_at"], what="the deletion", seconds=60)


def test_what_the_brand_says_in_its_own_app_is_known_and_counts(
    desk: Desk, brand: Person, lena: Person
) -> None:
    post = lena.mention(brand, "hello?")
    case = desk.case_with(post.uri)
    outside = brand.reply(post, "We are on it")
    soon(lambda: outside.uri in {m["remote_id"] for m in desk.messages()}, seconds=90)
    said = desk.message(outside.uri)
    assert (said["direction"], said["sent_outside"], said["case_id"]) == ("out", True, case["id"])


def test_a_reply_to_what_was_deleted_meanwhile_is_not_posted(
    desk: Desk, brand: Person, lena: Person
) -> None:
    post = lena.mention(brand, "never mind")
    case = desk.case_with(post.uri)
    lena.client.delete_post(post.uri)
    soon(lambda: not brand.client.get_posts([post.uri]).posts, what="the deletion")
    delivery_id = desk.reply(case["id"], "We have found it.")
    found = soon(lambda: (d := desk.delivery(delivery_id))["state"] == "failed" and d, seconds=60)
    assert found["failure_code"] == "target_gone"
    assert brand.client.get_author_feed(brand.handle).feed == []


def test_a_session_that_ran_out_is_renewed_and_nobody_notices(
    desk: Desk, brand: Person, lena: Person
) -> None:
    post = lena.mention(brand, "one")
    case = desk.case_with(post.uri)
    before = desk.secrets(access=expired_token(brand.did))
    desk.delivered(desk.reply(case["id"], "Found it."))
    again = lena.mention(brand, "two")
    desk.case_with(again.uri)
    after = desk.secrets()
    assert after["refresh"] != before["refresh"]
    assert after["access"] != before["access"]
    assert after["password"] == before["password"]


def test_a_reply_that_comes_too_fast_waits_as_long_as_the_network_says_and_goes_out_once(
    desk: Desk, brand: Person, lena: Person, network: Network
) -> None:
    post = lena.mention(brand, "hello?")
    case = desk.case_with(post.uri)
    _use_up_the_hour(brand)
    delivery_id = desk.reply(case["id"], "We have found it.")
    waiting = soon(
        lambda: (d := desk.delivery(delivery_id))["failure_code"] == "throttled" and d, seconds=60
    )
    assert waiting["state"] == "queued"
    left_s = datetime.fromisoformat(waiting["not_before"]).timestamp() - time.time()
    assert 0 < left_s <= 3660
    assert texts_below(lena, post.uri) == []
    network.kill_pds()  # its counters are in memory
    network.start_pds()
    desk.hurry(delivery_id)
    desk.delivered(delivery_id)
    assert soon(lambda: texts_below(lena, post.uri)) == ["We have found it. ^AA"]


def test_a_server_killed_and_restarted_loses_and_doubles_nothing(
    desk: Desk, brand: Person, lena: Person, network: Network
) -> None:
    """Posts before, between and after three power cuts; replies on their way through them."""
    posts, replies = [], {}
    for cut in range(3):
        asked = lena.mention(brand, f"question {cut}")
        posts.append(asked.uri)
        case = desk.case_with(asked.uri, seconds=120)
        posts += [lena.mention(brand, f"{cut}.{n}").uri for n in range(4)]
        replies[asked.uri] = desk.reply(case["id"], f"Answer {cut}")
        network.kill_pds()
        replies_on_the_way = desk.reply(case["id"], f"More {cut}")
        time.sleep(3)
        network.start_pds()
        desk.delivered(replies[asked.uri], seconds=180)
        desk.delivered(replies_on_the_way, seconds=180)
    soon(lambda: set(posts) <= {m["remote_id"] for m in desk.messages()}, seconds=180)
    counted = Counter(m["remote_id"] for m in desk.messages() if m["direction"] == "in")
    assert counted == Counter(posts)
    for number, uri in enumerate(replies):
        below = soon(lambda uri=uri: len(t := texts_below(lena, uri)) == 2 and t, seconds=60)
        assert sorted(below) == [f"Answer {number} ^AA", f"More {number} ^AA"]


def test_how_long_a_mention_takes(
    desk: Desk, brand: Person, lena: Person, record_property: Callable[[str, Any], None]
) -> None:
    """Not a time in an assertion: a figure for the report."""
    record_property("mention to inbox, polled", _delays(desk, brand, lena))


def test_how_long_it_takes_by_a_stream_and_that_nothing_comes_twice(
    house: House,
    connector: BlueskyConnector,
    network: Network,
    join: Join,
    record_property: Callable[[str, Any], None],
) -> None:
    network.start_jetstream()
    brand, lena = join("brand"), join("lena")
    desk = Desk.open(house, connector, brand, stream=network.stream)
    desk.case_with(lena.mention(brand, "are you there?").uri)
    record_property("mention to inbox, streamed", _delays(desk, brand, lena))
    gone = lena.mention(brand, "never mind")
    desk.case_with(gone.uri)
    assert desk.message(gone.uri)["author_name"] == lena.handle
    lena.client.delete_post(gone.uri)
    soon(lambda: desk.message(gone.uri)["deleted_at"], what="the deletion", seconds=60)
    time.sleep(15)  # the polls have found the same by now
    counted = Counter(m["remote_id"] for m in desk.messages())
    assert set(counted.values()) == {1}, counted
    assert len(desk.cases()) == len(counted)
    desk.client.close()


def _delays(desk: Desk, brand: Person, lena: Person) -> str:
    """From the network's time of ten mentions to when each reached the house."""
    posts = []
    for number in range(10):
        posts.append(lena.mention(brand, f"number {number}").uri)
        time.sleep(1.7)  # out of step with the polls
    soon(lambda: set(posts) <= {m["remote_id"] for m in desk.messages()}, seconds=90)
    delays = sorted(
        (_at(m["received_at"]) - _at(m["sent_at"])).total_seconds()
        for m in desk.messages()
        if m["remote_id"] in posts
    )
    return f"n {len(delays)}, median {median(delays):.1f} s, longest {delays[-1]:.1f} s"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _use_up_the_hour(brand: Person) -> None:
    """Write so many records that the server takes no more for an hour."""
    kind, collection = "com.atproto.repo.applyWrites#create", "app.example.thing"
    write = {"$type": kind, "collection": collection, "value": {"$type": collection}}
    body = {"repo": brand.did, "writes": [write] * 200}
    address = f"{brand.address}/xrpc/com.atproto.repo.applyWrites"
    for _ in range(12):  # 600 of 5,000 points each
        answer = httpx.post(address, json=body, headers=brand.headers(), timeout=60)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return
    pytest.fail("the server took everything")
