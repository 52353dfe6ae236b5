"""What is written is found by what is asked, in any script."""

from __future__ import annotations

import pytest

from hearwell.conversations.words import MAX_WORDS, asked, excerpt, phrases, query, vector, words


def test_words_are_folded_and_distinct() -> None:
    assert words("Müller's BAG, the bag — ﬁrst Straße") == [
        "muller", "s", "bag", "the", "first", "strasse",
    ]  # fmt: skip


def test_other_scripts_keep_their_marks() -> None:
    assert words("где мой чемодан हिन्दी Ёлка") == ["где", "мой", "чемодан", "हिन्दी", "ёлка"]


def test_unspaced_scripts_become_pairs() -> None:
    assert words("東京駅で") == ["東京", "京駅", "駅で", "で"]
    assert words("A東B") == ["a", "東", "b"]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("bag", "'bag':*"),
        ("lost bag", "'lost' & 'bag':*"),
        ("lost bag ", "'lost' & 'bag'"),
        ("東京駅", "'東京' & '京駅'"),
        ("東", "'東':*"),
        ("flight 東", "'flight' & '東':*"),
        ("@Sky.Pilgrim", "'sky' & 'pilgrim':*"),
        ("?!", ""),
        ("' | '", ""),
    ],
)
def test_questions(typed: str, terms: str) -> None:
    assert query(typed) == terms


def test_a_piece_of_an_unspaced_text_is_found_wherever_it_is() -> None:
    text = "ขอบคุณมากครับ"
    written = set(words(text))
    for start in range(len(text) - 1):
        for end in range(start + 2, len(text) + 1):
            assert set(words(text[start:end], is_asked=True)) <= written


def test_a_vector_holds_nothing_that_needs_escaping() -> None:
    assert vector("it's \\ 'x' -- ") == "'it' 's' 'x'"


def test_a_flood_of_words_is_cut() -> None:
    assert len(words(" ".join(f"w{n}" for n in range(2 * MAX_WORDS)))) == MAX_WORDS


def test_phrases_are_what_is_in_quotes() -> None:
    assert phrases('say "Gate B12" and "x"') == ["gate b12"]


def test_an_accent_on_nothing_is_no_word() -> None:
    # NFKC makes the macron of a shrug a space with a combining macron.
    assert words("¯\\_(ツ)_/¯") == ["_", "ツ"]
    assert "''" not in vector("¯\\_(ツ)_/¯")


@pytest.mark.parametrize(
    ("typed", "terms", "wording", "unwanted"),
    [
        ("refund -bicycle", "'refund' & !('bicycle')", (), ()),
        ("-bicycle refund", "'refund':* & !('bicycle')", (), ()),
        ('refund -"gate B12"', "'refund'", (), ("gate b12",)),
        ('"Gate B12"', "'gate' & 'b12'", ("gate b12",), ()),
        ('"gate B12" la', "'gate' & 'b12' & 'la':*", ("gate b12",), ()),
        ("e-mail", "'e' & 'mail':*", (), ()),
        ("行李 -東京駅", "'行李' & !('東京' & '京駅')", (), ()),
        ("refund -?!", "'refund':*", (), ()),  # a minus before no word is a sign like any other
        ("-bicycle", "", (), ()),
    ],
)
def test_what_is_refused(
    typed: str, terms: str, wording: tuple[str, ...], unwanted: tuple[str, ...]
) -> None:
    question = asked(typed)
    assert (question.terms, question.phrases, question.unwanted) == (terms, wording, unwanted)


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("bag", "My BAG and two bags, no handbag", ["BAG", "bags"]),
        ("muller ", "Frau Müller, not Müllers", ["Müller"]),
        ("京駅", "在東京駅丟了行李", ["京駅"]),
        ("東京駅", "在東京駅丟了行李", ["東京駅"]),
        ("駅", "東京駅で", ["駅"]),
        ("กระเป๋า", "หากระเป๋าเดินทาง", ["กระเป๋า"]),
        ("nothing", "My bag", []),
        ("bag -oslo", "My bag in Bergen", ["bag"]),
        ("strasse", "In der Straße 5", ["Straße"]),
    ],
)
def test_hits_are_marked(typed: str, text: str, marked: list[str]) -> None:
    pieces = excerpt(text, asked(typed))
    assert [piece for piece, is_hit in pieces if is_hit] == marked
    if marked:
        assert "".join(piece for piece, _ in pieces) == text


def test_an_excerpt_shows_the_hit_and_not_the_beginning() -> None:
    text = "word " * 100 + "bag" + " word" * 100
    pieces = excerpt(text, asked("bag"))
    assert ("bag", True) in pieces
    assert pieces[0] == pieces[-1] == ("…", False)
    assert sum(len(piece) for piece, _ in pieces) < 170
