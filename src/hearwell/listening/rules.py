"""Whether a text speaks of a brand: found words, exclusions, and for a common word the reasons.

Pure, quick, explainable: every verdict names the words that made it. A common word (a bank called
Harbour) is weighed: how it is written, what stands beside it, what the text is about. The weights
were set on the tuning part of a labelled set (tests/data/listening), never on its other part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hearwell.listening import lexicon
from hearwell.listening.tokens import (
    Token,
    folded,
    is_one_slip,
    is_unspaced,
    tokens_of,
    words_in,
)

ENOUGH: Final = 1.4
NEAR: Final = 8
_LONG_ENOUGH_FOR_A_SLIP: Final = 6
_LOOKED_AT: Final = 20_000


class Outcome(StrEnum):
    """What a term says of a text. Only a HIT is taken in."""

    HIT = "hit"
    UNLIKELY = "unlikely"
    EXCLUDED = "excluded"
    LANGUAGE = "language"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. `phrases`: names and their misspellings; one is enough.

    `exclusions` always win. `helps` and `against` are words that speak for and against a common
    word being meant as the name (`is_common`). `is_exact`: only as upper and lower case stand in
    the phrase. `is_lenient`: one slip in a word of six letters or more is forgiven. Without
    `languages` every language is meant; a text whose language nobody told is never left out.
    """

    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    is_common: bool = False
    is_exact: bool = False
    is_lenient: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that counted: `code` names the rule, `word` what it saw, `weight` how much."""

    code: str
    word: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A verdict: `spans` are the words found (or the excluding ones), `reasons` what counted."""

    outcome: Outcome
    spans: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()
    score: float = 0.0

    @property
    def is_hit(self) -> bool:
        """It speaks of us."""
        return self.outcome is Outcome.HIT


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase ready to be looked for."""

    text: str
    words: tuple[str, ...]
    joined: str
    is_unspaced: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a phrase stands in a text: token numbers, or None in a script without spaces."""

    span: Span
    word: str
    first: int | None = None
    last: int | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class _Near:
    """What the neighbours of a word are judged by: the language, and words of a matter."""

    language: str
    matter: frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its words."""

    text: str
    tokens: Sequence[Token] = field(default_factory=list)
    is_shouted: bool = False


@lru_cache(maxsize=4096)
def _phrases(texts: tuple[str, ...]) -> tuple[_Phrase, ...]:
    made = (_Phrase(t.strip(), w := words_in(t), "".join(w), is_unspaced(t)) for t in texts)
    return tuple(phrase for phrase in made if phrase.words)


def read(wanted: Wanted, text: str, language: str | None = None) -> Reading:
    """Say whether a text speaks of what is wanted, and why. Never raises.

    `language` is a tag such as ``en`` or ``pt-BR``, None where nobody told.
    """
    here = text_of(text[:_LOOKED_AT])
    found = list(_places(here, _phrases(wanted.phrases), wanted))
    if not found:
        return Reading(Outcome.NONE)
    barred = list(_places(here, _phrases(wanted.exclusions), None))
    if barred:
        reasons = tuple(Reason("excluded", place.word) for place in barred)
        return Reading(Outcome.EXCLUDED, _spans(barred), reasons)
    spoken = (language or "").partition("-")[0].lower()
    if wanted.languages and spoken and spoken not in wanted.languages:
        return Reading(Outcome.LANGUAGE, _spans(found), (Reason("language", spoken),))
    if not wanted.is_common:
        return Reading(
            Outcome.HIT, _spans(found), tuple(Reason("named", p.word) for p in found), ENOUGH
        )
    return _weighed(here, found, wanted, spoken)


@lru_cache(maxsize=256)  # several terms read the same post
def text_of(text: str) -> Text:
    """Take a text apart; the newest are remembered, and `cache_clear` forgets them."""
    tokens = tokens_of(text)
    letters = [letter for letter in text if letter.isalpha()]
    upper = sum(letter.isupper() for letter in letters)
    return Text(text, tokens, is_shouted=len(letters) > NEAR and upper > 0.6 * len(letters))


def _spans(places: Iterable[_Place]) -> tuple[Span, ...]:
    return tuple(sorted({place.span for place in places}, key=lambda span: span.start))


# --- finding -----------------------------------------------------------------------------------


def _places(here: Text, phrases: Iterable[_Phrase], wanted: Wanted | None) -> Iterator[_Place]:
    """Yield where the phrases stand. `wanted` is None for exclusions: any case, no slips."""
    for phrase in phrases:
        if phrase.is_unspaced:
            yield from _stretches(here.text, phrase)
            continue
        size = len(phrase.words)
        for first in range(len(here.tokens)):
            last = first + (size if _stands(here, phrase, first, wanted) else 1) - 1
            if last > first or _is_word(here.tokens[first], phrase, wanted):
                span = Span(here.tokens[first].start, here.tokens[last].end)
                word = here.text[span.start : span.end]
                yield _Place(span, word, first, last, is_whole=size > 1)


def _stretches(text: str, phrase: _Phrase) -> Iterator[_Place]:
    place = text.find(phrase.text)
    while place >= 0:
        yield _Place(Span(place, place + len(phrase.text)), phrase.text)
        place = text.find(phrase.text, place + len(phrase.text))


def _stands(here: Text, phrase: _Phrase, first: int, wanted: Wanted | None) -> bool:
    """Say whether a phrase of several words begins with this one; no sentence ends inside."""
    size = len(phrase.words)
    run = here.tokens[first : first + size]
    if size == 1 or len(run) < size or any(t.mark == "@" or t.is_first for t in run[1:]):
        return False
    if run[0].mark == "@" or not all(
        _alike(token, word, wanted) for token, word in zip(run, phrase.words, strict=True)
    ):
        return False
    written = here.text[run[0].start : run[-1].end]
    return wanted is None or not wanted.is_exact or phrase.text in written


def _is_word(token: Token, phrase: _Phrase, wanted: Wanted | None) -> bool:
    """Say whether one word is the phrase: written together, or a part of a hashtag in humps."""
    if token.mark == "@":
        return False
    if wanted is not None and wanted.is_exact:
        written = token.raw[: len(token.owner)]
        return token.owner == phrase.joined and phrase.text.replace(" ", "") == written
    if phrase.joined in {token.owner, token.folded}:
        return True
    if len(phrase.words) == 1 and not token.mark:
        return _alike(token, phrase.joined, wanted)
    return token.mark == "#" and _holds(token.parts, phrase.words)


def _holds(parts: Sequence[str], words: Sequence[str]) -> bool:
    size = len(words)
    return any(tuple(parts[i : i + size]) == tuple(words) for i in range(len(parts) - size + 1))


def _alike(token: Token, word: str, wanted: Wanted | None) -> bool:
    if word in {token.folded, token.owner}:
        return True
    if wanted is None or not wanted.is_lenient or len(word) < _LONG_ENOUGH_FOR_A_SLIP:
        return False
    # The first letter is hardly ever the wrong one, and this spares most of the looking.
    return token.owner[:1] == word[:1] and is_one_slip(token.owner, word)


# --- weighing a common word --------------------------------------------------------------------


def _weighed(here: Text, found: Sequence[_Place], wanted: Wanted, language: str) -> Reading:
    """Take the place that speaks best for a name, and what the text is about."""
    about = list(_about(here, found, wanted))
    near = _Near(language, lexicon.CARE | _words(wanted.helps))
    best: tuple[float, list[Reason]] = (-99.0, [])
    for place in found:
        reasons = [*_beside(here, place, near), *about]
        score = sum(reason.weight for reason in reasons)
        if score > best[0]:
            best = score, reasons
    score, reasons = best
    outcome = Outcome.HIT if score >= ENOUGH else Outcome.UNLIKELY
    return Reading(outcome, _spans(found), tuple(reasons), round(score, 2))


def _about(here: Text, found: Sequence[_Place], wanted: Wanted) -> Iterator[Reason]:
    """Yield what the rest of the text says for and against."""
    taken = {n for p in found if p.first is not None for n in range(p.first, (p.last or 0) + 1)}
    rest = [token for number, token in enumerate(here.tokens) if number not in taken]
    helps, against = _words(wanted.helps), _words(wanted.against)
    yield from _some("helps", here, helps, rest, (1.6, 0.8, 3.2))
    yield from _some("against", here, against, rest, (-2.0, -1.0, -4.0))
    own = helps | against
    cares = [token for token in rest if token.folded in lexicon.CARE and token.folded not in own]
    yield from _capped("care", [token.raw for token in cares], (1.0, 0.5, 1.5))


@lru_cache(maxsize=4096)
def _words(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(words) for phrase in phrases if (words := words_in(phrase)))


def _some(
    code: str,
    here: Text,
    words: frozenset[str],
    rest: Sequence[Token],
    weights: tuple[float, float, float],
) -> Iterator[Reason]:
    """Yield the words of a list that stand in the text; those of several words, too."""
    single = [token.raw for token in rest if token.folded in words or token.owner in words]
    line = " ".join(token.folded for token in here.tokens)
    several = [word for word in sorted(words) if " " in word and f" {word} " in f" {line} "]
    yield from _capped(code, [*single, *several], weights)


def _capped(
    code: str, words: Iterable[str], weights: tuple[float, float, float]
) -> Iterator[Reason]:
    """Weigh the first word in full, more of them less, all together up to a limit."""
    first, more, limit = weights
    total = 0.0
    for number, word in enumerate(dict.fromkeys(folded(word) for word in words)):
        weight = first if number == 0 else more
        weight = weight if abs(total + weight) <= abs(limit) else 0.0
        total += weight
        if weight:
            yield Reason(code, word, weight)


def _beside(here: Text, place: _Place, near: _Near) -> Iterator[Reason]:
    """Yield what the writing of the word and its neighbours say."""
    if place.first is None or place.last is None:
        return
    if place.is_whole:  # of several words: nobody writes that by chance
        yield Reason("named", place.word, ENOUGH + 1.0)
        return
    token = here.tokens[place.first]
    before = here.tokens[place.first - 1] if place.first and not token.is_first else None
    after = _next(here.tokens, place.last)
    yield from _writing(here, token, before, near.language)
    yield from _neighbours(token, before, after, near)


def _next(tokens: Sequence[Token], last: int) -> Token | None:
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    return None if following is None or following.is_first else following


def _writing(here: Text, token: Token, before: Token | None, language: str) -> Iterator[Reason]:
    if token.mark == "#":
        if len(token.parts) > 1 or token.folded != token.owner:
            yield Reason("tag", token.raw, 1.0)
        return
    if here.is_shouted:
        return
    if not token.is_capital:
        yield Reason("small", token.raw, -0.4)
    elif before is not None:
        # In German every noun has one.
        yield Reason("capital", token.raw, 2.0 if language != "de" else 0.6)
    elif here.text[token.end : token.end + 1] == ",":
        yield Reason("called", token.raw, 0.8)
    else:
        yield Reason("opens", token.raw, 0.2)


def _neighbours(
    token: Token, before: Token | None, after: Token | None, near: _Near
) -> Iterator[Reason]:
    if after is not None and not token.mark:
        yield from _behind(token, after, near)
    if before is not None:
        yield from _in_front(token, before, near)


def _behind(token: Token, after: Token, near: _Near) -> Iterator[Reason]:
    if after.folded in near.matter:
        yield Reason("of_it", after.raw, 1.2)
    elif after.folded in lexicon.DOING:
        yield Reason("doing", after.raw, 0.8)
    elif token.is_capital and after.is_capital and not after.raw.isupper():
        # A capital behind a capital goes on with a name: Harbour Street.
        yield Reason("longer_name", after.raw, -2.6 if near.language != "de" else -1.0)


def _in_front(token: Token, before: Token, near: _Near) -> Iterator[Reason]:
    articles = lexicon.ARTICLES.get(near.language, lexicon.ANY_ARTICLE)
    if before.folded in articles:
        weight = -2.6 if not token.is_capital else -0.4 if near.language == "en" else -1.6
        yield Reason("article", before.raw, weight)
    elif before.folded in lexicon.PLACES:
        yield Reason("place", before.raw, -2.6)
    elif before.folded in lexicon.PLACE_BEFORE:
        yield Reason("place", before.raw, -1.5)
    elif token.is_capital and before.is_capital and before.folded not in lexicon.PLAIN:
        yield Reason("longer_name", before.raw, -2.6)
    elif not token.is_capital and before.folded in lexicon.VERB_BEFORE:
        yield Reason("verb", before.raw, -0.8)
    elif before.folded in lexicon.DEALING:
        yield Reason("dealing", before.raw, 1.2)
    elif before.folded in near.matter:
        yield Reason("of_it", before.raw, 0.8)
