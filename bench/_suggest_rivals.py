"""What suggestions are measured against: the most used page, and BM25 in two ways. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

K1: Final = 1.2
B: Final = 0.75
Past = Sequence[tuple[Sequence[str], str]]


def most_used(past: Past) -> Counter[str]:
    """Score each page by how often it was the answer."""
    return Counter(page for _, page in past)


def bm25_questions(past: Past, asked: Sequence[str]) -> dict[str, float]:
    """Score each page by its past question that is most like this one."""
    best: dict[str, float] = {}
    scores = _bm25([words for words, _ in past], asked)
    for (_, page), score in zip(past, scores, strict=True):
        best[page] = max(best.get(page, 0.0), score)
    return best


def bm25_pages(
    past: Past, asked: Sequence[str], titles: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Score each page as one document: its title and all questions that it answered."""
    said: dict[str, list[str]] = defaultdict(list)
    for page, title in titles.items():
        said[page] += title
    for words, page in past:
        said[page] += words
    return dict(zip(said, _bm25(list(said.values()), asked), strict=True))


def _bm25(documents: Sequence[Sequence[str]], asked: Sequence[str]) -> list[float]:
    """Score documents by Okapi BM25 with the usual constants."""
    if not documents:
        return []
    counts = [Counter(words) for words in documents]
    mean = sum(map(len, documents)) / len(documents) or 1.0
    spread = {word: sum(word in one for one in counts) for word in set(asked)}
    weight = {
        word: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for word, n in spread.items() if n
    }
    return [
        sum(
            rarity * one[word] * (K1 + 1) / (one[word] + K1 * (1 - B + B * len(words) / mean))
            for word, rarity in weight.items()
        )
        for one, words in zip(counts, documents, strict=True)
    ]
