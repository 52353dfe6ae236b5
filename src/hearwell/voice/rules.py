"""Which class a post of a brand belongs to, and what the classes come to. Pure.

A reply to a customer is care, whatever it says. Any other post is told by its words (``cues``): a
strong cue weighs two, a weak one one. The heaviest class wins if it weighs at least two and more
than every other; else nobody can tell, and the post is *unsure*, which is a class of its own. Only
English and German words are known, so that a post in another language is mostly unsure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.voice import cues

VERSION: Final = 1
STRONG, WEAK = 2, 1
LEAST: Final = 2
MOST_WORDS_SHOWN: Final = 6
_LONGEST: Final = 5000
_LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.\w{2,8}/\S*")
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


@lru_cache(maxsize=16_384)
def told_by_words(text: str) -> Told:
    """Return the class of a post that answers nobody, with the words that decided."""
    whole = text[:_LONGEST].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    links = " ".join(_LINK.findall(whole))
    plain = _SPACES.sub(" ", _LINK.sub(" ", whole))
    found = [*_found(_CUES, plain), *_found(_LINKS, links)]
    is_coupon = any(cue.search(plain) for *_rest, cue in _COUPON)
    weights = {
        klass: sum(weight for one, weight, _word in found if one is klass) for klass in MARKETING
    }
    first, second = sorted(MARKETING, key=lambda klass: -weights[klass])[:2]
    if weights[first] < LEAST or weights[first] == weights[second]:
        return Told(PostClass.UNSURE, _shown(found), is_coupon)
    return Told(first, _shown(one for one in found if one[0] is first), is_coupon)


def _found(some: Sequence[_Cue], text: str) -> list[tuple[PostClass, int, str]]:
    hits = ((klass, weight, cue.search(text)) for klass, weight, cue in some)
    return [(klass, weight, hit[0].strip()) for klass, weight, hit in hits if hit]


def _shown(found: Iterable[tuple[PostClass, int, str]]) -> tuple[tuple[PostClass, str], ...]:
    heaviest = sorted(found, key=lambda one: -one[1])
    words = dict.fromkeys((klass, word.casefold()) for klass, _weight, word in heaviest if word)
    return tuple(words)[:MOST_WORDS_SHOWN]
