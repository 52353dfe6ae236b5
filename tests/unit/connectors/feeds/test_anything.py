"""Ten thousand documents of every kind, and megabytes of what makes careless readers slow."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Inbound, Raw
from hearwell.connectors.feeds.fake import ADDRESS
from hearwell.connectors.feeds.parse import ACCOUNT, parse
from hearwell.connectors.feeds.reading import read
from tests.many import many

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "feeds"
RECORDED = {path.name: path.read_bytes() for path in sorted(PAYLOADS.iterdir())}


def raw(body: bytes) -> Raw:
    return Raw("GET", ADDRESS, {ACCOUNT: ADDRESS}, body, datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE[" * 200_000,
        "<![CDATA[" * 200_000,
        "&" * 500_000,
        "<?xml " * 200_000,
        "<!-- " * 200_000,
        f"<rss>{'<item>' * 200_000}",
        f"<rss><item><title>{'<b>' * 200_000}",
        f"<rss><item>{'<b>' * 100_000}{'</b>' * 100_000}</item></rss>",
        f"<rss {' '.join(f'a{n}=' for n in range(50_000))}",
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">{"<p>" * 200_000}',
        f"<rss><item><description>{'&lt;a ' * 200_000}</description></item></rss>",
    ],
    ids=range(11),
)
def test_megabytes_of_malice_take_no_time_worth_telling(body: str) -> None:
    """Quadratic work on these would take hours: the run's own limit would tell."""
    with suppress(ContractChanged):
        parse(raw(body.encode()))


_SCRAPS = st.sampled_from(
    ["<item>", "</item>", "<entry>", "</entry>", "<rss>", "</rss>", "<feed>", "<![CDATA[", "]]>",
     "&", "&amp;", "&#x0;", "&eacute;", "<!DOCTYPE a [", "<!ENTITY b 'c'>", "]>", "<title>",
     "<a:b>",
     "<guid>", "</guid>", "<link href='http://['/>", "<pubDate>9999-12-31T23:00-14:00</pubDate>",
     '<content type="xhtml">', "\x00", "\ud800", "{", "}", '"items":', "[", "]", ",", "null",
     "1e999", '{"id":1}', "<im:rating>5</im:rating>", "xmlns='u'", "é", "\ufeff"]
)  # fmt: skip


def _reads(body: bytes) -> None:
    try:
        found: list[Inbound] = parse(raw(body))
    except ContractChanged:
        return
    for item in found:
        assert item.external_id
        assert item.version >= 1


@many(4_000)
@given(st.lists(_SCRAPS, max_size=30))
def test_scraps_of_feeds_are_read_or_refused(scraps: list[str]) -> None:
    _reads("".join(scraps).encode("utf-8", "surrogatepass"))


@many(2_000)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _reads(body)


@many(2_000)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["items", "feed", "entry", "id", "label", "author", "authors", "attachments",
                 "date_published", "im:rating", "content", "attributes", "link", "url", "title"]
            ),
            inner,
            max_size=5,
        ),
        max_leaves=8,
    )
)  # fmt: skip
def test_any_json_is_read_or_refused(tree: object) -> None:
    _reads(json.dumps({"items": [tree], "feed": tree, "authors": tree}).encode())
    _reads(json.dumps({"feed": {"entry": tree, "link": tree, "title": tree}}).encode())


@many(2_000)
@given(st.sampled_from(sorted(RECORDED)), st.integers(0, 2**32))
@example("store_reviews.json", 363)  # no entries
@example("rss1_forum.rdf", 1842)  # every namespace misspelt, and an ampersand
def test_recordings_that_were_tampered_with_are_read_or_refused(name: str, seed: int) -> None:
    """And cutting entries out of what can be read loses none of them."""
    rng, body = random.Random(seed), bytearray(RECORDED[name])
    for _ in range(rng.randint(1, 8)):
        start = rng.randrange(len(body))
        end = min(len(body), start + rng.choice([0, 1, 5, 50]))
        body[start:end] = rng.choice([b"", bytes([rng.randrange(256)]), b"<", b">", b'"', b"&"])
    _reads(bytes(body))
    with suppress(ContractChanged):
        feed = read(bytes(body), "", ADDRESS)
        for kept in (feed.entries, feed.entries[:1], feed.entries[1:]):
            again = read(feed.cut(kept), f"{feed.content_type}; charset=utf-8", ADDRESS)
            assert [entry.id for entry in again.entries] == [entry.id for entry in kept]
