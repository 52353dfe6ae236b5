"""What is noticed beside the opinion: language, personal data, near-duplicates."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.triage.engine.closeness import CLOSE, distance, is_close
from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.near import keys_of
from hearwell.triage.engine.personal import kinds_in, personal_in
from hearwell.triage.engine.tongue import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my parcel", "en"),
        ("wo bleibt mein Paket", "de"),
        ("Merci", "fr"),
        ("gracias", "es"),
        ("tusen takk", "no"),
        ("mange tak for hjælpen", "da"),
        ("siparişim nerede kaldı", "tr"),
        ("gdzie jest moja paczka", "pl"),
        ("وين طلبي", "ar"),
        ("где мой заказ", "ru"),
        ("ありがとう", "ja"),
        ("감사합니다", "ko"),
        ("谢谢", "zh"),
        ("bhai mera order kab aayega", "hi-Latn"),
        ("mujhe refund nahi mila abhi tak", "hi-Latn"),
        ("3ayez a3raf el order fen", "ar-Latn"),
        ("😀🔥", ""),
        ("@someone https://a.example/x #tag 12", ""),
        ("", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_only_what_a_workspace_speaks() -> None:
    assert language_of("hvor er min pakke i dag", ("en", "no")) == "no"
    assert language_of("hvor er min pakke i dag", ("en", "da")) == "da"
    assert language_of("تەشەككۈر", ("ur", "en")) == "ur"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to jo.smith+x@mail.example.org please", ["mail:jo.smith+x@mail.example.org"]),
        ("call me on +44 20 7946 0958", ["phone:+44 20 7946 0958"]),
        ("ring 0170/1234567", ["phone:0170/1234567"]),
        ("my number is 7946 0958", ["phone:7946 0958"]),
        (f"{'x ' * 99}rufnummer{' ' * 20}7946 0958", ["phone:7946 0958"]),
        ("number, as I said in my mail, 7946 0958", []),
        ("(415) 555-0132", ["phone:(415) 555-0132"]),
        ("card 4111 1111 1111 1111", ["card:4111 1111 1111 1111"]),
        ("card 4111 1111 1111 1112 is wrong", []),
        ("بطاقة ٤١١١ ١١١١ ١١١١ ١١١١", ["card:٤١١١ ١١١١ ١١١١ ١١١١"]),
        ("IBAN DE89 3704 0044 0532 0130 00", ["iban:DE89 3704 0044 0532 0130 00"]),
        ("IBAN DE89 3704 0044 0532 0130 01", []),
        ("my IMEI 490154203237518 is locked", []),  # Luhn's sum, and of no scheme
        ("code XX83 1234 5678 9012 3456", []),  # the remainder, and of no country
        ("from 192.0.2.17 and 2001:db8::1:2", ["ip:192.0.2.17"]),
        ("version 1.2.3.400", []),
        ("order number: 302-1178", ["number:302-1178"]),
        ("Bestellnummer 99812345", ["number:99812345"]),
        ("booking ref AB12CD", ["number:AB12CD"]),
        ("رقم الطلب 998123", ["number:998123"]),
        ("on 12.04.2025 I paid 1,299.00 for 2 of 3", []),
        ("in 2025 there were 100000 of them", []),
        ("24/7, 10-12 h, 50%", []),
        ("no data here @brand", []),
        ("order pizza", []),
    ],
)
def test_personal_data(text: str, found: list[str]) -> None:
    spans = personal_in(text)
    assert [f"{span.kind}:{text[span.begin : span.end]}" for span in spans][
        : len(found) or None
    ] == (found)


@given(st.text(alphabet="0123456789 -+.@aAzZ:/()", max_size=200))
def test_spans_are_in_order_and_apart(text: str) -> None:
    spans = personal_in(text)

    assert all(one.end <= other.begin for one, other in pairwise(spans))
    assert set(kinds_in(text)) == {span.kind for span in spans}


STORY = "Wow, free tickets for two to the big game, follow and share to win one of twenty"


def key_of(text: str) -> int:
    return keys_of(featurise([Item(text)]))[0]


def test_tellings_of_a_story_are_close() -> None:
    same = key_of(f"{STORY} https://a.example/1 @ann 12")

    assert same == key_of(f"{STORY} https://b.example/2 @bob 99")
    assert is_close(key_of(STORY), key_of(f"{STORY} 😂"))
    assert is_close(key_of(STORY), key_of(f"RT @x: {STORY}"))
    assert not is_close(key_of(STORY), key_of("my parcel never arrived, where is it now please"))
    assert not is_close(key_of("the app crashes on start"), key_of("the app is wonderful, thanks"))


def test_a_key_fits_the_database_and_nothing_is_near_nothing() -> None:
    assert -(2**63) <= key_of(STORY) < 2**63
    assert key_of("") == 0
    assert not is_close(0, 0)
    assert distance(-1, 0) == 64
    assert CLOSE < 16


def test_a_batch_has_the_keys_of_its_messages() -> None:
    texts = [STORY, "", "hi", "谢谢"]
    assert keys_of(featurise([Item(text) for text in texts])) == [key_of(text) for text in texts]


def test_a_hundred_thousand_characters_of_phones_are_read_to_the_end() -> None:
    text = "a 555 123 4567 " * 6_000

    assert len(personal_in(text)) == 6_000
