"""Weights as X counts them, against a library that nobody here wrote."""

from __future__ import annotations

import time
import warnings

import pytest

from hearwell.connect.weighted import Weighted, cashtags, has_address

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for its data in a way that is no longer liked
    from twitter_text import parse_tweet

RULE = Weighted(280)
WORDS = (
    "plain words", "Grüße aus Köln", "žluťoučký kůň", "Где мой багаж?", "Πού είναι", "איפה המזוודה",
    "أين حقيبتي؟", "کیف کجاست", "मेरा बैग कहाँ है", "আমার ব্যাগ", "எனது பை", "నా బ్యాగ్",
    "กระเป๋าอยู่ไหน", "私の荷物はどこ", "我的行李在哪裡", "내 가방은 어디에", "ກະເປົາ", "ቦርሳዬ",
    "ჩემი ჩანთა", "իմ պայուսակը", "ᠮᠣᠩᠭᠣᠯ", "ខ្ញុំ", "မြန်မာ", "ཨོཾ", "𝒢𝓇𝑒𝒶𝓉", "Ǆ ǅ",
    "e\u0301 a\u0308", "각", "ﾊﾟﾝ", "Ａｂｃ", "½ ¼ ©", "® ™", "👍", "👍🏽", "👨‍👩‍👧‍👦", "🇵🇹🇩🇪",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "1️⃣ #️⃣", "❤️", "❤", "☎ ☎️",
    "🏳️‍🌈", "“quotes” – dash…", "‘x’ ‐ ‑ — ‖", "′″‴", "a\r\nb\rc", "zero\u200bwidth\u200d",
    "\u202eabc", "€ £ ₿", "→ ←", "☃", "😀😃😄",
)  # fmt: skip
LINKS = (
    "https://northwind.com", "http://a.co", "northwind.com", "northwind.com/tickets?id=4#x",
    "see northwind.com.", "(https://northwind.com/b_(c))",
    "https://x.com/i/status/123456789012345678901234567890", "https://t.co/abc123DEF/zzz",
    "https://t.co/abc?x=1", "https://bücher.de/straße", "bücher.de", "mail@northwind.com",
    "@northwind.com", "#northwind.com", "$x.com", "例え.com", "これはexample.com日本語",
    "https://例え.テスト/パス", "https://ja.wikipedia.org/wiki/日本", "a.b", "end.Next",
    "I.am happy", "foo.museum bar", "http://1.2.3.4/x", "https://localhost/x",
    "https://foo.example/x", "ftp://a.com/x", "-a.com", "x/a.com", "https://a.com:8080/p?q=1&r=2",
    "HTTPS://A.COM/UP", "https://a-b.co.uk/x,y", "www.a.de,www.b.de", "https://a.com/@user/1",
    "https://привет.рф/путь", "рф.рф", "https://a.com/ü/é?x=ü", "a.com/ü",
    "https://xn--bcher-kva.de/", "https://under_score.a.com/", "https://a.com/!",
    "https://a.com/x)", "https://user:pw@a.com/x", "a.com-b", "a.com+b", "https://a.comb",
    "https://a.com/x…", "https://a.com/x。", "https://a.com?q=1", "a.com?q=1", "https://a..com",
    "https://a.com//b",
)  # fmt: skip
SAMPLES = (
    *WORDS,
    *LINKS,
    *(f"{word} {link}" for word, link in zip(WORDS, LINKS, strict=False)),
    *(f"{link} {word}" for word, link in zip(WORDS, reversed(LINKS), strict=False)),
)


def test_two_hundred_samples_in_many_scripts_weigh_the_same() -> None:
    assert len(set(SAMPLES)) >= 200
    apart = {
        text: (RULE.count(text), parse_tweet(text).weightedLength)
        for text in SAMPLES
        if RULE.count(text) != parse_tweet(text).weightedLength
    }
    assert not apart


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("a" * 280, 280),
        ("日" * 140, 280),
        # X counts every emoji as two; the library splits this one at its skin tone.
        ("🧑🏿‍🚀", 2),
        ("see https://northwind.com/" + "way/" * 40, 27),
        ("a." * 2_000, 4_000),
        ("b." * 300, 600),
        ("see https://northwind.com/?q=" + "x" * 3_000, 27),
        (" ".join(f"https://northwind.com/{n}/" + "y" * 900 for n in range(5)), 119),
    ],
)
def test_weights_by_hand(text: str, weight: int) -> None:
    assert RULE.count(text) == weight


@pytest.mark.parametrize(
    "unit",
    ["a.", "com.", "a.b_", "é.", "中.", "a" * 61 + ".", "a.com/(", "a.com/@", "a.com?", "x.c\x01."],
)
def test_hostile_texts_are_weighed_at_once(unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    before = time.process_time()
    assert RULE.count(text) > RULE.limit
    assert time.process_time() - before < 2


def test_pieces_fit() -> None:
    pieces = RULE.split("私の荷物はどこ https://northwind.com 👍 " * 40)
    assert len(pieces) > 1
    assert all(RULE.fits(piece) for piece in pieces)


def test_addresses_and_stock_symbols() -> None:
    assert has_address("at northwind.com")
    assert not has_address("at the end.Nowhere")
    assert cashtags("$NWND and $nwnd, not $5 or a$b") == ["NWND"]
    assert cashtags("$A $BRK.B") == ["A", "BRK.B"]
