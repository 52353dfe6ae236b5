"""What is new, what is history, and how often we ask."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.model import InboundMessage, MessageEdited, RawPage, Source
from hearwell.connectors.feeds.fake import (
    ADDRESS,
    HOST,
    Fake,
    answering,
    atom,
    entry,
)
from hearwell.connectors.feeds.manifest import MANIFEST

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOVED = "https://new.northwind.test/feed"


@pytest.fixture(autouse=True)
def clock() -> Iterable[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def poll(fake: Fake, cursor: str | None) -> RawPage:
    return fake.connector.poll(fake.account, "default", cursor)


def told(fake: Fake, page: RawPage) -> list[tuple[str, str, int]]:
    """Kind of delivery, words and number of every message of a page."""
    return [
        (raw.source.value, item.text, int(item.external_id.rpartition(":")[2]))
        for raw in page.raws
        for item in fake.connector.parse(raw)
        if isinstance(item, InboundMessage)
    ]


def shows(fake: Fake, *entries: str) -> None:
    fake.web.documents[ADDRESS] = atom(*entries)


# --- new and past ------------------------------------------------------------------------------


def test_what_is_there_when_we_come_is_history(fake: Fake) -> None:
    page = poll(fake, None)
    assert [line[0] for line in told(fake, page)] == ["import", "import"]


def test_what_came_while_we_were_connecting_is_news(fake: Fake) -> None:
    just_now = (NOON - timedelta(minutes=2)).isoformat()
    shows(fake, entry(2, published=just_now), entry(1))
    assert {line[2]: line[0] for line in told(fake, poll(fake, None))} == {2: "poll", 1: "import"}


def test_only_what_is_new_is_told(fake: Fake, clock: time_machine.Coordinates) -> None:
    first = poll(fake, None)
    clock.shift(3600)
    shows(fake, entry(3, published="2026-11-23T12:30:00Z"), entry(2), entry(1))
    second = poll(fake, first.cursor)
    assert told(fake, second) == [("poll", "My bag stayed in Lisbon", 3)]
    assert poll(fake, second.cursor).raws == ()


def test_old_entries_with_new_ids_start_nothing(
    fake: Fake, clock: time_machine.Coordinates
) -> None:
    """A site is rebuilt and names all of its entries anew."""
    cursor = poll(fake, None).cursor
    for _ in range(10):
        clock.shift(86_400)
        cursor = poll(fake, cursor).cursor
    dates = {13: NOON + timedelta(days=1), 12: NOON + timedelta(days=9, hours=20)}
    shows(fake, *(entry(n, published=day.isoformat()) for n, day in dates.items()))
    assert {line[2]: line[0] for line in told(fake, poll(fake, cursor))} == {
        13: "import",
        12: "poll",
    }


def test_what_came_while_we_were_away_for_a_week_is_news(
    fake: Fake, clock: time_machine.Coordinates
) -> None:
    cursor = poll(fake, None).cursor
    clock.shift(7 * 86_400)
    shows(fake, entry(3, published="2026-11-24T08:00:00Z"))
    assert told(fake, poll(fake, cursor))[0][0] == "poll"


def test_without_a_date_only_the_first_look_is_history(fake: Fake) -> None:
    item = "<item><guid>x:{0}</guid><title>{0}</title></item>".format
    fake.web.documents[ADDRESS] = f"<rss><channel>{item(1)}</channel></rss>".encode()
    first = poll(fake, None)
    assert told(fake, first) == [("import", "1", 1)]
    fake.web.documents[ADDRESS] = f"<rss><channel>{item(2)}{item(1)}</channel></rss>".encode()
    assert told(fake, poll(fake, first.cursor)) == [("poll", "2", 2)]


def test_an_edit_is_told_once_also_when_the_feed_does_not_say_so(
    fake: Fake, clock: time_machine.Coordinates
) -> None:
    first = poll(fake, None)
    clock.shift(3600)
    shows(fake, entry(2, "We found it"), entry(1))
    second = poll(fake, first.cursor)
    (raw,) = second.raws
    edit, message = fake.connector.parse(raw)
    assert isinstance(edit, MessageEdited)
    assert edit.text == message.text == "We found it"  # type: ignore[attr-defined]
    assert edit.version == int((NOON + timedelta(hours=1)).timestamp() * 1000)
    assert raw.source is Source.POLL
    assert poll(fake, second.cursor).raws == ()


def test_what_leaves_the_feed_and_comes_back_is_still_known(fake: Fake) -> None:
    first = poll(fake, None)
    shows(fake, entry(1))
    second = poll(fake, first.cursor)
    shows(fake, entry(2), entry(1))
    assert second.raws == poll(fake, second.cursor).raws == ()


def test_the_cursor_of_a_busy_feed_stays_small(fake: Fake) -> None:
    cursor = None
    for day in range(6):
        shows(fake, *(entry(day * 1000 + n) for n in range(900)))
        cursor = poll(fake, cursor).cursor
    assert cursor is not None
    assert len(cursor) < 20_000


@pytest.mark.parametrize("text", ["", "{}", "7", "[]", '{"since": 1, "looked": 2}'])
def test_a_cursor_of_another_kind_is_refused(fake: Fake, text: str) -> None:
    with pytest.raises(failures.ContractChanged):
        poll(fake, text)


# --- asking ------------------------------------------------------------------------------------


def test_we_ask_by_what_the_server_gave_us_to_ask_by(fake: Fake) -> None:
    fake.web.headers["last-modified"] = "Sun, 22 Nov 2026 08:00:00 GMT"
    first = poll(fake, None)
    again = poll(fake, first.cursor)
    request = fake.web.asked()[1]
    assert request.headers["if-none-match"].startswith('"')
    assert request.headers["if-modified-since"] == "Sun, 22 Nov 2026 08:00:00 GMT"
    assert request.headers["user-agent"].startswith("Hearwell/")
    assert (again.raws, again.cursor) == ((), first.cursor)


def test_a_quiet_feed_moves_its_cursor_once_an_hour(
    fake: Fake, clock: time_machine.Coordinates
) -> None:
    first = poll(fake, None)
    clock.shift(1800)
    second = poll(fake, first.cursor)
    clock.shift(1900)
    third = poll(fake, second.cursor)
    assert first.cursor == second.cursor != third.cursor


@pytest.mark.parametrize(
    ("headers", "head", "expected_s"),
    [
        ({}, "", MANIFEST.poll_every_s),
        ({"cache-control": "public, max-age=1800"}, "", 1800),
        ({"cache-control": "s-max-age=9999, max-age=7"}, "", MANIFEST.poll_every_s),
        ({}, "<ttl>60</ttl>", 3600),
        ({}, "<ttl>soon</ttl>", MANIFEST.poll_every_s),
        ({}, "<ttl>525600</ttl>", 6 * 3600),
        ({}, "<s:updatePeriod>daily</s:updatePeriod><s:updateFrequency>12</s:updateFrequency>",
         7200),
        ({"cache-control": "max-age=1200"}, "<ttl>30</ttl>", 1800),
    ],
)  # fmt: skip
def test_we_ask_as_seldom_as_we_are_asked_to(
    fake: Fake, headers: dict[str, str], head: str, expected_s: float
) -> None:
    space = "http://purl.org/rss/1.0/modules/syndication/"
    fake.web.headers = headers
    fake.web.documents[ADDRESS] = f'<rss xmlns:s="{space}"><channel>{head}</channel></rss>'.encode()
    assert poll(fake, None).poll_after == NOON + timedelta(seconds=expected_s)


def test_a_host_is_called_by_one_feed_after_the_other(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real spacing
    other = replace(fake.account, settings={"address": f"https://{HOST}/other"})
    fake.web.documents[f"https://{HOST}/other"] = atom(entry(1))
    assert poll(fake, None).raws
    later = fake.connector.poll(other, "default", None)
    assert (later.raws, later.cursor) == ((), None)
    assert later.poll_after is not None
    assert later.poll_after > NOON
    assert fake.web.asked(f"https://{HOST}/other") == []


def test_robots_are_asked_once_a_day_and_obeyed(fake: Fake) -> None:
    cursor = poll(fake, None).cursor
    poll(fake, cursor)
    assert len(fake.web.asked(f"https://{HOST}/robots.txt")) == 1
    kept_out = replace(fake.account, settings={"address": f"https://{HOST}/private/feed"})
    with pytest.raises(failures.NotAllowed) as caught:
        fake.connector.poll(kept_out, "default", None)
    assert caught.value.retry_at == NOON + timedelta(days=1)
    assert fake.web.asked(f"https://{HOST}/private/feed") == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_where_there_are_no_robots_all_is_allowed(fake: Fake, status: int) -> None:
    fake.web.handlers[f"https://{HOST}/robots.txt"] = answering(status)
    assert poll(fake, None).raws


@pytest.mark.parametrize(
    "line",
    [
        "Crawl-delay: ²",
        f"Crawl-delay: {'9' * 5000}",
        "Request-rate: ²/1",
        "Disallow: //[",
        "Allow: //[x",
    ],
)
def test_a_line_of_robots_that_cannot_be_read_is_passed_by(fake: Fake, line: str) -> None:
    """The standard library's reader falls over these, and the feed would never be asked again."""
    fake.web.robots = f"User-agent: *\n{line}\nDisallow: /private/\n"
    assert poll(fake, None).raws
    kept_out = replace(fake.account, settings={"address": f"https://{HOST}/private/feed"})
    with pytest.raises(failures.NotAllowed):
        fake.connector.poll(kept_out, "default", None)


