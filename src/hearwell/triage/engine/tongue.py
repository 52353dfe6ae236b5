"""The language of a message that its network does not name. Pure.

Scripts decide first, then Arabic and Hindi in Latin letters by their small words, then py3langid
among at most sixteen candidates, helped by the words that our tables know of a language: on the
few words of a comment those say more than statistics. Without a letter there is no language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import regex

from hearwell.triage.engine.letters import Letters, load
from hearwell.triage.engine.text import cleaned, may_have_links
from hearwell.triage.lexicon import SMALL, tokens, words_of_language, words_of_only

MOST_CANDIDATES: Final = 16
COMMON: Final = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "no", "da", "pl", "tr", "id", "ro", "cs", "fi",
)  # fmt: skip
# What py3langid is kept for: each language is 0.2 MB. What has a script alone needs none of it.
_KNOWN: Final = (
    "ar", "bg", "ca", "cs", "da", "de", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "lt", "lv", "mr", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sr", "sv", "tl", "tr", "uk", "ur", "vi",
)  # fmt: skip
# Script -> its languages, the commonest first; of several, those among the candidates are asked.
_SCRIPTS: Final[dict[str, tuple[str, ...]]] = {
    "Hiragana": ("ja",), "Katakana": ("ja",), "Hangul": ("ko",), "Han": ("zh",), "Thai": ("th",),
    "Arabic": ("ar", "fa", "ur"), "Hebrew": ("he",), "Greek": ("el",), "Armenian": ("hy",),
    "Cyrillic": ("ru", "uk", "bg", "sr"), "Devanagari": ("hi", "mr"),
    "Georgian": ("ka",), "Tamil": ("ta",), "Telugu": ("te",),
}  # fmt: skip
_OF_SCRIPT: Final = {name: regex.compile(rf"\p{{{name}}}") for name in _SCRIPTS}
_LETTER: Final = regex.compile(r"\p{L}")
_BEYOND_LATIN: Final = re.compile("[^\0-\u02ff]")  # no letter before it is of another script
_NOISE: Final = regex.compile(r"(?:https?://|www\.)\S+|(?<![\w@])@[\w.\-]+")
_TAG: Final = regex.compile(r"(?<![\w@])#[\w.\-]+")  # of some language, but alone it tells nothing
# A digit for a letter that Latin has none for, inside or before a word; not "2nd", "5g" or "10am".
_ARABIZI: Final = regex.compile(
    r"(?!\d+(?:st|nd|rd|th|am|pm|gb|mb|kg|km|min|hrs?|days?|weeks?|x)$)"
    r"(?:[a-z]+[235789][a-z]+|[2357][a-z]{3,})"
)
_DIGIT: Final = re.compile("[235789]")
_PLAIN = 2
_READ = 400  # characters: more tell nothing new
_LEAST = 0.2  # of probability, to say anything at all
_A_WORD = 0.9  # what a word of one language alone adds to the logarithm of its probability


class Heard(NamedTuple):
    """A text, and its ``lexicon.tokens`` without links and mentions where they are known."""

    text: str
    words: Sequence[str] | None = None


def language_of(text: str, candidates: Sequence[str] = COMMON) -> str:
    """Return the language as ISO 639-1, ``hi-Latn`` or ``ar-Latn``, or "" where nothing tells.

    candidates: what it may be, of Latin script at most sixteen; the others follow their script.
    The first call that must ask py3langid loads its model, about 0.6 s.
    """
    return languages_of([Heard(text)], candidates)[0]


def languages_of(heard: Sequence[Heard], candidates: Sequence[str] = COMMON) -> list[str]:
    """Return what `language_of` says of each text, in their order. Some 50 µs each."""
    among = tuple(candidates)[:MOST_CANDIDATES]
    found: list[str] = []
    asked: list[tuple[int, str, Sequence[str]]] = []
    for at, (text, words) in enumerate(heard):
        bare, script = _bare(text)
        if script == "Latin":
            bare = bare.replace("#", " ")
            words = tokens(bare) if words is None else words  # noqa: PLW2901  made where missing
            found.append(romanised(words) or _plain(words, among))
            if not found[-1]:
                asked.append((at, bare, words))
        else:
            found.append(_by_script(bare, script, candidates) if script else "")
    ranked = _letters().rank_all([bare for _, bare, _ in asked], among) if asked else []
    for (at, _, words), chances in zip(asked, ranked, strict=True):
        found[at] = _latin(dict(chances), words)
    return found


def _bare(text: str) -> tuple[str, str | None]:
    """Return the beginning of a text without what is no language, and its script."""
    bare = cleaned(text)
    if "@" in bare or may_have_links(bare):
        bare = _NOISE.sub(" ", bare)
    bare = bare[:_READ]
    return bare, _script_of(_TAG.sub(" ", bare) if "#" in bare else bare)


def _by_script(bare: str, script: str, candidates: Sequence[str]) -> str:
    spoken = _SCRIPTS[script]
    choice = tuple(name for name in spoken if name in candidates) or spoken[:1]
    return choice[0] if len(choice) == 1 else _letters().rank(bare, choice)[0][0]


# Small words of Hindi in Latin letters that say nothing of what is wanted, and so are no cue.
_HINDI: Final = """
aage acchha achha aisa aise aisi apki apko apni arey baat baatein bataya bhag bilkul bole bolna
bolo chahta chal chalo dekha dekhne dekhna dekhte dekhta desh dikha dilli dosto ek ghar gya gye
gyi hamara hamare hamari hamein hamesha hamko haiii hmko hoga hogaya hoge hogi honge hota hote
hoti huye hume humko inke inki inko iska iske iski isko isliye itna itne itni jaise jaisi jao
jata jate jati jayega jayegi jitna jisne jinhe jiska jiske jinki kabhi kahan kahi kaisa kaisi
karke karna karne karta karte karti kaun khud khuda kisi kisko kitna kitne kitni kiye kiyaa
kuchh kyuki kyunki kyonki leke liya logon matlab milega milegi mila mujhko pehle phele pyaar
pyar rakho rehta rahega rahegi saath sabko sabse saare sahi sakta sakte sakti samajh sarkar sath
sochega sunke tabhi tera tere teri tha thay thi tumko tumhari tumhe unhe unhone unka unke unki
unko uska uske uski usko usne wahan wahi wala wale warna yahan yahi yaha zindagi
"""
_OF_HINDI: Final = frozenset(_HINDI.split())
_LEAST_OWN, _ONE_OWN_IN = 2, 8  # words that only one language has: in all, and among so many


def romanised(words: Sequence[str]) -> str:
    """Return ``hi-Latn`` or ``ar-Latn`` where two words and one in eight are of it alone."""
    once = set(words)
    hindi = len(_hindi() & once)
    arabic = len(words_of_only("ar-Latn") & once)
    if _DIGIT.search(" ".join(once)):
        arabic += sum(1 for word in once if not word.isalpha() and _ARABIZI.match(word))
    count, name = max((hindi, "hi-Latn"), (arabic, "ar-Latn"))
    is_theirs = count >= _LEAST_OWN and count * _ONE_OWN_IN >= len(words)
    return name if is_theirs else ""


@cache
def _hindi() -> frozenset[str]:
    return words_of_only("hi-Latn") | _OF_HINDI


def _plain(words: Sequence[str], candidates: tuple[str, ...]) -> str:
    """Return the language of a text whose small words leave no doubt: that saves asking.

    A letter by itself is a word of five languages, whichever list has it.
    """
    votes: dict[str, int] = {}
    for word in words:
        for name in SMALL.get(word, ()) if len(word) > 1 else ():
            if name in candidates:
                votes[name] = votes.get(name, 0) + 1
    if not votes:
        return ""
    best = max(votes, key=votes.__getitem__)
    most = votes.pop(best)
    second = max(votes.values(), default=0)
    return best if most >= (2 * second + 1 if second else _PLAIN) else ""


def _script_of(text: str) -> str | None:
    """Return the script of most letters, "Latin" for any that is not in the table."""
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text)) else None
    letters = len(_LETTER.findall(text))
    if not letters:
        return None
    if not _BEYOND_LATIN.search(text):
        return "Latin"
    counts = {name: len(script.findall(text)) for name, script in _OF_SCRIPT.items()}
    if counts["Hiragana"] + counts["Katakana"]:
        counts["Hiragana"] += counts["Katakana"] + counts["Han"]
    name, count = max(counts.items(), key=lambda entry: entry[1])
    return name if count * 2 >= letters else "Latin"


def _latin(chances: Mapping[str, float], words: Sequence[str]) -> str:
    scores = {name: math.log(chance + 1e-6) for name, chance in chances.items()}
    known = False
    for word in words[:20]:
        named = [name for name in words_of_language(word) if name in scores and len(word) > 1]
        known |= bool(named)
        for name in named:
            scores[name] += _A_WORD / len(named)
    if not scores or (not known and max(chances.values()) < _LEAST):
        return ""
    return max(scores, key=lambda name: scores[name])


@cache
def _letters() -> Letters:
    """Load the model, and keep of its hundred and more languages those that we can name."""
    return load(_KNOWN)
