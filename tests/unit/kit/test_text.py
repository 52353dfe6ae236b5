"""Text that PostgreSQL cannot hold is replaced visibly; all else is left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hearwell.kit.text import clean


def test_nul_and_lone_surrogates_are_replaced_and_reported():
    assert clean("a\x00b\ud83dc") == ("a\u2400b\ufffdc", True)


def test_emoji_sequences_and_right_to_left_survive():
    text = "👩‍👩‍👧 مرحبا \u202eabc\u202c 🇳🇴"
    assert clean(text) == (text, False)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_storable_text_is_never_changed(text: str):
    assert clean(text) == (text, False)


@given(st.text(st.characters()))
def test_the_result_is_always_storable(text: str):
    cleaned, replaced = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert len(cleaned) == len(text)
    assert replaced == (cleaned != text)
