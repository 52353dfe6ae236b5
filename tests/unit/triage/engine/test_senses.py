"""What words speak of: alike in every language, spelt any way, alone and in a batch."""

from __future__ import annotations

import numpy as np
import pytest

from hearwell.triage import senses_judging, senses_talk, senses_trade, senses_wants
from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.senses import SENSES
from hearwell.triage.engine.signs import SIGNS

FILES = (senses_judging, senses_talk, senses_trade, senses_wants)


def spoken_of(text: str) -> dict[str, float]:
    row = featurise([Item(text)]).signs[0, -len(SENSES) :]
    return {name: float(value) for name, value in zip(SENSES, row, strict=True) if value}


@pytest.mark.parametrize(
    "text",
    [
        "the technician was very patient",
        "Der Techniker war sehr geduldig",
        "le technicien a été patient",
        "el técnico fue muy paciente",
        "الفني كان صبور معي",
    ],
)
def test_what_is_said_in_one_language_is_known_in_the_others(text: str) -> None:
    assert {"staff", "kind"} <= set(spoken_of(text))


@pytest.mark.parametrize(
    ("typed", "sense"),
    [
        ("livre par un employe", "staff"),  # no accents
        ("l'équipe", "staff"),  # written onto
        ("L’équipe", "staff"),
        ("ein maerchenhaft koestlicher Abend", "good"),  # umlauts written out
        ("والموظف", "staff"),  # and-the
        ("Lieferungen", "parcel"),  # a stem with another ending
        ("ventes privees", "offer"),  # a phrase, without its accent
    ],
)
def test_it_may_be_spelt_as_people_spell_it(typed: str, sense: str) -> None:
    assert sense in spoken_of(typed)


def test_a_phrase_is_neither_of_its_words() -> None:
    assert "offer" not in spoken_of("ventes")
    assert "offer" not in spoken_of("privées")


def test_words_of_another_language_do_not_count_once_the_language_is_known() -> None:
    assert "beast" in spoken_of("le chat de ma voisine est sur le canapé")
    assert "beast" not in spoken_of("you can chat with the team and they will help")


def test_more_of_a_sense_says_more_and_never_above_one() -> None:
    values = [spoken_of(" ".join(["breakfast"] * times))["food"] for times in (1, 2, 3, 9)]
    assert values == [0.5, 0.75, 1.0, 1.0]


def test_a_message_has_the_same_alone_and_in_a_batch() -> None:
    texts = ["", "L'agent est gentil", "ok", "Where is my parcel?", "الطلب وينه", "d'", "'", "👍"]
    batch = featurise([Item(text) for text in texts]).signs
    alone = np.concatenate([featurise([Item(text)]).signs for text in texts])
    assert np.array_equal(batch, alone)


def test_the_signs_have_their_names_last() -> None:
    assert SIGNS[-len(SENSES) :] == tuple(f"sense {name}" for name in SENSES)


def test_every_entry_is_one_that_can_be_found() -> None:
    tables = [table for file in FILES for table in file.SENSES.values()]
    assert len(tables) == len(SENSES)  # no sense is in two files
    entries = [
        " ".join(entry.split())
        for table in tables
        for text in table.values()
        for entry in text.split(",")
    ]
    entries = [entry for entry in entries if entry]
    assert len(entries) > 4_000
    for entry in entries:
        words = entry.replace("-", " ").split()
        assert len(words) <= 2, entry
        assert entry == entry.lower(), entry
        assert "/" not in entry, entry
        if entry.endswith("*"):
            assert len(words) == 1, entry
            assert len(entry) > 3, entry
