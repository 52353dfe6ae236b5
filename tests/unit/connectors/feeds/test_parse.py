"""What feeds say becomes the contract's items, whatever the dialect and however broken."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import InboundMessage, Media, MessageEdited, MessageKind, Raw
from hearwell.connectors.feeds.fake import ADDRESS, atom, entry
from hearwell.connectors.feeds.manifest import MOST_ENTRIES, TEXT_LIMIT
from hearwell.connectors.feeds.parse import ACCOUNT, CHANGED, parse
from hearwell.connectors.feeds.reading import read

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "feeds"
SEEN = datetime(2026, 11, 23, tzinfo=UTC)
RECORDED = {path.name: path.read_bytes() for path in sorted(PAYLOADS.iterdir())}


def raw(body: bytes, content_type: str = "", *, is_changed: bool = False) -> Raw:
    headers = {ACCOUNT: ADDRESS, "content-type": content_type}
    return Raw("GET", ADDRESS, headers | ({CHANGED: "1"} if is_changed else {}), body, SEEN)


def messages(body: bytes, content_type: str = "") -> list[InboundMessage]:
    found = parse(raw(body, content_type))
    assert all(isinstance(item, InboundMessage) for item in found)
    return found  # type: ignore[return-value]


def recorded(name: str) -> list[InboundMessage]:
    return messages(RECORDED[name])


def rss(items: str, head: str = "") -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- dialects ----------------------------------------------------------------------------------


def test_a_blog_in_rss_2() -> None:
    first, second = recorded("rss2_blog.xml")

    assert first.external_id == "https://carryon.example/?p=4711"
    assert first.permalink == "https://carryon.example/2026/11/northwind-again/"
    assert first.subject == "Northwind lost my bag – again"
    assert first.text == (
        "Third time this year that Northwind\xa0Air left my bag in Lisbon.\n\n"
        "• Flight NW 12\n• Tag LIS\xa04711\n\nSee the other two times."
    )
    assert [(e.kind, e.target, first.text[e.start : e.end]) for e in first.entities] == [
        ("link", "https://carryon.example/tags/northwind", "the other two times")
    ]
    assert first.author.name == "Lena Hoff"
    assert first.author.external_id == f"{ADDRESS}#Lena Hoff"
    assert second.author.name == "Tom & Ana"
    assert (first.kind, first.language, first.version) == (MessageKind.POST, "en", 1)
    assert first.occurred_at == at("2026-11-22T08:00:01+00:00")
    assert first.thread_key == first.external_id


def test_a_podcast_with_its_files_and_its_odd_times() -> None:
    first, second = recorded("rss2_podcast.xml")

    assert first.author.external_id == "mailto:lena@delayed.example"
    assert first.author.name == "Lena Hoff"
    assert first.media == (
        Media("audio", "https://cdn.delayed.example/12.mp3", size=24_986_239),
        Media("image", "https://cdn.delayed.example/12.jpg", size=12_345),
    )
    assert first.occurred_at == at("2026-11-20T06:05:00+00:00")
    assert first.permalink == "https://delayed.example/12"
    # There is no such time: then it is when we saw it. The title is all it says.
    assert (second.occurred_at, second.text, second.subject) == (SEEN, "Folge 11", "")


def test_rss_091_with_a_document_type_that_nobody_fetches() -> None:
    first, second = recorded("rss091_doctype.xml")

    assert first.subject == "Grève à Lisbonne évitée"
    assert first.language == "fr"
    assert first.external_id == first.permalink == "http://aeroports.example/1"
    assert second.text == "Météo"
    assert first.author.name == "Aéroports"
    assert first.author.external_id == ADDRESS


def test_a_forum_in_rss_1() -> None:
    first, second = recorded("rss1_forum.rdf")

    assert first.external_id == "https://forum.example/t/9"
    assert first.author.name == "grumpyflyer"
    assert first.occurred_at == at("2026-11-21T21:15:00+00:00")
    assert second.occurred_at == at("2026-11-20T00:00:00+00:00")


def test_comments_in_atom_with_what_they_answer() -> None:
    first, second = recorded("atom_comments.xml")

    assert first.kind is second.kind is MessageKind.COMMENT
    assert first.thread_key == first.parent_id == "https://news.northwind.example/?p=7"
    assert first.text == "No flight to Lisbon on Sundays?\n\n5 < 7 & sad."
    assert first.entities[0].target == "https://news.northwind.example/lisbon"
    assert first.permalink == "https://news.northwind.example/winter#c2"
    # It was edited before we first saw it.
    assert first.version == int(at("2026-11-22T09:30:00+00:00").timestamp() * 1000)
    assert second.version == 1
    assert second.subject == "By: Tom"
    assert second.text == "Nice <3"
    assert second.author.external_id == "mailto:tom@people.example"
    assert second.media == (Media("image", "https://news.northwind.example/map.png", size=99),)


@pytest.mark.parametrize("name", ["atom_reviews.xml", "store_reviews.json"])
def test_reviews_have_their_stars(name: str) -> None:
    first, second = recorded(name)

    assert first.kind is MessageKind.REVIEW
    assert (first.rating, second.rating) == (1, 5)
    assert first.subject == "Crashes at check-in"
    assert first.text.startswith("Every time I pick a seat,")
    assert first.author.external_id == "https://itunes.apple.com/us/reviews/id900000001"
    assert first.permalink == "https://itunes.apple.com/us/review?id=1&type=Purple%20Software"
    assert first.occurred_at == at("2026-11-21T21:22:00+00:00")
    # Its title says no more than its text.
    assert (second.subject, second.text) == ("", "Love it")


def test_a_store_with_one_review_has_no_list() -> None:
    (only,) = recorded("store_one_review.json")
    assert (only.rating, only.text) == (3, "It works most days.")
    assert messages(b'{"feed": {"title": {"label": "None yet"}}}') == []


def test_json_feed() -> None:
    first, second = recorded("feed11.json")

    assert first.text == "@northwind, my bag? bags"
    assert first.entities[0].target == "https://northwind.example/bags"
    assert first.author.external_id == "https://micro.example/"
    assert second.external_id == "42"
    assert second.author.name == "Tom"
    assert (second.subject, second.text) == ("Photos", "Lisbon <3")
    assert second.version > 1
    assert second.media == (Media("image", "https://micro.example/p.jpg", size=12_345),)


# --- letters -----------------------------------------------------------------------------------


def test_charsets_as_declared_and_as_meant() -> None:
    (windows,) = recorded("windows1252.xml")
    assert windows.text == "“Perdu” — encore €50"
    (wide,) = recorded("utf16.xml")
    assert wide.text == "荷物が届かない🧳"
    assert wide.occurred_at == at("2026-11-22T01:00:00+00:00")


@pytest.mark.parametrize(
    ("declared", "header", "body"),
    [
        ("iso-8859-1", "text/xml; charset=utf-8", "Müller".encode()),
        ("utf-8", "text/xml; charset=ISO-8859-1", "Müller".encode("latin-1")),
        ("iso-8859-2", "text/xml", "Müller".encode("iso-8859-2")),
        # Both are wrong, as so often.
        ("utf-8", "text/xml; charset=us-ascii-nonsense", "Müller".encode("cp1252")),
        ("punycode", "text/xml; charset=unicode_escape", "Müller".encode()),
    ],
)
def test_the_server_comes_before_the_file_and_the_mark_before_both(
    declared: str, header: str, body: bytes
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>'.encode()
    document = head + rss("<item><title>%</title></item>").replace(b"%", body)
    assert messages(document, header)[0].text == "Müller"
    marked = b"\xef\xbb\xbf" + head + rss("<item><title>Müller</title></item>")
    assert messages(marked, "text/xml; charset=iso-8859-1")[0].text == "Müller"


# --- what is broken ----------------------------------------------------------------------------


def test_what_is_not_well_formed_is_mended() -> None:
    (only,) = recorded("broken_entities.xml")
    assert only.subject == "Q&A: café &unknown; � �"
    assert only.text == "Fish & chips �\xa0& bold"
    assert only.permalink == "https://bags.example/?a=1&b=2"


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    assert [item.text for item in recorded("cut_off.xml")] == ["This one came."]


def test_an_entity_bomb_is_words() -> None:
    (only,) = recorded("bomb.xml")
    assert only.text == "&lol2;"
    assert only.subject == "Tick &lol2; &x;"


def test_a_bomb_that_hides_behind_a_comment_is_refused() -> None:
    bomb = RECORDED["bomb.xml"].replace(b"<!DOCTYPE", b"<!-- <rss> --><!DOCTYPE")
    with pytest.raises(ContractChanged):
        parse(raw(bomb))


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<html><body><p>Hi</p></body></html>", b"[]", b"{}", b'{"feed": 1}',
     b"<svg/>", b"<rss><channel><item><title>", b"{" * 100_000, b"<a>" * 100_000,
     b'{"items": ' + b"[" * 100_000, b'<?xml version="1.0" encoding="hex"?>'],
)  # fmt: skip
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ContractChanged):
        parse(raw(body))


def test_a_delivery_that_nobody_fetched_is_refused() -> None:
    with pytest.raises(ContractChanged):
        parse(Raw("GET", ADDRESS, {}, RECORDED["rss2_blog.xml"], SEEN))


# --- ids, versions, limits ---------------------------------------------------------------------


def test_without_an_id_the_link_and_without_a_link_the_words_name_an_entry() -> None:
    linked, bare, same = messages(
        rss(
            "<item><link>https://x.example/1</link></item><item><title>A</title></item>"
            "<item><title>B</title></item>"
        )
    )
    assert linked.external_id == "https://x.example/1"
    assert bare.external_id.startswith("said:")
    assert bare.external_id != same.external_id
    long = "x" * 5000
    (item,) = messages(rss(f"<item><guid>{long}</guid></item>"))
    assert item.external_id.startswith("long:")


def test_a_link_of_atom_is_not_that_of_rss() -> None:
    body = b"""<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><item>
        <atom:link rel="self" href="https://x.example/self"/><link>https://x.example/1</link>
        </item></channel></rss>"""
    assert messages(body)[0].permalink == "https://x.example/1"


def test_namespaces_with_a_wrong_address_mean_what_their_prefix_says() -> None:
    body = b"""<rss xmlns:dc="http://purl.org/dc/elements/1.0/" xmlns:c="urn:content">
        <channel><item><dc:creator>Lena</dc:creator><title>A</title></item></channel></rss>"""
    assert messages(body)[0].author.name == "Lena"


def test_a_film_is_told_by_what_is_said_of_it() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"
        xmlns:media="http://search.yahoo.com/mrss/"><entry><id>yt:1</id><title>Lost bags</title>
        <media:group><media:title>Lost bags</media:title>
        <media:content url="https://films.example/1" type="video/mp4"/>
        <media:description>Ten tips.</media:description></media:group></entry></feed>"""
    (film,) = messages(body)
    assert (film.subject, film.text) == ("Lost bags", "Ten tips.")
    assert film.media == (Media("video", "https://films.example/1"),)


