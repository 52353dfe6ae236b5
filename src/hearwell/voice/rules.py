"""Which class a post of a brand belongs to, and what the classes come to. Pure.

A reply to a customer is care, whatever it says. Any other post is told by its words (``cues``): a
strong cue weighs two, a weak one one. The heaviest class wins if it weighs at least two and more
than every other; else nobody can tell, and the post is *unsure*, which is a class of its own. Only
English and German words are known, so that a post in another language is mostly unsure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.voice import cues
from hearwell.voice.hints import ODD, hints_of

VERSION: Final = 1
STRONG, WEAK = 2, 1
LEAST: Final = 2
MOST_WORDS_SHOWN: Final = 6
_LONGEST: Final = 5000
_SHORT: Final = 600
# A name of many parts is tried from its beginning alone, or it costs the square of its length.
_LINK = re.compile(r"https?://\S+|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.\w{2,8}/\S*")
_SPACES = re.compile(r"\s+")


class PostClass(StrEnum):
    """What a post of the brand is for."""

    CARE = "care"
    INFORMATION = "information"
    PROMOTION = "promotion"
    ENTERTAINMENT = "entertainment"
    UNSURE = "unsure"


TITLES: Final = {
    PostClass.CARE: _("Care"),
    PostClass.INFORMATION: _("Information"),
    PostClass.PROMOTION: _("Promotion"),
    PostClass.ENTERTAINMENT: _("Entertainment"),
    PostClass.UNSURE: _("Unsure"),
}
# What a person may say it is: anything but that they do not know.
SAYABLE: Final = tuple(one for one in PostClass if one is not PostClass.UNSURE)
MARKETING: Final = (PostClass.INFORMATION, PostClass.PROMOTION, PostClass.ENTERTAINMENT)
METHOD: Final = _(
    "A reply to a customer is care, and so is a post that begins with somebody's name. Any other "
    "post is told by its words, English and German: a strong one weighs two, a weak one one; the "
    "heaviest class wins if it weighs at least two and more than every other, else the post is "
    "unsure. What a person corrected counts as corrected."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the words of a post say. `words` decided: (class, word as written), the heaviest first.

    `is_coupon`: it offers a coupon, a code or a lower price. Unsure has the words of every class.
    """

    klass: PostClass
    words: tuple[tuple[PostClass, str], ...] = ()
    is_coupon: bool = False


_Cue = tuple[PostClass, int, re.Pattern[str]]
# Hint -> the cues, by their place, that are worth a try where it is in the text.
_Hinted = Mapping[str, Sequence[int]]


def _cues(klass: PostClass, weight: int, patterns: Iterable[str]) -> list[_Cue]:
    return [(klass, weight, re.compile(one, re.IGNORECASE)) for one in patterns]


_COUPON: Final = _cues(PostClass.PROMOTION, STRONG, cues.COUPON)
_CUES: Final[Sequence[_Cue]] = (
    *_COUPON,
    *_cues(PostClass.PROMOTION, STRONG, cues.PROMOTION),
    *_cues(PostClass.PROMOTION, WEAK, cues.PROMOTION_WEAK),
    *_cues(PostClass.INFORMATION, STRONG, cues.INFORMATION),
    *_cues(PostClass.INFORMATION, WEAK, cues.INFORMATION_WEAK),
    *_cues(PostClass.ENTERTAINMENT, STRONG, cues.ENTERTAINMENT),
    *_cues(PostClass.ENTERTAINMENT, WEAK, cues.ENTERTAINMENT_WEAK),
)
_LINKS: Final[Sequence[_Cue]] = (
    *_cues(PostClass.PROMOTION, STRONG, [cues.SHOP_LINK]),
    *_cues(PostClass.INFORMATION, STRONG, [cues.HELP_LINK]),
)


def _hinted(some: Sequence[_Cue]) -> _Hinted:
    places: dict[str, list[int]] = {}
    for place, (_klass, _weight, cue) in enumerate(some):
        for hint in hints_of(cue.pattern):
            places.setdefault(hint, []).append(place)
    return places


_HINTED: Final = _hinted(_CUES)
_LINKS_HINTED: Final = _hinted(_LINKS)


def told_by_words(text: str) -> Told:
    """Return the class of a post that answers nobody, with the words that decided."""
    # Long ones are few, and remembering them would cost more than reading them.
    return _remembered(text) if len(text) <= _SHORT else told_anew(text)


def told_anew(text: str) -> Told:
    """Read a post by its words, whether it was read before or not."""
    whole = text[:_LONGEST].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    links = " ".join(_LINK.findall(whole))
    plain = _SPACES.sub(" ", _LINK.sub(" ", whole))
    hits = _found(_CUES, _HINTED, plain)
    is_coupon = any(place < len(_COUPON) for place, _hit in hits)
    found = [hit for _place, hit in (*hits, *_found(_LINKS, _LINKS_HINTED, links))]
    weights = {
        klass: sum(weight for one, weight, _word in found if one is klass) for klass in MARKETING
    }
    first, second = sorted(MARKETING, key=lambda klass: -weights[klass])[:2]
    if weights[first] < LEAST or weights[first] == weights[second]:
        return Told(PostClass.UNSURE, _shown(found), is_coupon)
    return Told(first, _shown(one for one in found if one[0] is first), is_coupon)


# More than a report reads at once: else each that is read again would push out the next.
_remembered = lru_cache(maxsize=32_768)(told_anew)


def _found(
    some: Sequence[_Cue], hinted: _Hinted, text: str
) -> list[tuple[int, tuple[PostClass, int, str]]]:
    """Return the place of every cue that is in a text, and what it found."""
    found = []
    for place in _worth_a_try(some, hinted, text):
        klass, weight, cue = some[place]
        if hit := cue.search(text):
            found.append((place, (klass, weight, hit[0].strip())))
    return found


def _worth_a_try(some: Sequence[_Cue], hinted: _Hinted, text: str) -> Iterable[int]:
    if not ODD.isdisjoint(text):
        return range(len(some))
    small = text.lower()
    return sorted({at for hint, places in hinted.items() if hint in small for at in places})


def _shown(found: Iterable[tuple[PostClass, int, str]]) -> tuple[tuple[PostClass, str], ...]:
    heaviest = sorted(found, key=lambda one: -one[1])
    words = dict.fromkeys((klass, word.casefold()) for klass, _weight, word in heaviest if word)
    return tuple(words)[:MOST_WORDS_SHOWN]