@pytest.mark.parametrize("mark", ['"é"', '"\x01"'])
@pytest.mark.parametrize("name", ["etag", "last-modified"])
def test_a_mark_that_cannot_be_sent_back_is_not(fake: Fake, name: str, mark: str) -> None:
    headers = {name.encode(): mark.encode("latin-1")}
    fake.web.handlers[ADDRESS] = lambda _: httpx.Response(
        200, headers=headers, stream=httpx.ByteStream(atom(entry(1)))
    )
    cursor = poll(fake, None).cursor
    poll(fake, cursor)
    assert len(fake.web.asked()) == 2
    assert not {"if-none-match", "if-modified-since"} & set(fake.web.asked()[1].headers)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_while_robots_cannot_be_read_nothing_is_allowed(fake: Fake, status: int) -> None:
    fake.web.handlers[f"https://{HOST}/robots.txt"] = answering(status)
    with pytest.raises((failures.Unavailable, failures.Throttled)):
        poll(fake, None)
    assert fake.web.asked() == []


def test_a_feed_that_moved_for_good_is_asked_there_from_then_on(fake: Fake) -> None:
    fake.web.handlers[ADDRESS] = answering(301, {"location": MOVED})
    fake.web.documents[MOVED] = atom(entry(1))
    first = poll(fake, None)
    poll(fake, first.cursor)
    assert json.loads(first.cursor or "")["at"] == MOVED
    assert len(fake.web.asked()) == 1
    assert len(fake.web.asked(MOVED)) == 2
    assert len(fake.web.asked("https://new.northwind.test/robots.txt")) == 1


