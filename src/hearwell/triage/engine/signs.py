"""The signs of a message: what the rules read and thought, as numbers from 0 to 1. Pure.

Cue tables exist in eleven languages and more, so a weight learned on English "trouble" holds for
German trouble too. A model keeps the names of the signs that it was trained with: new ones may be
added here without spoiling it, and none may change its meaning under its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hearwell.connect.model import MessageKind
from hearwell.triage.engine.senses import SENSES
from hearwell.triage.lexicon import ASKING, TABLES
from hearwell.triage.matters.tables import classes
from hearwell.triage.rules import UNHAPPY, Assessment, Duty, Kind, Reading, alarms

HAPPY: Final = frozenset(
    {
        *"😀😃😄😁😊🙂☺😍🥰😘🤩😇🤗👍👏🙌🙏❤💕💖💗💙💚💛💜🧡🖤🤍💯🎉🥳✨⭐🌟💪👌😻🔥",
        ":)",
        ":-)",
        ":D",
        "=)",
        ";)",
        "<3",
    }
)
LAUGHING: Final = frozenset("😂🤣😆😹💀")
_LENGTHS: Final = (0, 1, 3, 7, 15, 30, 60)  # words, at most
_SCRIPTS: Final = ("ar", "he", "el", "ru", "hi", "th", "ja", "ko", "zh")
_MARKS: Final = (
    "question", "questions", "ends in question", "begins asking", "exclamation", "exclamations",
    "dots", "unhappy face", "happy face", "laughing", "other face", "shouted", "link", "mention",
    "digits", "money", "after reply", "media", "private", "no words", "near", "passed on",
)  # fmt: skip
_BOTH: Final = (
    ("thanks", "trouble"), ("praise", "trouble"), ("thanks", "contrast"), ("praise", "contrast"),
    ("trouble", "negation"), ("thanks", "praise"), ("need", "trouble"), ("spam", "link"),
)  # fmt: skip
_ALARMS: Final = ("danger", "safety", "legal", "press")
SIGNS: Final[tuple[str, ...]] = (
    *(f"cue {name}" for name in TABLES),
    *(f"cues {name}" for name in TABLES),
    "cue turned by negation",
    *(f"mark {name}" for name in _MARKS),
    *(f"both {one} and {other}" for one, other in _BOTH),
    *(f"after reply {name}" for name in ("thanks", "praise", "trouble", "question", "short")),
    *(f"at most {words} words" for words in _LENGTHS),
    "more words",
    *(f"is {kind.value}" for kind in MessageKind),
    *(f"{stars} stars" for stars in range(1, 6)),
    *(f"rules {duty.value}" for duty in Duty),
    *(f"rules {kind.value}" for kind in Kind),
    *(f"rules urgency {level}" for level in range(5)),
    "rules thanks",
    *(f"alarm {name}" for name in _ALARMS),
    *(f"rules certain {duty.value}" for duty in Duty),
    *(f"language {name}" for name in ("en", "unknown", "other", *_SCRIPTS)),
    *(f"speaks of {name}" for name in classes()),
    *(f"sense {name}" for name in SENSES),
)
_AT: Final = {name: at for at, name in enumerate(SIGNS)}
_MONEY = frozenset("$€£¥₹")


def signs_of(
    texts: Sequence[str],
    kinds: Sequence[str],
    readings: Sequence[Reading],
    opinions: Sequence[Assessment],
) -> NDArray[np.float32]:
    """Return float32 [n, len(SIGNS)] of cleaned texts (``text.cleaned``) of messages of kinds."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, (text, kind, reading, opinion) in enumerate(
        zip(texts, kinds, readings, opinions, strict=True)
    ):
        found = _signs(text, kind, reading, opinion)
        rows += [row] * len(found)
        columns += [_AT[name] for name in found]
        values += found.values()
    signs = np.zeros((len(texts), len(SIGNS)), dtype=np.float32)
    signs[rows, columns] = values
    return signs


