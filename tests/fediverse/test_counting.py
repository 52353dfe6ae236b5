"""Our counting beside Mastodon.py's, which was checked against real servers by its authors.

Servers know the top-level domains that there are; we do not: the addresses here have real ones.
"""

from __future__ import annotations

import mastodon
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect.textrule import Abridged

PIECES = st.sampled_from(
    [
        "plain", "words", " ", "\n", "é", "e\u0301", "👨‍👩‍👧‍👦", "🇵🇹", "नमस्ते", "한국어",
        "(", ")", ".", ",", "!",
        "http://a.com", "https://northwind.com/a/very/long/way",
        "https://a.com/x?y=1&z=2",
        "https://a.com/#part", "https://bücher.com/straße", "https://a.com:8443/x",
        "https://en.example.org/wiki/Bag_(luggage)", "ftp://a.com/x", "a.com", "https://",
        "http://user:word@a.com/x", "https://127.0.0.1/x", "mailto:a@b.com",
        "@nora", "@nora@social.com", "@nora_b@sub.social.com", "@", "@@", "#tag", "^AB",
    ]
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:The grapheme module")
@settings(max_examples=600)
@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_we_count_as_others_do(text: str) -> None:
    assert Abridged(500).count(text) == mastodon.Mastodon.get_status_length(text)
