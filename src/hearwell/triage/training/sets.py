"""The labelled messages that the model is made from and measured on.

Three kinds: lines that we wrote ourselves (`lines/`, and `lines/held_out/` for measuring only);
the gold set (labels by two readers, kept here by the hash of the text, the texts by the public
sets they come from); and what the public sets themselves say (`weak`), where their licence lets
a model be shipped: GoEmotions (CC BY 4.0), Banking77 (CC BY 4.0), CrisisLexT26 (MIT), IBM's care
conversations (Apache-2.0).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

LINES: Final = Path(__file__).parent / "lines"
HELD_OUT: Final = LINES / "held_out"
ALARM_LINES: Final = LINES / "alarm"
GOLD: Final = Path(__file__).parent / "gold.csv"
WHERE: Final = "HEARWELL_DATA"
KINDS: Final = {
    "c": "complaint",
    "q": "question",
    "r": "request",
    "b": "prepurchase",
    "p": "praise",
    "i": "idea",
    "v": "review",
    "h": "chatter",
    "s": "spam",
}
DUTIES: Final = {"a": "answer", "k": "acknowledge", "n": "none"}
SENTIMENTS: Final = {"-": "negative", "0": "neutral", "+": "positive"}
PRESSING: Final = frozenset("SHXDF")  # legal and press are a rule's, not a matter of hours
URGENCIES: Final = PRESSING | {"L", "."}

_POSITIVE: Final = frozenset(
    [
        "admiration",
        "amusement",
        "excitement",
        "gratitude",
        "joy",
        "love",
        "optimism",
        "pride",
        "relief",
    ]
)
_NEGATIVE: Final = frozenset(
    [
        "anger",
        "annoyance",
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "grief",
        "remorse",
        "sadness",
    ]
)
# Of the gold set's texts with these labels, 95 of 100 and more ask nothing of a care desk.
_AMONG_OTHERS: Final = frozenset(
    [
        "anger",
        "annoyance",
        "caring",
        "confusion",
        "curiosity",
        "disapproval",
        "disgust",
        "fear",
        "nervousness",
        "neutral",
        "realization",
        "remorse",
        "sadness",
        "surprise",
    ]
)
_REAL = 2.0  # weight of a real message with labels by two readers; a written line has 1
_ASIDE: Final = frozenset({"Caution and advice", "Not labeled", "Sympathy and support"})


class MissingSetError(Exception):
    """A public set is not where it was looked for; says which and where."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not here. Say --data FOLDER, or set {WHERE}, where the public sets lie; "
            "docs/how-to/train-triage.md names them."
        )


class BadLineError(Exception):
    """A line of a labelled file cannot be read; says which and why."""

    def __init__(self, path: Path, number: int, why: str) -> None:
        super().__init__(f"{path.name}, line {number}: {why}")


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known of it. `labels`: head -> label, as in ``engine.heads``.

    group: texts of one group are never on both sides of a split (a brand, an event, a writer).
    """

    text: str
    labels: Mapping[str, str]
    source: str
    group: str = ""
    language: str = ""
    urgency: str = ""  # a letter of `URGENCIES`, where a reader gave one
    weight: float = 1.0
    is_check: bool = field(default=False)  # kept apart for the final check


def settled(text: str) -> str:
    """Return a text as its hash sees it: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key_of(text: str) -> str:
    """Return what a gold label knows its text by: 80 bits of SHA-256, in hex."""
    return hashlib.sha256(settled(text).encode()).hexdigest()[:20]


def alarm_lines(folder: Path = ALARM_LINES) -> list[Example]:
    """Return the lines written for the alarm layer; every other is kept apart. BadLineError.

    A letter of `URGENCIES` and a text a line: nothing else is asked of them. Of files with "more"
    in their name, written by others once the first had been measured, none is kept apart.
    """
    return [one for path in sorted(folder.glob("*.tsv")) for one in _alarm_lines(path)]


def _alarm_lines(path: Path) -> Iterator[Example]:
    language, is_more = path.name.partition(".")[0], ".more." in path.name
    for number, line in enumerate(path.read_text("utf8").splitlines(), start=1):
        urgency, _, text = line.partition("\t")
        if urgency not in URGENCIES or not text:
            raise BadLineError(path, number, "is no letter of the guide and a text")
        yield Example(
            text, {}, "alarm", f"{language}:{number % 10}", language, urgency,
            is_check=number % 2 == 1 and not is_more,
        )  # fmt: skip


def labels_of(kind: str, duty: str, sentiment: str, urgency: str) -> dict[str, str]:
    """Return head -> label from the letters of the guide. Raises KeyError for another letter."""
    if urgency not in URGENCIES:
        raise KeyError(urgency)
    return {
        "duty": DUTIES[duty],
        "kind": KINDS[kind],
        "sentiment": SENTIMENTS[sentiment],
        "urgent": "yes" if urgency in PRESSING else "no",
    }


