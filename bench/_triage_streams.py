"""What people wrote to and about brands, in the order of time, with who complained.

Two sources, both for measuring only: neither is Hearwell's, nothing is learned from them that is
shipped, and nothing of them is kept here.

- *Mentions* (github.com/RigautAntoine/twitter-customer-service, ``labels/3_final_labels``): all
  that a filter on brand names let through in some days of 2015, contests, news and chatter among
  it; airlines and telecoms, each message read by two.
- *Airline* (US Airline Sentiment): tweets to six airlines of February 2015; who is negative
  complains, and for nine reasons. Nothing in it is noise: everybody writes to the brand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.closeness import CLOSE
from hearwell.triage.engine.features import Features, Item, featurise
from hearwell.triage.engine.near import keys_of
from hearwell.triage.training import sets

INDUSTRIES: Final = {
    "telecom": ("att", "tmobile", "verizon", "comcast"),
    "airlines": ("united", "american", "southwest", "delta"),
}
_NAMED: Final = re.compile(
    r"[@#](southwest|american|delta|united|jetblue|comcast|verizon|t-?mobile|sprint|att)",
    re.IGNORECASE,
)
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stream:
    """Messages of one brand or industry by time: texts, who complained [n], why, features.

    once: the rows whose story no earlier one told (near keys at most `CLOSE` bits apart).
    """

    name: str
    texts: Sequence[str]
    complains: NDArray[np.bool_]
    why: Sequence[str]
    features: Features
    once: Rows

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def items(self) -> list[Item]:
        """The messages as the engine takes them."""
        return [Item(text, kind="mention") for text in self.texts]


def stream_of(name: str, told: Sequence[tuple[datetime, str, bool, str]]) -> Stream:
    """Return a stream of (when, text, whether it complains, why)."""
    ordered = sorted(told, key=lambda row: row[0])
    texts = [text for _, text, _, _ in ordered]
    features = featurise([Item(text, kind="mention") for text in texts])
    return Stream(
        name,
        texts,
        np.array([complains for _, _, complains, _ in ordered], dtype=bool),
        [why for _, _, _, why in ordered],
        features,
        _once(keys_of(features)),
    )


def _once(keys: Sequence[int]) -> Rows:
    """Return the rows whose key is not close to an earlier one (``closeness.is_close``)."""
    every = np.array(keys, dtype=np.int64)
    kept = [
        at
        for at, key in enumerate(every)
        if not key or not (_are_close(every[:at], key) & (every[:at] != 0)).any()
    ]
    return np.array(kept, dtype=np.int64)


def _are_close(keys: NDArray[np.int64], key: np.int64) -> NDArray[np.bool_]:
    return np.bitwise_count((keys ^ key).view(np.uint64)) <= CLOSE


def mentions(folder: Path, least: int = 400) -> dict[str, list[Stream]]:
    """Return industry -> its stream, then those of its brands with so many stories at least."""
    found: dict[str, list[Stream]] = {}
    for industry, brands in INDUSTRIES.items():
        rows = _mentions(folder, industry)
        one_by_one = ((brand, [row for row in rows if _brand(row[1]) == brand]) for brand in brands)
        streams = starmap(stream_of, ((industry, rows), *one_by_one))
        found[industry] = [one for one in streams if len(one.once) >= least]
    return found


def _mentions(folder: Path, industry: str) -> list[tuple[datetime, str, bool, str]]:
    rows = []
    for part in ("set1", "set2"):
        path = folder / f"{industry}_{part}_finalLabels.csv"
        with path.open(encoding="latin-1", newline="") as file:
            for row in csv.DictReader(file):
                if row["finalLabel"]:
                    when = datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")
                    rows.append((when, row["text"], float(row["finalLabel"]) > 0, ""))
    return rows


def _brand(text: str) -> str:
    named = _NAMED.search(text)
    return named[1].lower().replace("-", "") if named else ""


def airline(folder: Path, brand: Callable[[str], bool] = bool) -> Stream:
    """Return the tweets to the airlines whose name fits, by time."""
    rows = [
        (
            datetime.strptime(row["tweet_created"], "%m/%d/%Y %H:%M"),  # noqa: DTZ007  all of one zone
            row["text"],
            row["airline_sentiment"] == "negative",
            row["negativereason"] or row["airline_sentiment"],
        )
        for row in sets.table(folder, "us_airline.csv.gz")
        if brand(row["airline"])
    ]
    return stream_of("us_airline", rows)
