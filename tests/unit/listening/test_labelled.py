"""The labelled set: a common word is told from a name well enough to be of use.

The held-out part was written before the rules and nothing was set by it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hearwell.kit.shares import Share
from hearwell.listening.rules import Wanted, read

HERE = Path(__file__).parents[2] / "data" / "listening"
PRECISION, RECALL = 0.90, 0.85


def posts(part: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def terms() -> dict[str, Wanted]:
    read_ = json.loads((HERE / "terms.json").read_text(encoding="utf-8"))
    return {
        brand: Wanted(**{name: tuple(words) for name, words in lists.items()}, is_common=True)
        for brand, lists in read_.items()
    }


def figures(part: str, *, is_weighed: bool = True) -> tuple[Share, Share]:
    """Return precision and recall over all brands of a part."""
    wanted, counts = terms(), Counter[tuple[bool, bool]]()
    for post in posts(part):
        term = wanted[post["brand"]]
        if not is_weighed:
            term = Wanted(phrases=term.phrases)
        found = read(term, post["text"], post["language"]).is_hit
        counts[found, post["about_us"]] += 1
    right = counts[True, True]
    precision = Share(right, right + counts[True, False])
    return precision, Share(right, right + counts[False, True])


def test_the_held_out_part_meets_what_was_promised(
    record_property: Callable[[str, object], None],
) -> None:
    precision, recall = figures("heldout")
    for name, share in (("precision", precision), ("recall", recall)):
        low, high = share.interval or (0, 0)
        record_property(name, f"{share.value:.3f}, n = {share.n}, 95 % {low:.3f} to {high:.3f}")
    assert (precision.value or 0) >= PRECISION
    assert (recall.value or 0) >= RECALL


def test_looking_for_the_word_alone_would_not_do() -> None:
    precision, _ = figures("heldout", is_weighed=False)
    assert (precision.value or 0) < 0.6


def test_the_set_is_as_large_and_as_even_as_it_says() -> None:
    both = [*posts("tuning"), *posts("heldout")]
    about = sum(post["about_us"] for post in both)
    assert len(both) >= 400
    assert 0.45 < about / len(both) < 0.55
    assert len({post["id"] for post in both}) == len(both)
    assert len({post["text"].casefold() for post in both}) == len(both), "no post is in it twice"


def test_every_hit_says_which_words_made_it_one() -> None:
    wanted = terms()
    for post in posts("heldout"):
        reading = read(wanted[post["brand"]], post["text"], post["language"])
        if reading.is_hit:
            assert reading.reasons
            assert sum(one.weight for one in reading.reasons) == pytest.approx(reading.score)
