"""How brands answer: in the thread, with a link, elsewhere, with an apology. Plain rules, pure.

Each rule is a pattern over the reply's words, in English and German; a reply may fit several, so
shares do not add up. A reply is *in the thread* where it sends nobody anywhere. What no rule knows
(other languages, other words) counts there too: the shares of the others are lower bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hearwell.kit.marking import marked as _

TITLES: Final = {
    "thread": _("Answered in the thread"),
    "link": _("With a link"),
    "dm": _("Moved to private messages"),
    "email": _("Moved to e-mail"),
    "phone": _("Moved to the phone"),
    "apology": _("With an apology"),
}
_RULES: Final = {
    "link": r"https?://|\bwww\.",
    "dm": r"\bDMs?\b|\bPNs?\b|\b(?:direct|private) messages?\b|\bmessage us privately\b"
    r"|\b(?:direkt|privat)nachricht(?:en)?\b|\bpersönliche nachricht\b",
    "email": r"[\w.+-]+@[\w-]+\.\w{2,}|\be-?mail us\b|\b(?:by|via|an|per) e-?mail\b"
    r"|\be-?mail (?:address|an)\b|\bper mail\b|\bemail-?adresse\b",
    "phone": r"\b(?:call|phone|ring) (?:us|our|the)\b|\bgive us a (?:call|ring)\b"
    r"|\b(?:by|over the|on the) phone\b|\bphone number\b|\b(?:hotline|rufnummer|telefonnummer)\b"
    r"|\bruf(?:en|t)?\b.{0,40}\ban\b|\btelefonisch\b|\b1-8\d\d-\d{3}",
    "apology": r"\bsorry\b|\bapolog(?:y|ies|i[sz]e[ds]?|i[sz]ing)\b|\bregret\b"
    r"|\bentschuldig\w*|\btut (?:uns|mir)\b.{0,20}\bleid\b|\bbeda(?:u|ue)ern\b|\bverzeihung\b",
}
_PATTERNS: Final = {name: re.compile(rule, re.IGNORECASE) for name, rule in _RULES.items()}
ELSEWHERE: Final = frozenset({"link", "dm", "email", "phone"})


@dataclass(frozen=True, slots=True)
class Tactics:
    """Of `n` replies, how many used each tactic of `TITLES`; those that none used are left out."""

    n: int = 0
    used: tuple[tuple[str, int], ...] = ()

    @property
    def shares(self) -> list[tuple[str, str, int, float | None]]:
        """(key, title, how many, share of n or None where n is nought), for every tactic."""
        known = dict(self.used)
        return [
            (key, title, known.get(key, 0), known.get(key, 0) / self.n if self.n else None)
            for key, title in TITLES.items()
        ]


def tactics_in(text: str) -> frozenset[str]:
    """Return which tactics one reply uses; never none and never thread with what leads away."""
    found = {name for name, pattern in _PATTERNS.items() if pattern.search(text)}
    return frozenset(found if found & ELSEWHERE else {*found, "thread"})


def tactics_of(texts: Iterable[str]) -> Tactics:
    """Count the tactics of replies."""
    n, used = 0, dict.fromkeys(TITLES, 0)
    for text in texts:
        n += 1
        for name in tactics_in(text):
            used[name] += 1
    return Tactics(n, tuple((name, times) for name, times in used.items() if times))
