"""What counts as an answer, whom not to ask, and our own words: pure, no database."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

DELAY_MIN: Final = 60
COOL_OFF_DAYS: Final = 30
LONGEST_DELAY_MIN: Final = 7 * 24 * 60
LONGEST_COOL_OFF_DAYS: Final = 365
LONGEST_QUESTION: Final = 240
# Of a survey: one closing in five, nobody more than once in a quarter, at most fifty people a day.
SHARE: Final = 20
SURVEY_COOL_OFF_DAYS: Final = 90
DAILY_QUOTA: Final = 50
MOST_A_DAY: Final = 10_000
# What could not be asked for so long (stopped, nobody connected) is not asked out of the blue.
STALE_AFTER: Final = timedelta(days=3)
# A "yes" weeks later is about something else.
OPEN_FOR: Final = timedelta(days=14)
# A "no" is urgent: it has been put right once, wrongly.
NO_URGENCY: Final = 3
_LONGEST_ANSWER: Final = 40
# Answered within the hour is fast: what 42 % of those who complain on social networks expect
# (NM Incite and others, 2012).
FAST_S: Final = 3600
FAST, SLOW, NEVER = "fast", "slow", "never"


class Status(StrEnum):
    """Where a question stands. OTHER: what they wrote is no plain answer. RATED: of a survey."""

    DUE = "due"
    NOT_ASKED = "skipped"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    OTHER = "other"
    UNDONE = "undone"
    RATED = "rated"


class Side(StrEnum):
    """Who answers a study."""

    CUSTOMERS = "customers"
    TEAM = "team"


QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "Did that solve it? Please answer yes or no.",
        "de": "Ist das damit gelöst? Bitte antworten Sie mit Ja oder Nein.",
        "es": "¿Ha quedado resuelto? Responda sí o no, por favor.",
        "fr": "Est-ce que cela a résolu votre demande ? Merci de répondre par oui ou non.",
        "ar": "هل تم حل المشكلة؟ من فضلك أجب بنعم أو لا.",
    }
)
# Where the customer can press instead of writing: yes, then no. Each is read as it says.
BUTTONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "en": ("Yes, solved", "No, not yet"),
        "de": ("Ja, gelöst", "Nein, noch nicht"),
        "es": ("Sí, resuelto", "No, todavía no"),
        "fr": ("Oui, résolu", "Non, pas encore"),
        "ar": ("نعم، تم الحل", "لا، ليس بعد"),
    }
)
_YES: Final = (
    "yes", "yes solved", "yes thanks", "yes thank you", "yes it did", "yep", "yeah", "solved",
    "it did",
    "ja", "ja gelöst", "ja danke", "ja vielen dank", "jawohl", "jep", "gelöst",
    "sí", "sí resuelto", "sí gracias", "resuelto", "oui", "oui résolu", "oui merci", "résolu",
    "نعم", "نعم تم الحل", "نعم شكرا", "أجل", "ايوه", "👍", "✅",
)  # fmt: skip
_NO: Final = (
    "no", "nope", "not yet", "no not yet", "no it did not", "no it didn't", "not solved",
    "not really", "nein", "nein leider nicht", "nein noch nicht", "noch nicht", "leider nicht",
    "leider nein", "nee", "nö", "todavía no", "no todavía no", "aún no", "no resuelto", "non",
    "pas encore", "non pas encore", "malheureusement non", "pas du tout",
    "لا", "كلا", "ليس بعد", "لا ليس بعد", "👎", "❌",
)  # fmt: skip


def plain(text: str) -> str:
    """Return the words of a text without case, accents and signs, with single spaces."""
    marks = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in marks if unicodedata.category(sign) not in {"Mn", "Cf", "Sk"})
    joined = kept.replace("'", "").replace("\u2019", "")
    return " ".join(re.sub(r"[^\w👍👎✅❌]+", " ", joined).split())


_READ: Final[Mapping[str, Status]] = MappingProxyType(
    {plain(word): Status.YES for word in _YES} | {plain(word): Status.NO for word in _NO}
)


def read(text: str) -> Status | None:
    """Say whether a message is a plain yes or no; None: it is a message like any other.

    Quoted lines are not theirs. One word too many, and a person reads it: a wrong *yes* would
    close the case of somebody who has just said why it is not solved.
    """
    own = [line.strip() for line in text.splitlines() if not line.lstrip().startswith(">")]
    said = " ".join(line for line in own if line)
    return _READ.get(plain(said)) if len(said) <= _LONGEST_ANSWER else None


def question_in(words: Mapping[str, str], language: str) -> str:
    """Return the question in a customer's language, in English where we have none in it."""
    known = _spoken(language)
    return words.get(known) or QUESTIONS[known]


def buttons_in(language: str) -> tuple[str, str]:
    """Return what stands on the buttons for yes and for no, in the language of the question."""
    return BUTTONS[_spoken(language)]


def _spoken(language: str) -> str:
    tag = language.partition("-")[0].lower()
    return tag if tag in QUESTIONS else "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A closed case as it is when the question is due. Times are aware."""

    is_closed_as_then: bool
    closed_at: datetime
    last_inbound_at: datetime | None
    last_reply_at: datetime | None
    audience: str
    asked_lately: bool


def is_chosen(survey_id: UUID, case_id: UUID, closed_at: datetime, share: int) -> bool:
    """Say whether a closing is among the `share` per cent that are asked about: by chance, once.

    Told twice of one closing, the answer is the same.
    """
    said = hashlib.sha256(f"{survey_id}{case_id}{closed_at.isoformat()}".encode()).digest()
    return int.from_bytes(said[:8], "big") * 100 < share << 64


def why_not(one: Solution, at: datetime, *, in_public: bool, has_unanswered: bool = False) -> str:
    """Say why nobody is asked; empty: ask. Reopened, late, thanked, unheard, public, lately.

    `has_unanswered`: those whom nobody answered are asked, too.
    """
    if not one.is_closed_as_then:
        return "reopened"
    if at - one.closed_at > STALE_AFTER + timedelta(minutes=LONGEST_DELAY_MIN):
        return "late"
    if one.last_inbound_at is None or (one.last_reply_at is None and not has_unanswered):
        return "unheard"
    # They have had the last word: thanks, or enough.
    if one.last_reply_at is not None and one.last_inbound_at > one.last_reply_at:
        return "thanked"
    if one.audience == "public" and not in_public:
        return "public"
    return "lately" if one.asked_lately else ""
