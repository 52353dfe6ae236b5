"""What a message asks of us. The worst error is to miss a customer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.triage.rules import Assessment, Context, Duty, Kind, alarms, assess, read

AFTER = Context(is_after_reply=True)


@pytest.mark.parametrize(
    ("text", "duty", "kind"),
    [
        ("not happy with this at all", Duty.ANSWER, Kind.COMPLAINT),
        ("Great, another outage. Thanks for nothing", Duty.ANSWER, Kind.COMPLAINT),
        ("I loved the shoes", Duty.ACKNOWLEDGE, Kind.PRAISE),
        ("my parcel never arrived", Duty.ANSWER, Kind.COMPLAINT),
        (
            "¡Esto es una vergüenza! Llevo tres semanas y nadie me da una solución, ladrones",
            Duty.ANSWER,
            Kind.COMPLAINT,
        ),
        ("refund received, thank you, thanks", Duty.ACKNOWLEDGE, Kind.PRAISE),
    ],
)
def test_the_six_lines_on_which_others_fail(text: str, duty: Duty, kind: Kind) -> None:
    verdict = assess(text)
    assert (verdict.duty, verdict.kind) == (duty, kind)
    assert verdict.reasons


@pytest.mark.parametrize(
    ("language", "complaint", "question", "thanks"),
    [
        ("en", "My order is broken", "When does it arrive?", "Thank you for your help"),
        ("de", "Das Gerät ist kaputt", "Wann kommt mein Paket", "Vielen Dank für die Hilfe"),
        ("fr", "Mon colis est cassé", "Où est mon colis", "Merci beaucoup pour votre aide"),
        ("es", "Mi pedido no llegó", "¿Cuándo llega?", "Muchas gracias por la ayuda"),
        ("it", "Il pacco è rotto", "Quando arriva il pacco", "Grazie mille per l'aiuto"),
        ("pt", "O produto não funciona", "Quando chega", "Muito obrigada pela ajuda"),
        ("nl", "Het werkt niet", "Waar blijft mijn pakket", "Bedankt voor de hulp"),
        ("sv", "Den fungerar inte", "När kommer mitt paket", "Tack så mycket för hjälpen"),
        ("no", "Det virker ikke", "Hvor er pakken min", "Tusen takk for hjelpen"),
        ("da", "Den virker ikke", "Hvornår kommer min pakke", "Mange tak for hjælpen"),
    ],
)
def test_each_language(language: str, complaint: str, question: str, thanks: str) -> None:
    assert assess(complaint).kind is Kind.COMPLAINT
    assert assess(question).duty is Duty.ANSWER
    closing = assess(thanks, context=AFTER)
    assert (closing.duty, closing.is_thanks) == (Duty.ACKNOWLEDGE, True)


@pytest.mark.parametrize(
    "text",
    [
        "いつ届きますか？",
        "كيف يمكنني التواصل معكم؟",
        "Πού είναι η βαλίτσα μου;",
        "Где мой багаж",
        "ของอยู่ไหน",
    ],
)
def test_other_scripts_are_never_quieted(text: str) -> None:
    assert assess(text).duty is Duty.ANSWER


@pytest.mark.parametrize("text", ["ありがとうございます", "Спасибо!", "شكرا جزيلا", "감사합니다"])
def test_thanks_in_other_scripts(text: str) -> None:
    assert assess(text, context=AFTER).is_thanks


@pytest.mark.parametrize(
    "text",
    [
        "thanks but it still does not work",
        "Thanks, when will it arrive?",
        "no thanks to your crew",
        "can't thank you enough for ruining my day, bag still lost",
        "yes",
        "NWA7Q2",
        "14 March",
        "it's the blue one",
        "@NorthwindAir",
        "",
        "https://pic.example/1",
    ],
)
def test_what_is_not_clear_is_a_persons_to_decide(text: str) -> None:
    assert assess(text, context=AFTER).duty is Duty.ANSWER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RT @friend: look at this sunset", Kind.CHATTER),
        ("lol", Kind.CHATTER),
        ("😂😂", Kind.CHATTER),
        ("Click here to earn money https://x.example", Kind.SPAM),
        ("crypto giveaway, act now", Kind.SPAM),
    ],
)
def test_only_what_is_clear_is_quieted(text: str, kind: Kind) -> None:
    verdict = assess(text)
    assert (verdict.duty, verdict.kind, verdict.urgency) == (Duty.NONE, kind, 0)


@pytest.mark.parametrize(
    "text",
    [
        "RT @friend: my bag is lost",
        "hello",
        "😡",
        "👎🏽",
        "click here to see how you lost my bag, giveaway of luggage",
    ],
)
def test_what_looks_idle_but_may_not_be(text: str) -> None:
    assert assess(text, "dm", "private").duty is Duty.ANSWER


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("What time do you open?", 1),
        ("My flight leaves tonight, can I still check in?", 2),
        ("I am stranded at the airport", 3),
        ("Hablaré con mi abogado", 3),
        ("There is smoke coming out of it", 4),
        ("Es brennt", 4),
        ("Great trip, thank you", 0),
        ("WHERE IS MY SUITCASE PEOPLE", 2),
    ],
)
def test_urgency(text: str, urgency: int) -> None:
    assert assess(text).urgency == urgency


@pytest.mark.parametrize(
    ("stars", "text", "duty"),
    [
        (1, "", Duty.ANSWER),
        (3, "nice crew", Duty.ANSWER),
        (5, "", Duty.ACKNOWLEDGE),
        (5, "Lovely crew", Duty.ACKNOWLEDGE),
        (5, "Where is my bag?", Duty.ANSWER),
        (4, "The seat was broken", Duty.ANSWER),
    ],
)
def test_reviews(stars: int, text: str, duty: Duty) -> None:
    assert assess(text, "review", "public", Context(rating=stars)).duty is duty


def test_ideas_and_purchases() -> None:
    assert assess("A suggestion: sell tea on the early flight").kind is Kind.IDEA
    assert assess("How much is a second seat?").kind is Kind.PREPURCHASE


def test_a_face_after_our_reply_is_thanks() -> None:
    assert assess("👍", context=AFTER).is_thanks


def test_a_picture_without_words_is_looked_at() -> None:
    assert assess("", context=Context(has_media=True)).duty is Duty.ANSWER


def test_the_reasons_name_the_words() -> None:
    assert "trouble:never arrived" in assess("my parcel never arrived").reasons
    assert "trouble:not … good" in assess("that is not very good").reasons


@given(st.text(max_size=300), st.sampled_from(["public", "private"]), st.booleans())
def test_any_text_gets_an_opinion(text: str, audience: str, is_after: bool) -> None:
    verdict = assess(text, "comment", audience, Context(is_after_reply=is_after))
    assert isinstance(verdict, Assessment)
    assert 0 < verdict.certainty <= 1
    assert (verdict.urgency == 0) == (verdict.duty is not Duty.ANSWER)


@given(st.text(max_size=100))
def test_a_question_mark_is_never_quieted(text: str) -> None:
    assert assess(f"{text}?", "dm", "private").duty is Duty.ANSWER


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "not " * 25_000, "@" * 100_000, "?" * 100_000, "(:" * 50_000]
)
def test_long_texts_cost_no_more_than_their_length(text: str) -> None:
    """Twice the text is not four times the work, whatever it is made of."""
    half, whole = (min(_cost(part) for _ in range(3)) for part in (text[: len(text) // 2], text))
    assert whole < 3 * half + 0.01


def _cost(text: str) -> float:
    begun = time.process_time()
    assess(text)
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("text", "duty", "kind", "language"),
    [
        ("وين الطلب؟ لسه ما وصل من أسبوعين", Duty.ANSWER, Kind.COMPLAINT, "ar"),
        ("والله الموقع ما يفتح معي", Duty.ANSWER, Kind.COMPLAINT, "ar"),
        ("كم سعر التوصيل للرياض", Duty.ANSWER, Kind.PREPURCHASE, "ar"),
        ("شكراً جزيلاً على الخدمة الممتازة", Duty.ACKNOWLEDGE, Kind.PRAISE, "ar"),
        ("ههههه", Duty.NONE, Kind.CHATTER, "ar"),
        ("el order lesa ma waslsh leh keda", Duty.ANSWER, Kind.COMPLAINT, "ar-Latn"),
        (
            "bhai mera order abhi tak nahi aaya kya ho raha hai",
            Duty.ANSWER,
            Kind.COMPLAINT,
            "hi-Latn",
        ),
        (
            "bahut badhiya service hai aapka dhanyavad",
            Duty.ACKNOWLEDGE,
            Kind.PRAISE,
            "hi-Latn",
        ),
    ],
)
def test_arabic_and_what_is_written_in_latin_letters(
    text: str, duty: Duty, kind: Kind, language: str
) -> None:
    verdict = assess(text)
    assert (verdict.duty, verdict.kind, verdict.language) == (duty, kind, language)


def test_words_that_arabic_writes_onto_others_are_seen_through() -> None:
    assert assess("والحريق بالمستشفى").urgency == 4


def test_what_is_fire_in_arabizi_is_a_small_word_in_dutch() -> None:
    assert assess("naar huis").urgency < 4


@pytest.mark.parametrize(
    "text",
    [
        "my phone charger caught fire last night",
        "theres a gas smell in our flat what do i do",
        "my son swallowed a battery from your remote",
        "found glass in my yoghurt, cut my mouth",
        "i dont want to live anymore",
        "es riecht nach gas bei uns im Treppenhaus",
        "le câble m'a électrocuté",
        "el cargador se prendió fuego",
        "il phon ha preso fuoco",
        "levei um choque com o secador",
        "mijn kind heeft een magneetje ingeslikt",
        "får ingen luft efter att jag åt er soppa",
        "komfyren tok fyr",
        "min søn fik stød af lampen",
        "طفلي بلع قطعة من اللعبة",
    ],
)
def test_harm_is_raised_in_each_language(text: str) -> None:
    verdict = assess(text)
    assert (verdict.duty, verdict.urgency) == (Duty.ANSWER, 4)
    assert {"danger", "safety"} & set(alarms(read(text)))


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("Thanks, I will see you in small claims then", "legal"),
        ("I'm a journalist, who handles media requests?", "press"),
        ("werde meinen Anwalt einschalten", "legal"),
        ("j'ai porté plainte", "legal"),
        ("soy periodista de un diario local", "press"),
        ("راح أرفع قضية عليكم", "legal"),
    ],
)
def test_law_and_press_wait_for_nobody(text: str, alarm: str) -> None:
    assert alarms(read(text)) == (alarm,)
    assert assess(text).duty is Duty.ANSWER
    assert assess(text).urgency >= 3


@pytest.mark.parametrize(
    "text",
    [
        "this jacket is fire",
        "im dying laughing at this ad",
        "you guys are killing it",
        "love this brand",
        "bath bombs back in stock?",
        "vor Lachen gestorben",
        "fire minutter til kampen",
        "die Hose passt super",
        "RT @news: explosion at the plant, three injured",
        "Three killed in the factory explosion, officials say. Our thoughts are with them",
    ],
)
def test_alarming_words_that_alarm_nobody(text: str) -> None:
    assert not alarms(read(text))
    assert assess(text).urgency < 3


@given(st.text(max_size=80), st.sampled_from(["public", "private"]))
def test_an_alarm_is_always_answered(text: str, audience: str) -> None:
    said = f"{text} I want to kill myself"
    if alarms(read(said, "comment", audience)):
        assert assess(said, "comment", audience).duty is Duty.ANSWER
