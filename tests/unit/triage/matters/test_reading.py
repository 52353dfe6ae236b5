"""What a message speaks of, and which of it together is harm, law or press."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.triage.engine.features import Item
from hearwell.triage.engine.heads import OUTPUTS
from hearwell.triage.engine.judge import judge
from hearwell.triage.engine.model import F32, Model
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.lexicon import tokens
from hearwell.triage.matters.reading import MEMORY, REACH, _words, matters_in, raised_by
from hearwell.triage.rules import Duty, alarms, assess, read
from hearwell.triage.training import sets

LOUD = ("my son is not breathing", "see you in court", "es riecht nach gas", "puzza di gas")


def urgent_lines() -> list[sets.Example]:
    """The lines of our own that were written for this: harm and law, and their look-alikes."""
    names = {path.name for path in sets.LINES.glob("*.urgent.tsv")}
    texts = {
        line.split("\t")[4]
        for name in names
        for line in (sets.LINES / name).read_text("utf8").splitlines()
    }
    return [one for one in sets.written() if one.text in texts]


def test_our_own_lines_of_harm_and_law_are_heard_and_their_look_alikes_are_not():
    heard: Counter[tuple[bool, bool]] = Counter()
    for one in urgent_lines():
        heard[one.urgency != ".", bool(alarms(read(one.text)))] += 1

    alarming, harmless = (
        {is_so: heard[is_true, is_so] for is_so in (True, False)} for is_true in (True, False)
    )
    assert sum(alarming.values()) >= 300
    assert sum(harmless.values()) >= 300
    assert alarming[True] >= 0.98 * sum(alarming.values())
    assert harmless[True] <= 0.02 * sum(harmless.values())


@pytest.mark.parametrize(
    "text",
    [
        "it smells of gaaaas in here",
        "the kettle explooooded",
        "I can't breeeathe",
        "MY SON SWALLOWED A MAGNET FROM YOUR TOY",
        "the heater is buring hot and my hand is electorcuted",
        "wlidi bla3 batterie sghira mel lo3ba",
        "geyser se current aa raha hai, biwi ko jhatka laga",
        "Haferkekse gegessen, jetzt schwillt mir die Lippe an",
        "والحريق بالمستشفى",
    ],
)
def test_drawn_out_misspelt_shouted_and_romanised_words_are_known(text: str) -> None:
    assert {"danger", "safety"} & set(alarms(read(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Your pram is lovely, my baby sleeps like a stone",
        "When do you restock the insulin pouches?",
        "is this safe for the dishwasher",
        "the battery of my phone lasts two hours, poor",
        "Wo ist mein Paket? Der Fahrer war nie da",
        "J'attends mon colis depuis deux semaines",
        "El pedido llegó tarde y con el color equivocado",
        "Sono al settimo mese di gravidanza e volo il 9. Mi serve un certificato medico?",
        "I'm seven months pregnant, do I need a doctor's note to fly?",
    ],
)
def test_ordinary_messages_raise_nothing(text: str) -> None:
    assert alarms(read(text)) == ()


def test_what_belongs_together_stands_near():
    near = tokens("my son" + " and" * (REACH - 3) + " vomits")
    far = tokens("my son" + " and" * (REACH + 3) + " vomits")

    assert raised_by(near, matters_in(near, "en"))
    assert not raised_by(far, matters_in(far, "en"))


def test_reasons_say_which_words_raised_it():
    verdict = assess("ate your wrap and my throat is closing")

    assert any(reason.startswith("danger:") and "throat" in reason for reason in verdict.reasons)


def test_a_word_of_another_language_counts_only_where_it_cannot_be_one_of_ours():
    assert alarms(read("What a lovely gift for the brand")) == ()
    assert alarms(read("the sound system is on, dit huis is fijn")) == ()


def test_theft_presses_and_is_no_alarm():
    reading = read("there is a withdrawal that I did not make")

    assert alarms(reading) == ()
    assert "fraud" in reading.found
    assert assess("there is a withdrawal that I did not make").urgency == 3


def _deaf(answer: float) -> Model:
    """A model that is certain that nothing is owed and nothing is urgent."""
    from hearwell.triage.engine.grams import ROWS

    def zeros(*shape: int) -> F32:
        import numpy as np

        return np.zeros(shape, dtype=np.float32)

    bias = zeros(OUTPUTS)
    bias[:] = -answer
    return Model(
        "deaf", zeros(ROWS, OUTPUTS), zeros(len(SIGNS), OUTPUTS), bias, zeros(OUTPUTS) + 1,
        zeros(OUTPUTS),
    )  # fmt: skip


@given(st.sampled_from(LOUD), st.text(max_size=40), st.floats(-50, 50))
def test_no_statistic_silences_an_alarm(said: str, around: str, certain: float) -> None:
    text = f"{said}\n{around}"
    raised = alarms(read(text))
    found = judge([Item(text)], _deaf(certain))[0]

    if raised:
        assert found.duty is Duty.ANSWER
        assert found.urgency >= 3
        assert found.alarms == raised


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    words = tokens(text)
    for hit in matters_in(words, ""):
        assert 0 <= hit.begin < hit.end <= len(words)


@pytest.mark.parametrize(
    "unit", ["baby ", "x", "not ", "gas leak ", "sick baby burnt hand ", "aaa ", "ااا "]
)
def test_a_hundred_kilobytes_are_read_like_their_first_and_last_part(unit: str) -> None:
    reading = read(unit * (100_000 // len(unit)))

    assert len(reading.words) <= 4_001
    assert sum(map(len, reading.found.values())) <= 4 * len(reading.words) + 8


def test_memory_of_words_is_bounded():
    table = _words("en")
    matters_in([f"word{n}x" for n in range(MEMORY + 500)], "en")

    assert len(table.remembered) <= MEMORY
    assert len(table.drawn_out) <= MEMORY
