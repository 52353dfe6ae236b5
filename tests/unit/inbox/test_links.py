"""A pasted address says which network and whose post it is, or why it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.inbox.links import BadLinkError, Place, recognised


@pytest.mark.parametrize(
    ("link", "network", "handle"),
    [
        ("https://x.com/lenavik_nw/status/1790", "x", "lenavik_nw"),
        ("https://mobile.twitter.com/lenavik_nw/status/1790?s=20", "x", "lenavik_nw"),
        ("bsky.app/profile/sky.pilgrim.example/post/3kabc", "bluesky", "sky.pilgrim.example"),
        ("https://www.instagram.com/p/C1/", "instagram", ""),
        ("https://www.facebook.com/northwindair/posts/pfbid0abc", "facebook", "northwindair"),
        ("https://m.facebook.com/story.php?story_fbid=1&id=2", "facebook", ""),
        ("https://www.linkedin.com/feed/update/urn:li:activity:7/", "linkedin", ""),
        ("https://www.youtube.com/watch?v=abc&lc=def", "youtube", ""),
        ("https://youtu.be/abc", "youtube", ""),
        ("https://old.reddit.com/r/travel/comments/1a/late/", "reddit", ""),
        ("https://www.trustpilot.com/reviews/65", "reviews", ""),
        ("https://maps.app.goo.gl/abc", "reviews", ""),
        ("https://mastodon.example/@lena/1119", "mastodon", "lena"),
        ("https://mastodon.example/@lena@other.example/1119", "mastodon", "lena"),
        ("https://forum.example/t/9", "", ""),
        ("https://notx.com/lena/status/1", "", ""),
    ],
)
def test_places(link: str, network: str, handle: str) -> None:
    place = recognised(link)
    assert (place.network, place.handle) == (network, handle)
    assert place.link.startswith("https://")


@pytest.mark.parametrize(
    "text",
    ["", "hello", "javascript:alert(1)", "https://", "https://a b.example/", "ftp://a.example/x",
     "file:///etc/passwd", "https://localhost/", "https://[::1", f"https://a.example/{'x' * 2000}"],
)  # fmt: skip
def test_what_is_no_address_of_a_post(text: str) -> None:
    with pytest.raises(BadLinkError, match="address bar"):
        recognised(text)


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_refused(text: str) -> None:
    try:
        place = recognised(text)
    except BadLinkError:
        return
    assert isinstance(place, Place)
    assert place.link.startswith(("https://", "http://"))
