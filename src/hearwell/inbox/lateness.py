"""How to begin an answer that comes late: an apology that fits how late, in the customer's words.

A suggestion and no more: somebody puts it into the answer, changes it and sends it. A workspace
that wants its own words keeps a saved reply of the name "Late answer".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hearwell.sla.rules import Hours, business_seconds

# The slug of the article whose saved reply is taken instead of ours.
OWN_WORDS: Final = "late-answer"
_DAY_S: Final = 86_400
_LONG_S: Final = 7 * _DAY_S
# Language -> within a day, within a week, later than that.
WORDINGS: Final[dict[str, tuple[str, str, str]]] = {
    "en": (
        "Sorry that you had to wait for our answer today.",
        "Sorry that our answer comes only now: you should have had it days ago.",
        (
            "We are very sorry. We left you without an answer for far too long, and that was our"
            " mistake."
        ),
    ),
    "de": (
        "Entschuldigung, dass Sie heute auf unsere Antwort warten mussten.",
        (
            "Entschuldigung, dass unsere Antwort erst jetzt kommt: Sie hätten sie schon vor Tagen"
            " bekommen sollen."
        ),
        (
            "Es tut uns sehr leid. Wir haben Sie viel zu lange ohne Antwort gelassen, und das war"
            " unser Fehler."
        ),
    ),
    "fr": (
        "Toutes nos excuses de vous avoir fait attendre aujourd'hui.",
        (
            "Toutes nos excuses pour cette réponse tardive : vous auriez dû la recevoir il y a"
            " plusieurs jours."
        ),
        (
            "Nous sommes vraiment désolés. Nous vous avons laissé sans réponse bien trop longtemps,"
            " et c'est notre faute."
        ),
    ),
    "es": (
        "Disculpe que haya tenido que esperar nuestra respuesta hoy.",
        "Disculpe que nuestra respuesta llegue ahora: debería haberla recibido hace días.",
        (
            "Lo sentimos mucho. Le hemos dejado sin respuesta demasiado tiempo, y fue un error"
            " nuestro."
        ),
    ),
    "it": (
        "Ci scusiamo per averla fatta attendere oggi.",
        "Ci scusiamo se la nostra risposta arriva solo ora: avrebbe dovuto riceverla giorni fa.",
        (
            "Siamo davvero spiacenti. L'abbiamo lasciata senza risposta troppo a lungo, ed è stato"
            " un nostro errore."
        ),
    ),
    "pt": (
        "Pedimos desculpa por ter esperado hoje pela nossa resposta.",
        "Pedimos desculpa por só agora respondermos: devia ter recebido a resposta há dias.",
        (
            "Lamentamos muito. Deixámos a sua mensagem sem resposta demasiado tempo, e a falha foi"
            " nossa."
        ),
    ),
    "nl": (
        "Excuses dat u vandaag op ons antwoord moest wachten.",
        "Excuses dat ons antwoord nu pas komt: u had het dagen geleden moeten krijgen.",
        (
            "Het spijt ons zeer. We hebben u veel te lang zonder antwoord gelaten, en dat was onze"
            " fout."
        ),
    ),
    "ar": (
        "نعتذر عن انتظاركم ردّنا اليوم.",
        "نعتذر عن تأخر ردّنا حتى الآن، فقد كان يجب أن يصلكم قبل أيام.",
        "نأسف جدًا. تركناكم دون رد مدة أطول بكثير مما ينبغي، وكان ذلك خطأً منا.",
    ),
}
FALLBACK: Final = "en"
_HOUR_S: Final = 3600
_MINUTE_S: Final = 60
# Language -> the sentence that names how long it was, and the units in it: minutes, hours, days.
# Each unit has its forms: for one and for others; in Arabic for one, two, three to ten, and others.
NAMED: Final[dict[str, tuple[str, tuple[tuple[str, ...], ...]]]] = {
    "en": (
        "You have waited more than {}.",
        (("1 minute", "{} minutes"), ("1 hour", "{} hours"), ("1 day", "{} days")),
    ),
    "de": (
        "Sie haben mehr als {} gewartet.",
        (("1 Minute", "{} Minuten"), ("1 Stunde", "{} Stunden"), ("1 Tag", "{} Tage")),
    ),
    "es": (
        "Ha esperado más de {}.",
        (("1 minuto", "{} minutos"), ("1 hora", "{} horas"), ("1 día", "{} días")),
    ),
    "fr": (
        "Vous attendez depuis plus de {}.",
        (("1 minute", "{} minutes"), ("1 heure", "{} heures"), ("1 jour", "{} jours")),
    ),
    "ar": (
        "لقد انتظرتم أكثر من {}.",
        (
            ("دقيقة", "دقيقتين", "{} دقائق", "{} دقيقة"),
            ("ساعة", "ساعتين", "{} ساعات", "{} ساعة"),
            ("يوم", "يومين", "{} أيام", "{} يومًا"),
        ),
    ),
}
_MOST_OF_FEW: Final = 10


@dataclass(frozen=True, slots=True)
class Delay:
    """How long somebody has waited past a promise, in seconds; of opening hours or of all hours."""

    waited_s: float
    promised_s: float
    is_business: bool


def delay_of(
    asked_at: datetime, due_at: datetime, at: datetime, promised_s: float, hours: Hours | None
) -> Delay | None:
    """Return the delay at a moment, None while there is none; `hours` None: around the clock."""
    if at <= due_at:
        return None
    if hours is None:
        return Delay((at - asked_at).total_seconds(), promised_s, is_business=False)
    return Delay(business_seconds(asked_at, at, hours), promised_s, is_business=True)


def named_delay(language: str, waited_s: float) -> str:
    """Return a sentence that says how long somebody has waited, rounded down; never less honest.

    Empty for a language that it is not written in, and for less than a minute.
    """
    if language not in NAMED or waited_s < _MINUTE_S:
        return ""
    sentence, (minutes, hours, days) = NAMED[language]
    if waited_s < _HOUR_S:
        forms, n = minutes, int(waited_s // _MINUTE_S)
    elif waited_s < 2 * _DAY_S:
        forms, n = hours, int(waited_s // _HOUR_S)
    else:
        forms, n = days, int(waited_s // _DAY_S)
    return sentence.format(_form(forms, n).format(n))


def _form(forms: tuple[str, ...], n: int) -> str:
    """Return the form for a number: one, (two, few,) others."""
    if n <= len(forms) // 2:
        return forms[n - 1]
    return forms[-2] if len(forms) // 2 > 1 and n <= _MOST_OF_FEW else forms[-1]


def late_wording(language: str, waited_s: float) -> str:
    """Return how to begin, after somebody has waited so many seconds.

    `language` is a primary tag ("de"); one that we have no words in gets English.
    """
    within_a_day, within_a_week, longer = WORDINGS.get(language, WORDINGS[FALLBACK])
    if waited_s < _DAY_S:
        return within_a_day
    return within_a_week if waited_s < _LONG_S else longer
