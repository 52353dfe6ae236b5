"""The whole way: a customer's app, a server, a real house connected in its pages, and back.

The server is our fake behind real HTTP and sockets; the customer is Mastodon.py. No code of the
house's is shared by either.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from statistics import median
from typing import Any

import httpx
import mastodon
import pytest

from hearwell.kit.markup import plain_text
from tests.fediverse.people import person, words
from tests.fediverse.server import Instance, running
from tests.house import CSRF, House, running_house
from tests.live.desk import Desk, in_house, soon

LINK = re.compile(r'href="([^"]+/oauth/authorize[^"]+)"')
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:mastodon")


@pytest.fixture(scope="module", params=["mastodon", "gotosocial", "takahe"])
def instance(request: pytest.FixtureRequest) -> Iterator[Instance]:
    """A server of each family: with both streams, with a socket only, with none."""
    ways = {"mastodon": {"socket", "lines"}, "gotosocial": {"socket"}, "takahe": set[str]()}
    with running(Instance(request.param, frozenset(ways[request.param]))) as started:
        yield started


@pytest.fixture(scope="module")
def house(instance: Instance) -> Iterator[House]:
    """A house that may call this server, which lies inside."""
    with running_house(variables={"HEARWELL_EGRESS_ALLOW": instance.url}) as started:
        started.owner().close()
        yield started


@pytest.fixture(scope="module")
def brand(instance: Instance) -> Iterator[mastodon.Mastodon]:
    """The brand's account, with an app of its own beside the house."""
    with person(instance, "northwind", "Northwind Air") as client:
        yield client


@pytest.fixture
def lena(instance: Instance) -> Iterator[mastodon.Mastodon]:
    """A customer."""
    with person(instance, "lena", "Lena Hoff") as client:
        yield client


@pytest.fixture(scope="module")
def desk(house: House, instance: Instance, brand: mastodon.Mastodon) -> Iterator[Desk]:
    """The brand's account, connected as its owner does it: in the pages of the house."""
    before = instance.listeners
    opened = connected(house, instance)
    if instance.ways:
        soon(lambda: instance.listeners > before, what="the stream")
    else:
        soon(lambda: ("GET", "/api/v1/notifications") in instance.calls, what="the poll")
    yield opened
    opened.client.close()


def connected(house: House, instance: Instance) -> Desk:
    """Fill in the form, say yes on the server's page, come back."""
    with house.owner() as client:
        page = client.get("/settings/networks/connect/mastodon/")
        token = CSRF.search(page.text)
        assert token, said(page)
        form = {
            "csrfmiddlewaretoken": token[1],
            "given-server": instance.url,
            "given-visibility": "public",
            "brand": "Northwind Air",
            "purpose": "care",
        }
        leave = client.post("/settings/networks/connect/mastodon/", data=form)
        found = LINK.search(leave.text)
        assert found, said(leave)
        yes = httpx.post(unescape(found[1]), data={"acct": "northwind"})
        ready = client.get(yes.headers["location"])
        assert ready.status_code == 200, said(ready)
        assert ready.url.path.endswith("/ready/"), said(ready)
        channel_id = ready.url.path.rstrip("/").split("/")[-2]
    return Desk.at(house, channel_id, in_house(house, "token", {})["token"])


def said(page: httpx.Response) -> str:
    """What a page says, for a failure that can be read."""
    return plain_text(page.text.partition("<main")[2].partition("</main>")[0]).text


def below(who: Any, status: Any) -> list[str]:
    """What somebody sees below a status."""
    return words(who.status_context(status.id).descendants)


def once(desk: Desk) -> None:
    """Nothing is there twice."""
    counted = Counter(message["remote_id"] for message in desk.messages())
    assert set(counted.values()) <= {1}, counted


def test_from_the_customers_post_to_the_answer_she_reads(desk: Desk, lena: Any) -> None:
    """Mention, case, reply, thread; her thanks in the same case; edited; taken back."""
    post = lena.status_post("@northwind my bag stayed in Lisbon 🧳", spoiler_text="luggage")
    case = desk.case_with(post.id)
    assert case["contact_name"] == "Lena Hoff"
    message = desk.message(post.id)
    assert message["text"] == ("Content warning: luggage\n\n@northwind my bag stayed in Lisbon 🧳")
    assert message["permalink"] == post.url
    assert [e["kind"] for e in message["entities"]] == ["mention"]

    delivery = desk.delivered(desk.reply(case["id"], "We have found it."))
    assert below(lena, post) == ["@lena We have found it. ^AA"]
    (answer,) = lena.status_context(post.id).descendants
    assert (answer.spoiler_text, answer.visibility) == ("luggage", "public")
    soon(
        lambda: desk.delivery(delivery["id"])["state"] == "confirmed", what="its echo", seconds=120
    )

    thanks = lena.status_reply(answer, "Thank you!")
    assert desk.case_with(thanks.id)["id"] == case["id"]
    lena.status_update(thanks.id, "@northwind Thanks a lot!")
    soon(lambda: desk.message(thanks.id)["text"] == "@northwind Thanks a lot!", seconds=120)
    lena.status_delete(thanks.id)
    soon(lambda: desk.message(thanks.id)["deleted_at"], what="the deletion", seconds=120)
    assert desk.message(post.id)["deleted_at"] is None
    once(desk)


