"""How often the language of a tweet is told, among sixteen candidates and Arabic by its script.

The set is UMSAB's test part (github.com/cardiffnlp/xlm-t, ``data/sentiment``): 870 tweets in each
of seven languages, and 870 in Hindi written in Latin letters, much of it mixed with English.
Mentions and links are taken out first; then the length counts. The language is the file's, right
or not: some tweets are in another one. Baseline in the same run: py3langid among the same
candidates, without our words. Nothing is learned or chosen here but on the validation part
(``--part val``).

    python -m bench.triage_languages --tweets FOLDER/data/sentiment [--part test]
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from hearwell.kit.shares import Share
from hearwell.triage.engine.tongue import COMMON, language_of

LANGUAGES: Final = {
    "arabic": "ar", "english": "en", "french": "fr", "german": "de", "italian": "it",
    "portuguese": "pt", "spanish": "es",
}  # fmt: skip
CANDIDATES: Final = (*COMMON[:15], "ar")
BARS: Final = {"all": 0.985, "up_to_40": 0.94}
_ASIDE: Final = re.compile(r"@\S+|https?\S*|…|\bvía\b(?=\s*$)")


def tweets(folder: Path, name: str, part: str) -> list[str]:
    """Return the tweets of a language, without mentions and links; empty ones left out."""
    lines = (folder / name / f"{part}_text.txt").read_text("utf8").splitlines()
    bare = (" ".join(_ASIDE.sub(" ", line).split()) for line in lines)
    return [line for line in bare if line]


def share(right: Sequence[bool]) -> dict[str, Any]:
    """Return a share with its interval."""
    found = Share(sum(right), len(right))
    low, high = found.interval or (0.0, 0.0)
    value = round(found.value or 0.0, 4)
    return {"share": value, "interval": [round(low, 4), round(high, 4)], "n": found.n}


def told(known: Sequence[tuple[str, str]], say: Callable[[str], str]) -> dict[str, Any]:
    """Return how many of (text, language) are told right: all, short ones, by language."""
    rows = [(text, language, say(text)) for text, language in known]
    return {
        "all": share([one == other for _, one, other in rows]),
        **{
            f"up_to_{most}": share([one == said for text, one, said in rows if len(text) <= most])
            for most in (40, 20)
        },
        "languages": {
            language: share([said == language for _, one, said in rows if one == language])
            for language in LANGUAGES.values()
        },
    }


def romanised(texts: Sequence[str]) -> dict[str, Any]:
    """Return what Hindi in Latin letters is called."""
    said = Counter(language_of(text, CANDIDATES) for text in texts)
    return {
        "hi-Latn": share([language_of(text, CANDIDATES) == "hi-Latn" for text in texts]),
        "called_english": share([language_of(text, CANDIDATES) == "en" for text in texts]),
        "said": dict(said.most_common(6)),
    }


def _alone() -> Callable[[str], str]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    asked = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    asked.set_languages(list(CANDIDATES))
    return lambda text: str(asked.classify(text)[0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tweets", type=Path, required=True)
    parser.add_argument("--part", choices=("test", "val"), default="test")
    chosen = parser.parse_args()
    known = [
        (text, language)
        for name, language in LANGUAGES.items()
        for text in tweets(chosen.tweets, name, chosen.part)
    ]
    found = told(known, lambda text: language_of(text, CANDIDATES))
    result = {
        "part": chosen.part,
        "candidates": CANDIDATES,
        "hearwell": found,
        "py3langid_alone": told(known, _alone()),
        "hindi_in_latin_letters": romanised(tweets(chosen.tweets, "hindi", chosen.part)),
        "bars": BARS,
        "is_reached": {name: found[name]["share"] >= bar for name, bar in BARS.items()},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
