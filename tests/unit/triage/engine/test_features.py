"""Numbers from texts: the same for what a reader sees as the same, in any batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.triage.engine.features import Features, Item, featurise, joined
from hearwell.triage.engine.grams import BUCKETS, ROWS, grams_of, hash_of
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.engine.text import BREAK, LINK, MENTION, READ_LENGTH, normalise, normalised
from hearwell.triage.rules import Context

LINES = ["my parcel never arrived", "Merci beaucoup 🙏", "", "شكرًا جزيلاً", "why?? 😡", "好的，谢谢"]


def features_of(text: str, context: Context | None = None) -> Features:
    return featurise([Item(text, context=context or Context())])


def is_same(one: Features, other: Features) -> bool:
    return (
        np.array_equal(one.index, other.index)
        and np.array_equal(one.value, other.value)
        and np.array_equal(one.signs, other.signs)
    )


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("sooooo bad!!!!!", "soo bad!!"),
        ("@Acme_care see https://acme.example/x?y=1", f"{MENTION} see {LINK}"),
        ("order 123456 of 3", "order 00 of 0"),
        ("Fish &amp; chips", "fish & chips"),
        ("f\u200bi\u00adr\u2060e\ufeff", "fire"),
        ("\u202eabc\u202c \u2066x\u2069", "abc x"),
        ("don\u2019t", "don't"),
        ("👍🏽 ❤\ufe0f", "👍 ❤"),
        ("cafe\u0301", "caf\u00e9"),
        ("شُكْراً جزيلاً إلى", "شكرا جزيلا الي"),
        ("\ue000 a\0b", "ab"),
    ],
)
def test_what_looks_the_same_is_the_same(written: str, seen: str) -> None:
    assert normalise(written).replace(" ", "") == seen.replace(" ", "")


@given(st.lists(st.text(), max_size=5))
def test_a_text_cannot_become_two(texts: list[str]) -> None:
    assert normalised(texts).count(BREAK) == max(len(texts), 1) + 1


@given(st.lists(st.text(max_size=60), max_size=8))
def test_a_batch_is_its_messages(texts: list[str]) -> None:
    batch = featurise([Item(text) for text in texts])

    assert len(batch) == len(texts)
    assert all(is_same(batch.one(at), features_of(text)) for at, text in enumerate(texts))


def test_batches_join_to_the_batch_of_all() -> None:
    parts = [featurise([Item(text) for text in part]) for part in (LINES[:2], [], LINES[2:])]
    whole = featurise([Item(text) for text in LINES])

    assert is_same(joined(parts), whole)
    assert np.array_equal(joined(parts).starts, whole.starts)
    assert len(joined([])) == 0


def test_more_messages_than_are_hashed_at_once() -> None:
    lines = [f"line {'xyz'[at % 3]} number {at}" for at in range(600)]
    whole = featurise([Item(line) for line in lines])

    assert len(whole) == len(whole.readings) == len(whole.opinions) == 600
    assert is_same(whole.one(599), features_of(lines[599]))


def test_rows_and_values_are_as_promised() -> None:
    found = featurise([Item(text) for text in LINES])

    for at in range(len(found)):
        one = found.one(at)
        words, pieces = one.value[one.index < BUCKETS], one.value[one.index >= BUCKETS]
        assert (np.diff(one.index) > 0).all()
        assert all(abs(float(part @ part) - 1) < 1e-5 for part in (words, pieces) if len(part))
    assert found.index.max() < ROWS
    assert found.signs.shape == (len(LINES), len(SIGNS))
    assert found.signs.min() >= 0
    assert found.signs.max() <= 1


def words_of(text: str) -> set[int]:
    index = features_of(text).index
    return set(index[index < BUCKETS].tolist())


def test_a_negation_makes_other_words_of_the_next_three() -> None:
    plain, negated = words_of("happy today"), words_of("not happy today")

    assert len(plain & negated) == 1  # the pair alone; both words have turned
    assert words_of("not. happy today") >= plain  # a full stop ends its reach
    assert words_of("didn't a b c happy") >= words_of("happy")
    assert not words_of("happy") <= words_of("I wasn’t happy")


def test_a_word_by_itself_has_the_number_it_has_in_a_text() -> None:
    grams = grams_of(normalised(["never again"]))

    assert grams.bucket.min() >= 0
    assert hash_of("never") != hash_of("neve") != hash_of("reven")


def sign(name: str, found: Features) -> float:
    return float(found.signs[0, SIGNS.index(name)])


def test_the_signs_hold_what_the_rules_read() -> None:
    german = features_of("Das kam nicht an, bin enttäuscht 😡 Warum?", Context(True, True))

    for name in ("trouble", "negation"):
        assert sign(f"cue {name}", german) == 1
    for name in ("question", "ends in question", "unhappy face", "after reply", "media"):
        assert sign(f"mark {name}", german) == 1
    assert sign("rules answer", german) == 1
    assert sign("rules complaint", german) == 1
    assert sign("cue turned by negation", features_of("that was not really lovely")) == 1
    stars = featurise([Item("ok", "review", "public", Context(rating=2))])
    assert sign("2 stars", stars) == sign("is review", stars) == 1


def test_a_long_text_is_read_at_both_ends() -> None:
    middle = "x " * READ_LENGTH
    found = features_of(f"hello {middle} goodbye")

    assert words_of("hello") <= set(found.index.tolist())
    assert words_of("goodbye") <= set(found.index.tolist())