def test_a_private_message_stays_private(desk: Desk, lena: Any, instance: Instance) -> None:
    post = lena.status_post("@northwind my number is 0170 55501", visibility="direct")
    case = desk.case_with(post.id)
    assert desk.message(post.id)["audience"] == "private"
    desk.delivered(desk.reply(case["id"], "We call you.", audience="private"))
    (answer,) = lena.status_context(post.id).descendants
    assert answer.visibility == "direct"
    assert words([answer]) == ["@lena We call you."]
    with person(instance, "tom") as tom, pytest.raises(mastodon.MastodonNotFoundError):
        tom.status(answer.id)
    once(desk)


def test_what_the_brand_says_in_its_own_app_is_known_and_counts(
    desk: Desk, brand: Any, lena: Any
) -> None:
    post = lena.status_post("@northwind hello?")
    case = desk.case_with(post.id)
    outside = brand.status_reply(post, "We are on it")
    soon(lambda: outside.id in {m["remote_id"] for m in desk.messages()}, seconds=120)
    said = desk.message(outside.id)
    assert (said["direction"], said["sent_outside"], said["case_id"]) == ("out", True, case["id"])


def test_a_reply_to_what_was_deleted_meanwhile_is_not_posted(
    desk: Desk, brand: Any, lena: Any
) -> None:
    post = lena.status_post("@northwind never mind")
    case = desk.case_with(post.id)
    before = brand.me().statuses_count
    delivery_id = desk.reply(case["id"], "We have found it.")
    lena.status_delete(post.id)
    # Whichever is faster: the stream tells us of it, or the server says no.
    ends = {"failed", "stale"}
    found = soon(lambda: (d := desk.delivery(delivery_id))["state"] in ends and d, seconds=60)
    assert found["state"] == "stale" or found["failure_code"] == "target_gone"
    assert brand.me().statuses_count == before


def test_a_reply_that_comes_too_fast_waits_and_goes_out_once(
    desk: Desk, lena: Any, instance: Instance
) -> None:
    post = lena.status_post("@northwind too many?")
    case = desk.case_with(post.id)
    limit, instance.api.limit = instance.api.limit, 0
    try:
        delivery_id = desk.reply(case["id"], "We have found it.")
        waiting = soon(
            lambda: (d := desk.delivery(delivery_id))["failure_code"] == "throttled" and d,
            seconds=60,
        )
    finally:
        instance.api.limit = limit
    assert waiting["state"] == "queued"
    left_s = datetime.fromisoformat(waiting["not_before"]).timestamp() - time.time()
    assert 0 < left_s <= 310, "as long as the server said"
    assert below(lena, post) == []
    desk.hurry(delivery_id)
    desk.delivered(delivery_id)
    assert below(lena, post) == ["@lena We have found it. ^AA"]


def test_a_revoked_token_holds_the_answer_until_somebody_connects_again(
    desk: Desk, lena: Any, instance: Instance, house: House
) -> None:
    post = lena.status_post("@northwind still there?")
    case = desk.case_with(post.id)
    instance.server.tokens.pop(desk.secrets()["access"])
    delivery_id = desk.reply(case["id"], "We are.")
    held = soon(lambda: (d := desk.delivery(delivery_id))["state"] == "held" and d, seconds=60)
    assert held["failure_code"] == "needs_reauth"
    assert below(lena, post) == []
    missed = lena.status_post("@northwind while you were out")

    again = connected(house, instance)
    assert again.channel_id == desk.channel_id
    desk.case_with(missed.id, seconds=120)
    assert desk.case_with(post.id)["id"] == case["id"]
    once(desk)


def test_a_server_killed_and_started_again_loses_and_doubles_nothing(
    desk: Desk, lena: Any, instance: Instance
) -> None:
    """Posts before, between and after three power cuts; replies on their way through them."""
    posts, asked = [], []
    for cut in range(3):
        question = lena.status_post(f"@northwind question {cut}")
        asked.append(question)
        case = desk.case_with(question.id, seconds=180)
        posts += [question.id, *(lena.status_post(f"@northwind {cut}.{n}").id for n in range(4))]
        first = desk.reply(case["id"], f"Answer {cut}")
        instance.kill()
        second = desk.reply(case["id"], f"More {cut}")
        time.sleep(3)
        instance.start()
        desk.delivered(first, seconds=240)
        desk.delivered(second, seconds=240)
    soon(lambda: set(posts) <= {m["remote_id"] for m in desk.messages()}, seconds=240)
    once(desk)
    for cut, question in enumerate(asked):
        assert sorted(below(lena, question)) == [f"@lena Answer {cut} ^AA", f"@lena More {cut} ^AA"]


def test_how_long_a_mention_takes(
    desk: Desk, lena: Any, record_property: Callable[[str, Any], None]
) -> None:
    """Not a time in an assertion: a figure for the report."""
    posts = []
    for number in range(10):
        posts.append(lena.status_post(f"@northwind number {number}").id)
        time.sleep(1.7)  # out of step with the polls
    soon(lambda: set(posts) <= {m["remote_id"] for m in desk.messages()}, seconds=120)
    delays = sorted(
        (_at(m["received_at"]) - _at(m["sent_at"])).total_seconds()
        for m in desk.messages()
        if m["remote_id"] in posts
    )
    figure = f"n {len(delays)}, median {median(delays):.2f} s, longest {delays[-1]:.2f} s"
    record_property("mention to inbox", figure)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
