"""The beginnings of words by which questions are compared. Pure.

The first five letters stand for a word in all its forms: delay, delayed, delays. That is crude and
needs no dictionary, so that it holds for every language with endings; measured on real care
conversations it finds more than whole words do (docs/explanation/suggested-answers.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hearwell.conversations.words import words

LENGTH: Final = 5
MOST: Final = 80
READ: Final = 4000  # characters of a question; what comes after them says nothing new


def stems(text: str) -> list[str]:
    """Return the distinct beginnings of a text's words in order, at most MOST."""
    return list(stemmed(text))[:MOST]


def stemmed(text: str) -> dict[str, str]:
    """Return beginning -> the first word of the text that has it."""
    found: dict[str, str] = {}
    for word in words(text[:READ]):
        found.setdefault(word[:LENGTH], word)
    return found


def share(part: Iterable[str], whole: Iterable[str]) -> float:
    """Return which share of the beginnings in `part` stands in `whole`: 0 to 1, 0 for none."""
    wanted = set(part)
    return len(wanted.intersection(whole)) / len(wanted) if wanted else 0.0