def test_a_feed_that_is_elsewhere_for_now_is_asked_where_it_was(fake: Fake) -> None:
    fake.web.handlers[ADDRESS] = answering(302, {"location": "http://new.northwind.test/feed"})
    fake.web.documents[MOVED] = atom(entry(1))  # by https, whatever was said
    first = poll(fake, None)
    poll(fake, first.cursor)
    assert len(fake.web.asked()) == 2


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"retry-after": "120"}, timedelta(minutes=2)),
        (503, {"retry-after": "Mon, 23 Nov 2026 12:10:00 GMT"}, timedelta(minutes=10)),
        (429, {"retry-after": "99999999"}, timedelta(days=1)),
        (429, {"retry-after": "soon"}, timedelta(hours=1)),
        (500, {}, timedelta(minutes=5)),
        (404, {}, timedelta(hours=1)),
        (410, {}, timedelta(days=7)),
    ],
)
def test_a_feed_in_trouble_is_left_alone(
    fake: Fake, status: int, headers: dict[str, str], wait: timedelta
) -> None:
    fake.web.handlers[ADDRESS] = answering(status, headers)
    with pytest.raises(failures.Failure) as caught:
        poll(fake, None)
    assert caught.value.retry_at == NOON + wait


def test_what_cannot_be_read_is_not_asked_for_again_at_once(fake: Fake) -> None:
    fake.web.documents[ADDRESS] = b"<html>Just a moment...</html>"
    with pytest.raises(failures.ContractChanged) as caught:
        poll(fake, None)
    assert caught.value.retry_at == NOON + timedelta(hours=1)


def test_an_account_without_an_address_asks_to_be_connected(fake: Fake) -> None:
    with pytest.raises(failures.NeedsReauth):
        fake.connector.poll(replace(fake.account, settings={}), "default", None)