def _signs(text: str, kind: str, reading: Reading, opinion: Assessment) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, cues in reading.found.items():
        found[f"cue {name}"] = 1.0
        found[f"cues {name}"] = min(len(cues), 4) / 4
    if any(cue.is_negated for cue in reading.found.get("trouble", ())):
        found["cue turned by negation"] = 1.0
    marks = _marks(text, reading)
    found.update((f"mark {name}", 1.0) for name in marks)
    for one, other in _BOTH:
        if one in reading.found and (other in reading.found or other in marks):
            found[f"both {one} and {other}"] = 1.0
    _add_place(found, reading, marks)
    _add_form(found, kind, reading)
    _add_opinion(found, opinion)
    found.update((f"alarm {name}", 1.0) for name in alarms(reading))
    found.update(_spoken_of(reading.told))
    return found


@lru_cache(maxsize=10_000)
def _spoken_of(told: int) -> dict[str, float]:
    """Return the signs of the classes of matters whose bits are set."""
    return {f"speaks of {name}": 1.0 for bit, name in enumerate(classes()) if told >> bit & 1}


def _marks(text: str, reading: Reading) -> set[str]:
    exclamations = text.count("!") + (0 if text.isascii() else text.count("\uff01"))
    words = reading.words
    asked = {
        "question": reading.marks > 0,
        "questions": reading.marks > 1,
        "ends in question": reading.marks > 0 and text.rstrip()[-1:] in "?\uff1f\u061f",
        "begins asking": bool(words) and words[0] in ASKING,
        "exclamation": exclamations > 0,
        "exclamations": exclamations > 1,
        "dots": ".." in text or "…" in text,
        "shouted": reading.is_shouted,
        "link": reading.has_link,
        "mention": reading.has_mention,
        "digits": _has_numbers(words),
        "money": not _MONEY.isdisjoint(text),
        "after reply": reading.context.is_after_reply,
        "media": reading.context.has_media,
        "private": reading.is_private,
        "no words": not words,
        "near": reading.is_near,
        "passed on": reading.is_passed_on,
    }
    marks = {name for name, is_so in asked.items() if is_so}
    return marks | _faces(reading.emoji) if reading.emoji else marks


def _has_numbers(words: Sequence[str]) -> bool:
    return not "".join(words).isalpha() and any(word[0].isdigit() for word in words)


def _faces(emoji: Sequence[str]) -> set[str]:
    faces = {face.rstrip("\ufe0f") for face in emoji}
    asked = {
        "unhappy face": bool(faces & UNHAPPY),
        "happy face": bool(faces & HAPPY),
        "laughing": bool(faces & LAUGHING),
        "other face": bool(faces - UNHAPPY - HAPPY - LAUGHING),
    }
    return {name for name, is_so in asked.items() if is_so}


def _add_place(found: dict[str, float], reading: Reading, marks: set[str]) -> None:
    if not reading.context.is_after_reply:
        return
    for name in ("thanks", "praise", "trouble"):
        if name in reading.found:
            found[f"after reply {name}"] = 1.0
    if "question" in marks:
        found["after reply question"] = 1.0
    if len(reading.words) <= _LENGTHS[2]:
        found["after reply short"] = 1.0


def _add_form(found: dict[str, float], kind: str, reading: Reading) -> None:
    size = len(reading.words)
    length = next((f"at most {most} words" for most in _LENGTHS if size <= most), "more words")
    found[length] = 1.0
    if f"is {kind}" in _AT:
        found[f"is {kind}"] = 1.0
    if reading.rating is not None and 1 <= reading.rating <= 5:  # noqa: PLR2004  stars
        found[f"{reading.rating} stars"] = 1.0
    language = reading.language or "unknown"
    found[f"language {language if f'language {language}' in _AT else 'other'}"] = 1.0


def _add_opinion(found: dict[str, float], opinion: Assessment) -> None:
    found[f"rules {opinion.duty.value}"] = 1.0
    found[f"rules {opinion.kind.value}"] = 1.0
    found[f"rules urgency {opinion.urgency}"] = 1.0
    found[f"rules certain {opinion.duty.value}"] = opinion.certainty
    if opinion.is_thanks:
        found["rules thanks"] = 1.0
