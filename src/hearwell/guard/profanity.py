"""Words that a brand does not say. A short list of our own for each language, to be edited. Pure.

All languages are looked at together: nobody knows for sure in which one a short reply is. So no
word is in a list that is an ordinary word in another of these languages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": (
            "arse", "arsehole", "asshole", "bastard", "bitch", "bloody hell", "bollocks",
            "bullshit", "crap", "cunt", "dickhead", "fuck", "fucked", "fucker", "fucking",
            "goddamn", "idiot", "moron", "motherfucker", "piss off", "pissed", "prick", "shit",
            "shitty", "shut up", "slut", "stupid", "twat", "wanker", "whore", "wtf",
        ),
        "de": (
            "arsch", "arschloch", "beschissen", "blöd", "blödmann", "depp", "dumm",
            "fick", "ficken", "fotze", "halt die klappe", "halt's maul", "hurensohn", "idiotisch",
            "kacke", "leck mich", "mistkerl", "penner", "scheiß", "scheiße", "scheisse", "schlampe",
            "trottel", "verdammt", "verfickt", "verpiss dich", "vollidiot", "wichser",
        ),
        "fr": (
            "abruti", "connard", "connasse", "conne", "crétin", "emmerder", "enculé", "enfoiré",
            "ferme ta gueule", "foutre", "imbécile", "merde", "putain", "salaud", "salope",
            "ta gueule",
        ),
        "es": (
            "cabrón", "cállate", "coño", "estúpida", "estúpido", "gilipollas", "hijo de puta",
            "hostia", "joder", "maricón", "mierda", "pendejo", "puta", "puto", "que te jodan",
        ),
        "ar": ("أحمق", "خرا", "شرموطة", "غبي", "لعنة"),
    }
)  # fmt: skip
LANGUAGES: Final = tuple(WORDS)
LONGEST, MOST = 60, 500
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def profane(text: str, words: Mapping[str, Collection[str]]) -> list[str]:
    """Return the words of the lists that stand in a text, each as it is listed."""
    said = f" {' '.join(_words(text))} "
    listed = dict.fromkeys(word for group in words.values() for word in group)
    return [word for word in listed if f" {' '.join(_words(word))} " in said]


def _words(text: str) -> Iterator[str]:
    return (m[0].replace("\u2019", "'") for m in _WORD.finditer(text.casefold()))


def checked_words(text: str) -> list[str]:
    """Read a list as people write it: a word or a phrase on each line, or between commas."""
    parts = (" ".join(part.split()).lower() for part in re.split(r"[\n,]", text))
    return list(dict.fromkeys(part[:LONGEST] for part in parts if any(_words(part))))[:MOST]
