"""Networks count differently; each rule counts as its networks do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.textrule import (
    Abridged,
    Bytes,
    CodePoints,
    Graphemes,
    TextRule,
    Utf16Units,
)

FAMILY = "👨‍👩‍👧‍👦"  # seven code points: four people, three joiners


@pytest.mark.parametrize(
    ("text", "graphemes", "code_points", "utf16", "octets"),
    [
        ("", 0, 0, 0, 0),
        ("plain", 5, 5, 5, 5),
        ("a\r\nb", 3, 4, 4, 4),
        (FAMILY, 1, 7, 11, 25),
        ("🇵🇹", 1, 2, 4, 8),
        ("e\u0301", 1, 2, 2, 3),
        ("नमस्ते", 3, 6, 6, 18),
        ("각", 1, 1, 1, 3),
        ("شكراً", 4, 5, 5, 10),
    ],
)
def test_units(text: str, graphemes: int, code_points: int, utf16: int, octets: int) -> None:
    counted = [rule(99).count(text) for rule in (Graphemes, CodePoints, Utf16Units, Bytes)]
    assert counted == [graphemes, code_points, utf16, octets]


def test_graphemes_may_have_a_second_limit_in_bytes() -> None:
    rule = Graphemes(300, max_bytes=3000)
    assert rule.fits(FAMILY * 120)
    assert not rule.fits(FAMILY * 121), "121 clusters, 3,025 bytes"
    assert not rule.fits("a" * 301)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (f"plain {FAMILY}", 7),
        ("https://northwind.example/a/very/long/way?to=Oslo&via=Bergen#now", 23),
        ("http://a.example", 23),
        ("(see https://a.example/b_(c).)", 30),
        ("https://a.example,https://b.example", 47),
        ("https://bücher.example/straße", 23),
        ("https://a.example:8443/x and ftp://a.example/x", 23 + 5 + 17),
        ("https://a.example/x?ключ=1", 23 + 7),
        ("https://user:word@a.example/", 28),
        ("https://127.0.0.1/status", 24),
        ("xhttps://a.example", 18),
        ("@nora", 5),
        ("@nora@social.example, hello", 12),
        ("mail nora@social.example", 24),
        ("https://social.example/@nora@other.example", 23),
        ("<@nora@social.example>", 7),
    ],
)
def test_addresses_and_names_of_elsewhere_are_abridged(text: str, count: int) -> None:
    assert Abridged(500).count(text) == count


def test_a_server_may_count_addresses_otherwise() -> None:
    assert Abridged(500, per_link=30).count("at https://a.example") == 33


def test_a_lone_surrogate_counts_and_does_not_break() -> None:
    assert [rule(9).count("\ud800") for rule in (Graphemes, CodePoints, Utf16Units, Bytes)] == [
        1, 1, 1, 3,
    ]  # fmt: skip


def test_splitting_keeps_words() -> None:
    assert Graphemes(10).split("hello there how are you") == ["hello", "there how", "are you"]


def test_splitting_cuts_a_word_only_if_it_must_and_never_a_cluster() -> None:
    assert CodePoints(8).split(f"{FAMILY}{FAMILY} ok") == [FAMILY, f"{FAMILY}", "ok"]


def test_an_empty_text_is_one_empty_piece() -> None:
    assert Bytes(5).split("  ") == [""]


@given(
    st.text(max_size=60),
    st.sampled_from([Graphemes(20), CodePoints(20), Utf16Units(20), Abridged(20)]),
)
def test_pieces_fit_and_lose_nothing_but_white_space(text: str, rule: TextRule) -> None:
    pieces = rule.split(text)
    # One cluster can be longer than a limit in smaller units; it is never torn apart.
    assert all(rule.fits(p) or Graphemes(1).fits(p) for p in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