def test_of_several_states_of_an_entry_the_newest_counts() -> None:
    old, new = entry(1, "old"), entry(1, "new", updated="2026-11-22T09:00:00Z")
    for order in itertools.permutations([old, new]):
        assert [item.text for item in messages(atom(*order))] == ["new"]
    twice = rss("<item><guid>1</guid><title>A</title></item>" * 2)
    assert len(messages(twice)) == 1


def test_an_edit_that_we_found_is_as_new_as_the_finding() -> None:
    edit, now = parse(raw(atom(entry(1, "Found")), is_changed=True))

    assert isinstance(edit, MessageEdited)
    assert isinstance(now, InboundMessage)
    assert edit.version == now.version == int(SEEN.timestamp() * 1000)
    assert edit.text == now.text == "Found"
    assert edit.dedup_key != now.dedup_key
    (before,) = messages(atom(entry(1, "Lost", updated="2030-01-01T00:00:00Z")))
    assert before.version <= now.version


def test_the_same_words_have_the_same_key_whichever_way_they_came() -> None:
    (once,) = messages(atom(entry(1)))
    _, again = parse(raw(atom(entry(2), entry(1)), is_changed=True))[2:]
    assert once.dedup_key == again.dedup_key
    assert once.dedup_key != messages(atom(entry(1, "Other words")))[0].dedup_key


