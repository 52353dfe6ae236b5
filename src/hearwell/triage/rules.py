"""What a message is and what it asks of us: a first, honest version by signs and words. Pure.

Signs that every language has (question marks, emoji, media, links, length, place in the thread)
come first, short word lists of eleven languages second. The order of the questions is the order
of the costs: a customer who is missed is the worst error, so whatever is not clearly thanks,
praise, chatter or spam is a person's to decide: duty *answer*, with a low certainty.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import regex

from hearwell.triage.cues_more import THANKS_ANYWHERE
from hearwell.triage.engine.text import may_have_links
from hearwell.triage.form import is_shouted, language_seen, named_language, question_marks
from hearwell.triage.lexicon import ASKING, Found, cues_in, is_near, tokens
from hearwell.triage.matters.reading import matters_in, raised_by, told_by
from hearwell.triage.matters.tables import ALARMS

ENGINE = "rules-3"
READ_LENGTH = 4_000  # of a longer text, the first and the last half of this
_NEGATION_REACH = 3
_SHORT, _LONG = 20, 40
_WORDS_A_PRAISE = 12
_POOR = 3  # of five stars: no praise


class Duty(StrEnum):
    """What a message asks of us. Only NONE may ever be quieted."""

    ANSWER = "answer"
    ACKNOWLEDGE = "acknowledge"
    NONE = "none"


class Kind(StrEnum):
    """What a message is."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    REQUEST = "request"
    PRAISE = "praise"
    IDEA = "idea"
    PREPURCHASE = "prepurchase"
    REVIEW = "review"
    CHATTER = "chatter"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Context:
    """What the text does not say: is it after a reply of ours, with media, how many stars (1-5)."""

    is_after_reply: bool = False
    has_media: bool = False
    rating: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The opinion on one message. `reasons` are ``sign:word`` pairs, the deciding ones first."""

    duty: Duty
    kind: Kind
    urgency: int
    certainty: float
    is_thanks: bool = False
    language: str = ""
    reasons: tuple[str, ...] = ()


_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@[\w.\-]+")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|[:;=]-?[)(D|/]|<3")
_ASCII_FACE = re.compile(r"[:;=]-?[)(D|/]|<3")
UNHAPPY: Final = frozenset(
    {*"😡😠🤬😤😒🙄😞😔😢😭😩😫😖😣☹🙁👎💔🤦🤮🤢😑😐🖕💩😾", ":(", ":-(", ":/", ":-/"}
)


@dataclass(slots=True)
class Reading:
    """A text, read once: what the opinion is made of, and what a learned model takes as signs.

    raised: the alarms that its matters raise (``matters``), whoever it speaks of: see `alarms`.
    told: the classes of matters that it speaks of, as bits.
    """

    words: list[str]
    language: str
    found: dict[str, list[Found]]
    marks: int
    has_link: bool
    has_mention: bool
    emoji: list[str]
    is_shouted: bool
    is_private: bool
    is_near: bool
    is_passed_on: bool
    rating: int | None
    context: Context
    raised: frozenset[str]
    told: int

    def shown(self, *names: str) -> list[Found]:
        """Return the cues that show any of these, in the order of the names."""
        found = self.found
        return [cue for name in names if name in found for cue in found[name]]

    def reasons(self, *names: str) -> tuple[str, ...]:
        """Return the cues that show any of these as ``sign:words``, six at most."""
        signs = [f"{cue.shows}:{cue.words}" for cue in self.shown(*names)]
        marks = ["sign:question mark"] if self.marks else []
        return tuple(dict.fromkeys([*signs, *marks]))[:6]


def assess(
    text: str, kind: str = "comment", audience: str = "public", context: Context | None = None
) -> Assessment:
    """Say what a message is, what it asks of us, how urgently, and which words decided.

    Parameters
    ----------
    kind, audience: as on the message (``connect.model``).
    context: what the thread and the attachments say.
    """
    return opinion_of(read(text, kind, audience, context))


def opinion_of(reading: Reading) -> Assessment:
    """Return the opinion on what was read. A reading may be judged often: it does not change."""
    for opinion in (_unwanted, _trouble, _wordless, _asking, _friendly, _idle):
        verdict = opinion(reading)
        if verdict is not None:
            break
    else:
        verdict = _verdict(reading, Duty.ANSWER, Kind.REQUEST, 0.4, ("sign:unclear",))
    grave = alarms(reading)
    if not grave or verdict.duty is Duty.ANSWER:
        return verdict
    return _verdict(reading, Duty.ANSWER, Kind.COMPLAINT, 0.9, reading.reasons(*grave))


def alarms(reading: Reading) -> tuple[str, ...]:
    """Return which of danger, safety, legal and press are raised: nothing may silence these.

    Harm counts unless it reads like news: of nobody near, and long, linked or tagged.
    """
    if not reading.raised or reading.is_passed_on:
        return ()
    is_close = reading.is_near or reading.is_private
    is_news = "distant" in reading.found and not reading.is_private
    counts = {
        "danger": is_close or not is_news,
        "safety": is_close and not is_news,
        "legal": True,
        "press": True,
    }
    return tuple(name for name, is_so in counts.items() if is_so and name in reading.raised)


def read(
    text: str, kind: str = "comment", audience: str = "public", context: Context | None = None
) -> Reading:
    """Find the signs and words of a text; of a long one, in its first and its last part."""
    context = context or Context()
    if len(text) > READ_LENGTH:
        text = text[: READ_LENGTH // 2] + "\n" + text[-READ_LENGTH // 2 :]
    plain = html.unescape(text) if "&" in text else text
    bare = _LINK.sub(" ", plain) if may_have_links(plain) else plain
    has_link = bare != plain
    unaddressed = _MENTION.sub(" ", bare) if "@" in bare else bare
    words = tokens(unaddressed)
    language = named_language(context.language, words) or language_seen(unaddressed, words)
    matters = matters_in(words, language)
    raised = raised_by(words, matters) if matters else ()
    found = _weighed(words, cues_in(words, language))
    for alarm in raised:
        found.setdefault(alarm.name, []).insert(0, Found(alarm.name, alarm.words, alarm.at))
    return Reading(
        words=words,
        language=language,
        found=found,
        marks=question_marks(unaddressed),
        has_link=has_link,
        has_mention=unaddressed != bare,
        emoji=(_ASCII_FACE if unaddressed.isascii() else _EMOJI).findall(unaddressed),
        is_shouted=is_shouted(unaddressed),
        context=context,
        is_private=audience == "private",
        is_near=is_near(words, language)
        or (len(words) <= _SHORT and not has_link and "#" not in plain),
        is_passed_on=words[:1] == ["rt"] and unaddressed != bare and audience != "private",
        rating=context.rating if kind == "review" else None,
        raised=frozenset([alarm.name for alarm in raised]).intersection(ALARMS),
        told=told_by(matters),
    )


def _weighed(words: Sequence[str], cues: Sequence[Found]) -> dict[str, list[Found]]:
    """Group the cues by what they show; friendly words after a negation turn into trouble."""
    negations = {cue.at for cue in cues if cue.shows == "negation"}
    if "n't" in " ".join(words):
        negations |= {at for at, word in enumerate(words) if word.endswith("n't")}
    found: dict[str, list[Found]] = {}
    for cue in cues:
        reach = range(cue.at - _NEGATION_REACH, cue.at)
        is_negated = cue.shows in ("praise", "thanks") and any(at in negations for at in reach)
        shows = "trouble" if is_negated else cue.shows
        words_ = f"not … {cue.words}" if is_negated else cue.words
        found.setdefault(shows, []).append(Found(shows, words_, cue.at, is_negated))
    if negations and "negation" not in found:
        at = min(negations)
        found["negation"] = [Found("negation", words[at], at)]
    return found


def _verdict(
    reading: Reading, duty: Duty, kind: Kind, certainty: float, reasons: tuple[str, ...]
) -> Assessment:
    urgency, why = _urgency(reading) if duty is Duty.ANSWER else (0, ())
    return Assessment(
        duty=duty,
        kind=kind,
        urgency=urgency,
        certainty=certainty,
        language=reading.language,
        reasons=tuple(dict.fromkeys((*reasons, *why))),
    )


def _urgency(reading: Reading) -> tuple[int, tuple[str, ...]]:
    """Return 1 (like any) to 4 (life and limb), and why it is more than 1."""
    is_wrong = bool(reading.shown("trouble", "pressing"))
    grave = alarms(reading)
    signs = (
        *((4 if name in ("danger", "safety") else 3, name) for name in grave),
        *((3, "fraud"), (3, "pressing"), (3 if is_wrong else 1, "care"), (2, "today")),
        (2, "safety"),
    )
    for level, name in signs:
        cues = reading.shown(name) if level > 1 else []
        if cues:
            return level, tuple(f"{name}:{cue.words}" for cue in cues[:2])
    return (2, ("sign:capitals",)) if reading.is_shouted else (1, ())


def _unwanted(reading: Reading) -> Assessment | None:
    """Retweets and advertising: what nobody expects an answer to."""
    if reading.shown("trouble") or alarms(reading) or reading.context.is_after_reply:
        return None
    if reading.is_passed_on:
        return _verdict(reading, Duty.NONE, Kind.CHATTER, 0.85, ("sign:retweet",))
    offers = reading.shown("spam")
    is_offer = len(offers) > 1 or (offers and reading.has_link and not reading.marks)
    if is_offer and not reading.shown("need", "thanks"):
        certainty = 0.8 if len(offers) > 1 else 0.7
        return _verdict(reading, Duty.NONE, Kind.SPAM, certainty, reading.reasons("spam"))
    return None


def _trouble(reading: Reading) -> Assessment | None:
    """Something went wrong: words, stars, faces."""
    troubles = reading.shown("danger", "safety", "trouble")
    if reading.rating is not None and reading.rating <= _POOR:
        reasons = (f"sign:{reading.rating} of 5", *reading.reasons("danger", "safety", "trouble"))
        return _verdict(reading, Duty.ANSWER, Kind.REVIEW, 0.9, reasons)
    if troubles:
        is_thankful = bool(reading.shown("thanks")) and len(troubles) == 1
        certainty = 0.65 if is_thankful else min(0.95, round(0.7 + 0.1 * len(troubles), 2))
        return _verdict(
            reading,
            Duty.ANSWER,
            Kind.COMPLAINT,
            certainty,
            reading.reasons("danger", "safety", "trouble"),
        )
    if any(face.rstrip("\ufe0f") in UNHAPPY for face in reading.emoji):
        return _verdict(reading, Duty.ANSWER, Kind.COMPLAINT, 0.6, ("sign:unhappy face",))
    return None


def _wordless(reading: Reading) -> Assessment | None:
    """Only stars, faces, links or pictures."""
    if reading.words or reading.marks:
        return None
    if reading.rating is not None:
        return _verdict(reading, Duty.ACKNOWLEDGE, Kind.REVIEW, 0.85, ("sign:stars only",))
    if reading.context.has_media or reading.has_link or not reading.emoji:
        return _verdict(reading, Duty.ANSWER, Kind.REQUEST, 0.4, ("sign:no words",))
    if reading.context.is_after_reply:
        return _thanks(reading, 0.8, ("sign:friendly face",))
    return _verdict(reading, Duty.NONE, Kind.CHATTER, 0.7, ("sign:faces only",))


def _asking(reading: Reading) -> Assessment | None:
    """Questions and requests, before and after a purchase."""
    needs = reading.shown("need")
    first = reading.words[0] if reading.words else ""
    is_asking = first in ASKING and len(reading.words) > 2 and not reading.shown("thanks")  # noqa: PLR2004
    is_question = reading.marks > 0 or is_asking
    buying = reading.shown("prepurchase")
    if not is_question and not needs:
        return None
    if not is_question and reading.shown("idea"):
        return None
    if is_question and buying:
        reasons = reading.reasons("prepurchase")
        return _verdict(reading, Duty.ANSWER, Kind.PREPURCHASE, 0.75, reasons)
    if is_question:
        certainty = 0.9 if reading.marks and needs else 0.8
        reasons = reading.reasons("need") or (f"sign:begins with “{first}”",)
        return _verdict(reading, Duty.ANSWER, Kind.QUESTION, certainty, reasons)
    certainty = min(0.85, round(0.6 + 0.1 * len(needs), 2))
    return _verdict(reading, Duty.ANSWER, Kind.REQUEST, certainty, reading.reasons("need"))


def _friendly(reading: Reading) -> Assessment | None:
    """Thanks, praise, ideas: worth a kind word, and no clock."""
    if reading.shown("idea") and not reading.shown("negation"):
        return _verdict(reading, Duty.ACKNOWLEDGE, Kind.IDEA, 0.65, reading.reasons("idea"))
    if reading.rating is not None:
        reasons = (f"sign:{reading.rating} of 5", *reading.reasons("praise", "thanks"))
        return _verdict(reading, Duty.ACKNOWLEDGE, Kind.REVIEW, 0.85, reasons)
    if reading.shown("negation", "contrast") or len(reading.words) > _LONG:
        return None
    return _thankful(reading) or _praising(reading)


def _thankful(reading: Reading) -> Assessment | None:
    thanks, is_short = reading.shown("thanks"), len(reading.words) <= _SHORT
    if thanks and (reading.context.is_after_reply or is_short or reading.shown("praise")):
        certainty = 0.9 if reading.context.is_after_reply else 0.8
        return _thanks(reading, certainty, reading.reasons("thanks", "praise"))
    said = " ".join(reading.words)
    if is_short and any(word in said for word in THANKS_ANYWHERE):
        return _thanks(reading, 0.75, (f"thanks:{said[:40]}",))
    return None


def _praising(reading: Reading) -> Assessment | None:
    praise = reading.shown("praise")
    if len(reading.words) > _WORDS_A_PRAISE * len(praise):  # one kind word among much else
        return None
    certainty = min(0.85, round(0.6 + 0.1 * len(praise), 2))
    return _verdict(reading, Duty.ACKNOWLEDGE, Kind.PRAISE, certainty, reading.reasons("praise"))


def _thanks(reading: Reading, certainty: float, reasons: tuple[str, ...]) -> Assessment:
    praise = _verdict(reading, Duty.ACKNOWLEDGE, Kind.PRAISE, certainty, reasons)
    return replace(praise, is_thanks=True)


def _idle(reading: Reading) -> Assessment | None:
    """Greetings and laughter alone. In private, a greeting opens a conversation: answer it."""
    said = {cue.at for cue in reading.shown("chatter")}
    is_idle = bool(said) and sum(len(c.words.split()) for c in reading.shown("chatter")) >= len(
        reading.words
    )
    if not is_idle or (reading.is_private and not reading.context.is_after_reply):
        return None
    if reading.context.has_media or reading.has_link:
        return None
    return _verdict(reading, Duty.NONE, Kind.CHATTER, 0.75, reading.reasons("chatter"))
