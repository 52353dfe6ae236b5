"""Triage's opinion in words: "sign:question mark" becomes a sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.triage.models import Verdict
from hearwell.web.components.marks import KINDS

_SIGNS: Final[dict[str, str | Promise]] = {
    "question mark": gettext_lazy("It has a question mark."),
    "unclear": gettext_lazy("No clear sign; so a person should look."),
    "capitals": gettext_lazy("It is written in capitals."),
    "retweet": gettext_lazy("It passes on what somebody else wrote."),
    "unhappy face": gettext_lazy("It has an unhappy face."),
    "friendly face": gettext_lazy("It has a friendly face."),
    "faces only": gettext_lazy("It consists of emoji only."),
    "stars only": gettext_lazy("It is a rating without words."),
    "no words": gettext_lazy("It has no words."),
    "alarm": gettext_lazy("It reads like a matter of harm or law, though no one word says so."),
    "network": gettext_lazy("The network or archive says so itself."),
}
_FAMILIES: Final[dict[str, str | Promise]] = {
    "danger": gettext_lazy("A word of danger: “%(word)s”."),
    "legal": gettext_lazy("A word of law: “%(word)s”."),
    "press": gettext_lazy("A word of the press: “%(word)s”."),
    "fraud": gettext_lazy("A word of theft: “%(word)s”."),
    "pressing": gettext_lazy("It cannot wait: “%(word)s”."),
    "care": gettext_lazy("Somebody needs care: “%(word)s”."),
    "today": gettext_lazy("It is about today: “%(word)s”."),
    "chatter": gettext_lazy("A word of chatter: “%(word)s”."),
    "safety": gettext_lazy("A word of danger: “%(word)s”."),
    "trouble": gettext_lazy("A word of trouble: “%(word)s”."),
    "need": gettext_lazy("A word of asking: “%(word)s”."),
    "praise": gettext_lazy("A word of praise: “%(word)s”."),
    "thanks": gettext_lazy("A word of thanks: “%(word)s”."),
    "idea": gettext_lazy("A word of suggestion: “%(word)s”."),
    "prepurchase": gettext_lazy("A word of buying: “%(word)s”."),
    "spam": gettext_lazy("A sign of spam: “%(word)s”."),
}


_SENTIMENTS: Final[dict[str, Promise]] = {
    "negative": gettext_lazy("Negative"),
    "neutral": gettext_lazy("Neutral"),
    "positive": gettext_lazy("Positive"),
}
_SHOWN, _LEAST = 3, 0.05


@dataclass(frozen=True)
class Likely:
    """A kind that it may be, and how likely in percent."""

    label: str
    percent: int


def likely_kinds(verdict: Verdict) -> list[Likely]:
    """Return the likeliest kinds, three at most, of 5 % or more; none where rules alone decided."""
    chances = verdict.probabilities().get("kind", {})
    ranked = sorted(chances.items(), key=lambda entry: -entry[1])[:_SHOWN]
    return [
        Likely(str(KINDS[kind].word), round(100 * chance))
        for kind, chance in ranked
        if chance >= _LEAST and kind in KINDS
    ]


def sentiment_of(verdict: Verdict) -> str:
    """Return the sentiment in a word; nothing for what was judged before there was one."""
    return str(_SENTIMENTS.get(verdict.sentiment, ""))


def reasons_of(reasons: Iterable[str]) -> list[str]:
    """Put reasons into words; one we do not know is shown as it stands. Learned words are one."""
    told: list[str] = []
    learned: list[str] = []
    at = 0
    for reason in reasons:
        family, _sep, word = reason.partition(":")
        if family != "word":
            told.append(_in_words(reason))
        else:
            at = at if learned else len(told)
            learned.append(f"“{word}”")
    if learned:
        words = _("Learned from earlier messages: %(words)s.") % {"words": ", ".join(learned)}
        told.insert(at, words)
    return told


def _in_words(reason: str) -> str:
    family, _sep, word = reason.partition(":")
    if family == "sign":
        return str(_SIGNS.get(word) or _("A sign: %(word)s.") % {"word": word})
    if family in _FAMILIES:
        return str(_FAMILIES[family]) % {"word": word}
    return reason