def test_what_is_dated_in_the_future_was_said_when_we_saw_it() -> None:
    (item,) = messages(atom(entry(1, published="2031-01-01T00:00:00Z")))
    assert item.occurred_at == SEEN


def test_long_articles_and_long_feeds_are_cut() -> None:
    (item,) = messages(rss(f"<item><description>{'word ' * TEXT_LIMIT}</description></item>"))
    assert len(item.text) <= TEXT_LIMIT
    assert item.is_cut
    many = "".join(f"<item><guid>{n}</guid></item>" for n in range(MOST_ENTRIES + 50))
    assert len(messages(rss(many))) == MOST_ENTRIES
    listed = json.dumps({"items": [{"id": str(n)} for n in range(MOST_ENTRIES + 50)]})
    assert len(messages(listed.encode())) == MOST_ENTRIES


@pytest.mark.parametrize("name", RECORDED)
def test_a_document_cut_to_some_entries_says_of_them_what_the_whole_says(name: str) -> None:
    body = RECORDED[name]
    feed = read(body, "", ADDRESS)
    whole = parse(raw(body))
    assert len(feed.entries) == len(whole)
    for index, one in enumerate(feed.entries):
        cut = parse(raw(feed.cut([one]), f"{feed.content_type}; charset=utf-8"))
        assert cut == [whole[index]]
    again = raw(feed.cut(feed.entries), f"{feed.content_type}; charset=utf-8")
    assert parse(again) == whole


def test_entries_are_cut_out_of_documents_of_many_megabytes() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>ä {n}</title><description>{'ö' * 3000}</description></item>"
        for n in range(600)
    )
    feed = read(rss(items), "", ADDRESS)
    cut = messages(feed.cut([feed.entries[0], feed.entries[599]]))
    assert [item.subject for item in cut] == ["ä 0", "ä 599"]
