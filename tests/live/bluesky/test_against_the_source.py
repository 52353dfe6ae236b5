"""Counting and marking texts, against the network's own code: the server's and the app's."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hearwell.connectors.bluesky.fake import COUNTED
from hearwell.connectors.bluesky.manifest import BYTES, GRAPHEMES, MANIFEST
from hearwell.connectors.bluesky.richtext import facets_of
from tests.live.bluesky.network import Network
from tests.live.bluesky.people import Person

MORE = (
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "👩🏽‍🚀",
    "กำ",
    "क्‍ष",
    "ஸ்ரீ",
    "\u200d",
    "\u00ad",
    "…",
    "ﷺ",
    "\n\n",
    "🇩",
    "ｶﾞ",
    "a\u0308\u0323",
)
APP = """
const { createRequire } = require('node:module')
const { modules, texts } = JSON.parse(process.env.OPTIONS)
const { RichText } = createRequire(modules + '/')('@atproto/api')
const marked = texts.map((text) => {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  return (rich.facets ?? []).map((f) => [f.index.byteStart, f.index.byteEnd, f.features[0]])
})
console.log(JSON.stringify(marked))
"""
TEXTS = (
    "no marks at all",
    "@lena.test hello",
    "hello @lena.test, and (@omar.test)",
    "mail lena@example.com is no mention",
    "@lena has no domain",
    "@lena.test.",
    "see https://example.com",
    "see https://example.com.",
    "see (https://example.com/a) and https://example.com/a_(b)?b=c#d!",
    "#a,b #a.b #a-b. #don't ##x",
    "[#tag] (#tag) #tag; #tag: #tag' #tag?!",
    "@lena.test's a@lena.test /@lena.test .@lena.test @x.y.z_",
    "https://example.com/é/日本 😀 https://example.org",
    "#help #Oslo, #a1 #1 #11 # #é",
    "not#atag and #two#three",
    "😀 #help 👨‍👩‍👧‍👦 @lena.test",
    "#punctuation! #under_score #dash-ed",
    "a\n#line\n@lena.test\nhttps://example.com\n",
    "＃wide",
    "#" + "x" * 64,
    "#" + "x" * 65,
)


def _server_s_count(network: Network, who: Person, text: str) -> int:
    """How long the server finds a text that is one letter over the limit without it."""
    record = {
        "$type": "app.bsky.feed.post",
        "text": "x" * GRAPHEMES + " " + text,
        "createdAt": who.client.get_current_time_iso(),
    }
    body = {"repo": who.did, "collection": record["$type"], "record": record}
    address = f"{network.url}/xrpc/com.atproto.repo.createRecord"
    refused = httpx.post(address, json=body, headers=who.headers(), timeout=30)
    told = re.search(r"got (\d+)", refused.json()["message"])
    assert told, refused.text
    return int(told[1]) - GRAPHEMES - 1


@pytest.mark.parametrize("text", [*COUNTED, *MORE], ids=ascii)
def test_graphemes_are_counted_as_the_server_counts(
    network: Network, counter: Person, text: str
) -> None:
    told = _server_s_count(network, counter, text)
    filler = "x" * GRAPHEMES + " "
    ours = MANIFEST.public_text.count(filler + text) - GRAPHEMES - 1
    assert ours == told
    assert COUNTED.get(text, told) == told


@pytest.fixture(scope="module")
def counter(network: Network) -> Any:
    from tests.live.bluesky.people import arrive

    person = arrive(network.url, "counter")
    yield person
    person.leave()


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("x" * 300, True),
        ("x" * 301, False),
        ("👨‍👩‍👧‍👦" * 120, True),  # 3,000 bytes
        ("👨‍👩‍👧‍👦" * 120 + "x", False),
        ("é" * 300, True),
    ],
    ids=["300", "301", "3000 bytes", "3001 bytes", "300 in 600 bytes"],
)
def test_both_limits_are_the_server_s(counter: Person, text: str, is_taken: bool) -> None:
    from atproto_client.exceptions import BadRequestError

    assert MANIFEST.public_text.fits(text) is is_taken
    if is_taken:
        counter.post(text)
        return
    with pytest.raises(BadRequestError):
        counter.post(text)
    assert len(text.encode()) > BYTES or MANIFEST.public_text.count(text) > GRAPHEMES


def test_facets_are_where_the_app_puts_them(network: Network) -> None:
    options = json.dumps({"modules": str(network.modules), "texts": TEXTS})
    done = subprocess.run(
        ["node", "-e", APP], env={"OPTIONS": options, "PATH": _path()}, check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    resolve: Callable[[str], str] = lambda handle: handle  # noqa: E731 -- as it does, unresolved
    for text, theirs in zip(TEXTS, json.loads(done.stdout), strict=True):
        ours = [
            [f["index"]["byteStart"], f["index"]["byteEnd"], f["features"][0]]
            for f in facets_of(text, resolve)
        ]
        assert sorted(map(json.dumps, map(_plain, ours))) == sorted(
            map(json.dumps, map(_plain, theirs))
        ), text


def _plain(one: list[Any]) -> list[Any]:
    start, end, feature = one
    return [start, end, dict(sorted(feature.items()))]


def _path() -> str:
    import os

    return os.environ["PATH"]
