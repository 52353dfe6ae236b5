"""Single statuses, timelines of anybody, hashtags and words."""

from __future__ import annotations

import pytest

from hearwell.connect import failures
from hearwell.connect.model import InboundMessage, MessageKind, RawPage
from hearwell.connectors.mastodon.fake import Fake


def read(fake: Fake, page: RawPage) -> list[InboundMessage]:
    found = [item for raw in page.raws for item in fake.connector.parse(raw)]
    return [item for item in found if isinstance(item, InboundMessage)]


def test_one_status_as_it_would_have_come(fake: Fake) -> None:
    reply = fake.server.say(fake.lena, "@northwind anyone?", parent=fake.first.id)
    raw = fake.connector.fetch_one(fake.account, reply.id)
    assert raw is not None
    (item,) = fake.connector.parse(raw)
    polled = fake.connector.poll(fake.account, "mentions", None)

    assert item == read(fake, polled)[-1]
    fake.server.delete(reply)
    assert fake.connector.fetch_one(fake.account, reply.id) is None
    assert fake.connector.fetch_one(fake.account, "../instance") is None


@pytest.mark.parametrize("name", ["rival@other.example", "@Rival@other.example"])
def test_a_timeline_to_its_end(fake: Fake, name: str) -> None:
    rival = fake.server.join("rival", host="other.example")
    for number in range(90):
        fake.server.say(rival, f"Cheap seats {number}")
    fake.server.say(rival, "psst", visibility="direct")
    found: list[InboundMessage] = []
    cursor: str | None = None
    while True:
        page = fake.connector.timeline(fake.account, name, cursor)
        found += read(fake, page)
        if page.cursor is None:
            break
        cursor = page.cursor

    assert [item.text for item in found] == [f"Cheap seats {n}" for n in reversed(range(90))]
    assert {item.kind for item in found} == {MessageKind.POST}
    assert {item.author.external_id for item in found} == {"rival@other.example"}


def test_of_our_own_server_the_name_is_enough(fake: Fake) -> None:
    fake.server.say(fake.server.join("rival"), "Cheap seats")
    (item,) = read(fake, fake.connector.timeline(fake.account, "rival", None))
    assert item.author.external_id == "rival@social.example"


def test_nobody_of_that_name(fake: Fake) -> None:
    with pytest.raises(failures.TargetGone):
        fake.connector.timeline(fake.account, "nobody@other.example", None)


def test_a_hashtag(fake: Fake) -> None:
    fake.server.say(fake.lena, "What a day #NorthwindAir")
    fake.server.say(fake.lena, "no tag NorthwindAir")
    page = fake.connector.search(fake.account, "#northwindair", None)
    assert [item.text for item in read(fake, page)] == ["What a day #NorthwindAir"]
    assert fake.connector.search(fake.account, "#northwindair", page.cursor).cursor is None


def test_words_page_by_page(fake: Fake) -> None:
    for number in range(60):
        fake.server.say(fake.lena, f"northwind again {number}")
    found, cursor = [], None
    while True:
        page = fake.connector.search(fake.account, "northwind again", cursor)
        found += read(fake, page)
        if page.cursor is None:
            break
        cursor = page.cursor
    assert len({item.external_id for item in found}) == len(found) == 60
    assert found[0].text == "northwind again 59"
    assert {item.account for item in found} == {"northwind@social.example"}
