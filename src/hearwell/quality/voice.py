"""The brand's voice: which guides hold for a reply, and which of its words they avoid. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

LONGEST_GUIDE: Final = 8000
MOST_PHRASES: Final = 200
LONGEST_PHRASE: Final = 80


@dataclass(frozen=True, slots=True)
class Holds:
    """For whom a guide is: one account or all, one language or all."""

    channel_id: UUID | None = None
    language: str = ""

    def fits(self, channel_id: UUID | None, language: str) -> bool:
        """Whether it holds for a reply from an account in a language (de also for de-AT)."""
        of_language = language.lower().partition("-")[0] == self.language
        return self.channel_id in {None, channel_id} and (not self.language or of_language)

    @property
    def weight(self) -> int:
        """The more it says for whom it is, the earlier it is read."""
        return 2 * (self.channel_id is not None) + bool(self.language)


def lines_of(text: str, most: int = MOST_PHRASES) -> list[str]:
    """Return what stands on the lines of a text: each once, in their order, none empty."""
    lines = (" ".join(line.split())[:LONGEST_PHRASE] for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))[:most]


def avoided_in(text: str, phrases: Iterable[str]) -> list[str]:
    """Return which phrases stand in a text, as whole words, however they are written."""
    listed = tuple(dict.fromkeys(phrases))
    if not listed or not text:
        return []
    plain = " ".join(text.split()).casefold()
    return [phrase for phrase in listed if _as_words(phrase).search(plain)]


@lru_cache(maxsize=2048)
def _as_words(phrase: str) -> re.Pattern[str]:
    # Only where a phrase begins or ends with a letter is there a word that it could be within.
    words = re.escape(phrase.casefold())
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", phrase) else ""
    return re.compile(before + words + after)
