"""The layer that hears harm and law beside the tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hearwell.triage.engine.alarm import HEARS, AlarmLayer, BadAlarmError, from_bytes
from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.judge import URGENT, judge
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.rules import Duty
from tests.unit.triage.engine.tiny import tiny_model

CALM, HARM = "a zorble for lunch", "zorbled"


def ear() -> AlarmLayer:
    """Return a layer that hears one word, as harm."""
    weights = np.zeros((ROWS, len(HEARS)), dtype=np.float32)
    found = featurise([Item(HARM)])
    weights[found.index, 0] = 8 * found.value
    signs = np.zeros((len(SIGNS), len(HEARS)), dtype=np.float32)
    return AlarmLayer("ear-1", weights, signs, np.full(len(HEARS), -8, dtype=np.float32))


def test_what_it_hears_is_answered_and_urgent_and_says_why():
    (said,) = judge([Item(HARM)], replace(tiny_model(), alarm=ear()))

    assert said.alarms == ("safety",)
    assert (said.duty, said.urgency >= URGENT) == (Duty.ANSWER, True)
    assert said.reasons[0] == "sign:alarm"


def test_it_takes_no_alarm_of_the_tables_away():
    texts = [Item("there is a gas leak in our flat, help"), Item("lunch was fine")]

    with_it = judge(texts, replace(tiny_model(), alarm=ear()))
    without = judge(texts, tiny_model())

    assert [one.alarms for one in with_it] == [one.alarms for one in without]
    assert with_it[0].alarms
    assert "sign:alarm" not in with_it[0].reasons


def test_what_is_passed_on_or_has_no_words_raises_none():
    layer = ear()

    assert layer.heard(featurise([Item(f"RT @someone {HARM}"), Item("🔥")])) == [(), ()]


def test_a_file_of_it_is_the_same_layer_and_the_same_bytes():
    content = ear().to_bytes()

    assert from_bytes(content).to_bytes() == content


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 100])
def test_a_spoiled_file_is_refused(content):
    with pytest.raises(BadAlarmError):
        from_bytes(content)


def test_a_layer_of_another_shape_is_refused():
    odd = replace(ear(), bias=np.zeros(5, dtype=np.float32))

    with pytest.raises(BadAlarmError, match="bias"):
        from_bytes(odd.to_bytes())
