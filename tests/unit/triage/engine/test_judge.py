"""The opinion on a message: what the model may say, and what it may never say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.triage.engine.features import Item
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.judge import Opinion, judge
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.rules import ENGINE, Context, Duty, Kind
from tests.unit.triage.engine.tiny import tiny_model

OWN = Bands(is_own=True)
MODEL = tiny_model(OWN)


def opinion_on(text: str, model: Model | None = MODEL, **about: object) -> Opinion:
    return judge([Item(text, **about)], model)[0]  # type: ignore[arg-type]


def test_the_model_decides_and_says_by_which_words() -> None:
    found = opinion_on("so my refund then")

    assert (found.duty, found.kind, found.engine) == (Duty.ANSWER, Kind.REQUEST, "tiny-1")
    assert found.reasons[0] == "word:refund"
    assert found.certainty == pytest.approx(found.probabilities()["duty"]["answer"], abs=1e-3)
    assert found.sentiment == "neutral"


def test_each_head_speaks() -> None:
    praise, lunch, broken = (opinion_on(text) for text in ("lovely", "lunch lunch", "broken"))

    assert (praise.duty, praise.kind, praise.sentiment) == ("acknowledge", "praise", "positive")
    assert praise.is_thanks
    assert (lunch.duty, lunch.kind, lunch.urgency) == (Duty.NONE, Kind.CHATTER, 0)
    assert (broken.kind, broken.sentiment, broken.urgency) == ("complaint", "negative", 3)


def test_without_a_model_the_rules_decide_and_say_so() -> None:
    found = opinion_on("my parcel never arrived", None)

    assert (found.duty, found.kind, found.sentiment) == ("answer", "complaint", "negative")
    assert found.engine == ENGINE
    assert found.chances == ()
    assert found.probabilities() == {}


def no_to_everything() -> Model:
    bias = np.zeros(OUTPUTS, dtype=np.float32)
    for name, label in (("duty", "none"), ("kind", "spam"), ("urgent", "no")):
        head = HEADS[name]
        bias[head.at + head.labels.index(label)] = 20
    silent = tiny_model()
    return Model("silent", silent.weights * 0, silent.signs, bias, bands=OWN)


SILENT = no_to_everything()


@pytest.mark.parametrize(
    "text",
    [
        "my charger caught fire",
        "i want to kill myself",
        "you will hear from my lawyer",
        "I'm a journalist, who do I talk to",
        "ich bekomme keine Luft",
        "ريحة غاز بالبيت",
    ],
)
def test_no_statistic_silences_an_alarm(text: str) -> None:
    found = opinion_on(text, SILENT)

    assert found.duty is Duty.ANSWER
    assert found.urgency >= 3
    assert found.alarms
    assert not found.is_unsure
    assert found.reasons


def test_none_only_below_the_quiet_threshold() -> None:
    text = "hm refund lunch lunch lunch lunch"
    strict, lax = (
        judge([Item(text)], MODEL, bands=Bands(quiet=quiet, is_own=True))[0]
        for quiet in (0.001, 0.9)
    )

    assert lax.duty is Duty.NONE
    assert strict.duty is Duty.ANSWER
    assert lax.probabilities() == strict.probabilities()


def leaning(**to: tuple[str, float]) -> Model:
    """Return a model that leans so far (in logits) to one label of each head, whatever is said."""
    bias = np.zeros(OUTPUTS, dtype=np.float32)
    for name, (label, far) in to.items():
        head = HEADS[name]
        bias[head.at + head.labels.index(label)] = far
    silent = tiny_model()
    return Model("leaning", silent.weights * 0, silent.signs, bias)


@pytest.mark.parametrize(("far", "urgency"), [(-3.0, 1), (0.5, 2), (0.8, 2), (2.0, 3)])
def test_the_model_alone_is_urgent_only_from_seven_in_ten(far: float, urgency: int) -> None:
    model = leaning(duty=("answer", 5), urgent=("yes", far))

    assert opinion_on("the seats in row nine", model).urgency == urgency


def test_what_is_answered_is_friendly_talk_only_if_that_is_likelier_than_not() -> None:
    guess = leaning(duty=("answer", 5), kind=("praise", 1))
    sure = leaning(duty=("answer", 5), kind=("praise", 5))

    assert opinion_on("the seats in row nine", guess).kind is Kind.REQUEST
    assert opinion_on("the seats in row nine", sure).kind is Kind.PRAISE


def test_rules_and_model_agree_on_thanks_though_neither_is_sure() -> None:
    model = leaning(duty=("acknowledge", 0.3))

    assert opinion_on("thank you for sorting that", model).duty is Duty.ACKNOWLEDGE
    assert opinion_on("the seats in row nine", model).duty is Duty.ANSWER


def test_before_a_workspace_has_labels_only_the_rules_say_none() -> None:
    cold = tiny_model()

    assert opinion_on("lunch lunch", cold).duty is Duty.ANSWER
    assert opinion_on("lunch lunch").duty is Duty.NONE


def test_a_private_message_is_not_quieted_against_the_rules() -> None:
    assert opinion_on("hm well", SILENT).duty is Duty.NONE
    assert opinion_on("hm well", SILENT, audience="private").duty is Duty.ANSWER


def test_a_poor_review_is_answered_whatever_its_words() -> None:
    poor = opinion_on("lovely", kind="review", context=Context(rating=1))

    assert (poor.duty, poor.kind) == (Duty.ANSWER, Kind.REVIEW)


def test_of_faces_alone_the_rules_decide() -> None:
    assert opinion_on("😡😡", SILENT).duty is Duty.ANSWER
    assert opinion_on("😀", SILENT).duty is Duty.NONE


def test_unsure_below_the_band() -> None:
    sure, unsure = (
        judge([Item("refund")], MODEL, bands=Bands(sure={"duty": least}))[0]
        for least in (0.01, 0.9999)
    )
    assert (sure.is_unsure, unsure.is_unsure) == (False, True)


def test_a_workspace_turns_the_opinion_with_its_corrections() -> None:
    from hearwell.triage.engine.delta import Learner
    from hearwell.triage.engine.features import featurise

    item = Item("lunch lunch")
    learner = Learner(MODEL)
    for _ in range(10):
        learner.step(featurise([item]), "duty", "answer")
    assert judge([item], MODEL)[0].duty is Duty.NONE
    turned = judge([item], MODEL, learner.delta())[0]
    assert turned.duty is Duty.ANSWER
    assert "word:lunch" in turned.reasons


def test_a_letter_is_no_reason() -> None:
    from hearwell.triage.shipped import shipped_model

    reasons = opinion_on("i want my money back i said", shipped_model()).reasons

    assert any(reason.startswith("word:") for reason in reasons)
    assert "word:i" not in reasons


def test_reasons_name_nobody() -> None:
    found = opinion_on("broken refund a.person@mail.example 0170 1234567")

    assert not [reason for reason in found.reasons if "@" in reason or "0" in reason]
    assert set(found.personal) == {"mail", "phone"}


def test_many_at_once_are_as_one_by_one() -> None:
    items = [Item(f"{['refund', 'lunch', 'broken', 'lovely'][at % 4]} {at}") for at in range(300)]

    assert judge(items, MODEL) == [judge([item], MODEL)[0] for item in items]
    assert judge([], MODEL) == judge([], None) == []


@settings(max_examples=60)
@given(
    st.text(max_size=300),
    st.sampled_from(["public", "private"]),
    st.sampled_from([None, MODEL, SILENT]),
)
def test_any_text_has_an_opinion_within_its_bounds(
    text: str, audience: str, model: Model | None
) -> None:
    found = judge([Item(text, "comment", audience)], model)[0]

    assert 0 <= found.certainty <= 1
    assert 0 <= found.urgency <= 4
    assert (found.urgency > 0) == (found.duty is Duty.ANSWER)
    assert not (found.is_thanks and found.duty is not Duty.ACKNOWLEDGE)
    if found.alarms:
        assert found.duty is Duty.ANSWER
        assert found.urgency >= 3
    if model is not None:
        assert sum(found.chances) == pytest.approx(1000 * len(HEADS), abs=OUTPUTS)


BAD = [
    "a" * 100_000,
    "word " * 20_000,
    "1" * 100_000,
    "1 " * 50_000,
    "a@" * 50_000,
    "😀" * 50_000,
    "&amp;" * 20_000,
    "\u202e\u200b" * 50_000,
    "@a " * 30_000,
    "https://" * 12_000,
    "+49 170 " * 12_000,
    "order " * 16_000,
    "DE44 " * 20_000,
    "1.1.1." * 16_000,
    "a:" * 50_000,
    "不" * 100_000,
    "\ud800" * 1000,
    "\0" * 1000,
    "😀",
    "\u200b",
    "\u202efoo\u202c",
    "(" * 50_000,
    "не " * 30_000,
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_input_is_judged_all_the_same(text: str) -> None:
    for model in (None, MODEL):
        assert opinion_on(text, model).duty in Duty


FIFTY = [
    "hello where is my order",
    "hallo wo ist mein Paket",
    "bonjour où est mon colis",
    "hola dónde está",
    "ciao dov'è il pacco",
    "olá onde está",
    "hallo waar is",
    "hej var är",
    "hei hvor er",
    "hej hvor er",
    "ahoj kde je",
    "cześć gdzie jest",
    "szia hol van",
    "salut unde este",
    "здравейте къде е",
    "привет где заказ",
    "привіт де замовлення",
    "γεια πού είναι",
    "merhaba nerede",
    "שלום איפה",
    "مرحبا وين",
    "سلام کجاست",
    "السلام علیکم کہاں",
    "नमस्ते कहाँ है",
    "হ্যালো কোথায়",
    "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "નમસ્તે ક્યાં",
    "வணக்கம் எங்கே",
    "హలో ఎక్కడ",
    "ಹಲೋ ಎಲ್ಲಿ",
    "ഹലോ എവിടെ",
    "ආයුබෝවන් කොහෙද",
    "สวัสดี อยู่ไหน",
    "ສະບາຍດີ",
    "မင်္ဂလာပါ",
    "សួស្តី",
    "xin chào ở đâu",
    "halo di mana",
    "kamusta nasaan",
    "こんにちはどこ",
    "안녕하세요 어디",
    "你好在哪里",
    "сайн уу",
    "გამარჯობა სად",
    "բարեւ որտեղ",
    "salam hardadır",
    "сәлем қайда",
    "habari iko wapi",
    "ሰላም የት",
    "sawubona iphi",
]


def test_fifty_languages() -> None:
    assert len(FIFTY) == 50
    for model in (None, MODEL):
        found = judge([Item(text) for text in FIFTY], model)
        assert len({opinion.language for opinion in found}) > 15
        assert all(opinion.duty is not Duty.NONE for opinion in found if model is None)
