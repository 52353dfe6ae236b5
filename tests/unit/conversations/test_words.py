"""What is written is found by what is asked, in any script."""

from __future__ import annotations

import pytest

from hearwell.conversations.words import MAX_WORDS, phrases, query, vector, words


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
    ("asked", "terms"),
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
def test_questions(asked: str, terms: str) -> None:
    assert query(asked) == terms


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
