"""Lines on which keyword sentiment fails: by the rules alone, and by the model that is shipped."""

from __future__ import annotations

import pytest

from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import judge
from hearwell.triage.engine.model import Model
from hearwell.triage.rules import Duty
from hearwell.triage.shipped import shipped_model

MODELS = [None, *filter(None, [shipped_model()])]
FURIOUS = "¡Esto es una vergüenza! Llevo tres semanas y nadie me da una solución, ladrones"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.version if model else "rules")
@pytest.mark.parametrize(
    ("text", "sentiment", "duty"),
    [
        ("not happy with this at all", "negative", Duty.ANSWER),
        ("Great, another outage. Thanks for nothing", "negative", Duty.ANSWER),
        ("I loved the shoes", "positive", Duty.ACKNOWLEDGE),
        ("my parcel never arrived", "negative", Duty.ANSWER),
        (FURIOUS, "negative", Duty.ANSWER),
        ("refund received, thank you, thanks", "positive", Duty.ACKNOWLEDGE),
    ],
)
def test_the_six_lines(text: str, sentiment: str, duty: Duty, model: Model | None) -> None:
    found = judge([Item(text)], model)[0]
    assert (found.sentiment, found.duty) == (sentiment, duty)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.version if model else "rules")
@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("kein bisschen zufrieden", "negative"),
        ("pas du tout contente", "negative"),
        ("no estoy nada contento", "negative"),
        ("مش مبسوط خالص", "negative"),
        ("wasn't great tbh", "negative"),
        ("not bad at all", "positive"),
        ("Oh great, cancelled again 🙄", "negative"),
        ("5 hours on hold. Brilliant.", "negative"),
        ("it broke 😡", "negative"),
        ("love it 😍", "positive"),
        ("super, danke!", "positive"),
        ("شكراً جزيلاً", "positive"),
        ("Where is my bag?", "neutral"),
        ("When do you open", "neutral"),
    ],
)
def test_negation_irony_emoji_and_five_words(
    text: str, sentiment: str, model: Model | None
) -> None:
    assert judge([Item(text)], model)[0].sentiment == sentiment