def written(folder: Path = LINES, *, is_check: bool = False) -> list[Example]:
    """Return our own lines: files a language ("fr", or "fr.urgent" of one theme). BadLineError."""
    return [one for path in sorted(folder.glob("*.tsv")) for one in _lines(path, is_check=is_check)]


def _lines(path: Path, *, is_check: bool) -> Iterator[Example]:
    language = path.name.partition(".")[0]
    for number, line in enumerate(path.read_text("utf8").splitlines(), start=1):
        fields = line.split("\t")
        if len(fields) != 5:  # noqa: PLR2004  four labels and a text
            raise BadLineError(path, number, f"has {len(fields)} columns, not 5")
        *letters, text = fields
        try:
            labels = labels_of(*letters)
        except KeyError as error:
            raise BadLineError(path, number, f"{error} is no letter of the guide") from error
        yield Example(
            text, labels, "written", f"{language}:{number % 10}", language, letters[3],
            is_check=is_check,
        )  # fmt: skip


# ------------------------------------------------------------------------ public sets


def data_folder(asked: Path | None = None) -> Path:
    """Return the folder of the public sets: as asked, or as `HEARWELL_DATA` says."""
    return asked or Path(os.environ.get(WHERE, "../shared")) / "data"


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a public set. Raises MissingSetError."""
    path = folder / name
    if not path.exists():
        raise MissingSetError(path)
    with gzip.open(path, "rt", encoding="utf8") as file:
        if ".jsonl" in name:
            return [json.loads(line) for line in file]
        return list(csv.DictReader(file))


def texts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (source, group, text) of every message that a gold label may speak of."""
    for talk in table(folder, "ibm_care_conversations.jsonl.gz"):
        for turn in talk["turns"]:
            if turn["role"] == "client":
                yield "ibm", str(talk["company"]), str(turn["text"])
    for source, name, group in (
        ("banking77", "banking77.csv.gz", "intent"),
        ("crisislex", "crisislex_t26.csv.gz", "event"),
        ("goemotions", "goemotions.csv.gz", ""),
    ):
        for row in table(folder, name):
            yield source, str(row.get(group, "")), str(row["text"])


def gold(folder: Path, labels: Path = GOLD) -> list[Example]:
    """Return the gold set: labels from `labels`, texts from the public sets, in the file's order.

    Raises MissingSetError. A label whose text is in none of the sets is left out.
    """
    with labels.open(encoding="utf8", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    found: dict[str, Example] = {}
    for source, group, text in texts(folder):
        key = key_of(text)
        row = rows.get(key)
        if row is not None and key not in found:
            letters = [row[name] for name in ("kind", "duty", "sentiment", "urgency")]
            found[key] = Example(
                text, labels_of(*letters), source, f"{source}:{group or key[:1]}",
                urgency=letters[3], weight=_REAL, is_check=row["part"] == "check",
            )  # fmt: skip
    return [found[key] for key in rows if key in found]


def weak(folder: Path, *, apart_from: Sequence[Example] = ()) -> list[Example]:
    """Return what the public sets say themselves, which is less than the guide asks.

    GoEmotions tells sentiment, Banking77 that an answer is due, GoEmotions and CrisisLex what is
    talk among others. Texts of `apart_from` are left out. Raises MissingSetError.
    """
    known = {key_of(one.text) for one in apart_from}
    rows = [*_asked(folder), *_felt(folder), *_overheard(folder)]
    return [one for one in rows if key_of(one.text) not in known]


def _asked(folder: Path) -> Iterator[Example]:
    for row in table(folder, "banking77.csv.gz")[::3]:
        yield Example(str(row["text"]), {"duty": "answer"}, "banking77", weight=0.3)


def _felt(folder: Path) -> Iterator[Example]:
    for row in table(folder, "goemotions.csv.gz")[::2]:
        mood = _mood(set(str(row["labels"]).split("|")))
        if mood:
            yield Example(str(row["text"]), {"sentiment": mood}, "goemotions", weight=0.2)


def _overheard(folder: Path) -> Iterator[Example]:
    quiet = {"duty": "none", "kind": "chatter"}
    for row in table(folder, "goemotions.csv.gz")[1::4]:
        if set(str(row["labels"]).split("|")) <= _AMONG_OTHERS:
            yield Example(str(row["text"]), quiet, "goemotions", weight=0.03)
    for row in table(folder, "crisislex_t26.csv.gz")[1::4]:
        if row["type"] in _ASIDE or row["informativeness"] == "Not related":
            yield Example(str(row["text"]), quiet, "crisislex", weight=0.03)


def _mood(emotions: set[str]) -> str | None:
    """Return the sentiment of GoEmotions' labels; None where they do not agree."""
    moods = {
        name
        for name, group in (("positive", _POSITIVE), ("negative", _NEGATIVE))
        if emotions & group
    }
    if not moods:
        return "neutral" if emotions == {"neutral"} else None
    return moods.pop() if len(moods) == 1 else None
