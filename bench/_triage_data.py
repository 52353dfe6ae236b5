"""The public sets of `triage_sets`: texts, labels, and who is tested on whom.

Each is split as its own authors did (an official test where it is there, else their validation
part), by day, or by event; of what is left a part chooses the settings. Rows that tell what
an earlier row told (the same key of ``engine.near``, another than 0) are left out
where people write to the public, before anything is split off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features, Item, featurise
from hearwell.triage.engine.near import keys_of
from hearwell.triage.training import sets

Rows = NDArray[np.int64]
_LATEST = 0.3  # of the rows: the latest events, as the set's keeper set them aside
# The first month of each disaster of 2013 (Olteanu et al. 2015); those of 2012 come before.
_MONTHS = {
    "Queensland_floods": 1, "Brazil_nightclub_fire": 1, "Russia_meteor": 2, "Boston_bombings": 4,
    "West_Texas_explosion": 4.1, "Savar_building_collapse": 4.2, "Alberta_floods": 6,
    "Singapore_haze": 6, "Lac_Megantic_train_crash": 7, "Spain_train_crash": 7.1,
    "Manila_floods": 8, "Colorado_floods": 9, "Bohol_earthquake": 10, "Australia_bushfire": 10.1,
    "Australia_wildfires": 10.1, "Glasgow_helicopter_crash": 11, "LA_airport_shooting": 11,
    "Sardinia_floods": 11, "Typhoon_Yolanda": 11, "NY_train_crash": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set. truth: int64 [n] (-1: out of scope), or bool [n, labels] where several may hold.

    fit, choose, test: rows, none in two of them.
    """

    name: str
    texts: Sequence[str]
    features: Features
    labels: Sequence[str]
    truth: NDArray[Any]
    fit: Rows
    choose: Rows
    test: Rows
    how: str


def _table(where: Path, name: str) -> list[dict[str, str]]:
    return sets.table(where, f"{name}.csv.gz")


def _read(texts: Sequence[str]) -> Features:
    return featurise([Item(text, kind="mention") for text in texts])


def _first_told(features: Features, rows: Rows) -> Rows:
    """Return the rows whose story no earlier one told."""
    keys = np.array(keys_of(features))[rows]
    _, first = np.unique(keys, return_index=True)
    return rows[np.sort(np.concatenate((first, np.flatnonzero(keys == 0)[1:])))]


def _by_part(table: list[dict[str, str]]) -> tuple[Rows, Rows, Rows, str]:
    """Split as the authors did; the settings are chosen on what their validation part is."""
    part = np.array([row["split"] for row in table])
    train, check = np.flatnonzero(part == "train"), np.isin(part, ("valid", "dev"))
    if (part == "test").any():
        return train, np.flatnonzero(check), np.flatnonzero(part == "test"), "official test"
    aside = np.random.default_rng(0).random(len(train)) < 0.125
    return train[~aside], train[aside], np.flatnonzero(check), "the authors' validation part"


def intents(where: Path, name: str) -> Labelled:
    """Banking77 or CLINC150: one intent of many; `oos` is none of them."""
    table = _table(where, name)
    labels = sorted({row["intent"] for row in table} - {"oos"})
    known = {label: at for at, label in enumerate(labels)}
    truth = np.array([known.get(row["intent"], -1) for row in table])
    texts = [row["text"] for row in table]
    fit, choose, test, how = _by_part(table)
    if not (truth[choose] < 0).sum() > len(choose) // 50:  # too few to choose a threshold on
        strangers = np.flatnonzero(truth[fit] < 0)[::2]
        fit, choose = np.delete(fit, strangers), np.sort(np.append(choose, fit[strangers]))
    return Labelled(name, texts, _read(texts), labels, truth, fit, choose, test, how)


def airline(where: Path) -> Labelled:
    """Feelings about six airlines; the latest day is the test, the day before chooses."""
    table = _table(where, "us_airline")
    labels = ["negative", "neutral", "positive"]
    truth = np.array([labels.index(row["airline_sentiment"]) for row in table])
    written = [datetime.strptime(row["tweet_created"], "%m/%d/%Y %H:%M") for row in table]  # noqa: DTZ007
    day = np.array([when.toordinal() for when in written])
    texts = [row["text"] for row in table]
    features = _read(texts)
    order = np.array(sorted(range(len(table)), key=lambda row: written[row]))
    kept = _first_told(features, order)
    last = day.max()
    fit, choose, test = (
        kept[day[kept] < last - 1],
        kept[day[kept] == last - 1],
        kept[day[kept] == last],
    )
    how = f"by time: {written[int(test[0])]:%Y-%m-%d}"
    return Labelled("us_airline", texts, features, labels, truth, fit, choose, test, how)


def crisis(where: Path) -> Labelled:
    """Does a message tell something of a disaster? The latest events are never trained on."""
    table = [row for row in _table(where, "crisislex_t26") if _told(row) is not None]
    texts = [row["text"] for row in table]
    features = _read(texts)
    truth = np.array([int(bool(_told(row))) for row in table])
    event = np.array([row["event"] for row in table])
    kept = _first_told(features, np.arange(len(table)))
    names = sorted(set(event), key=_month)
    test_names = _latest(names, event)
    choose_names = _latest([name for name in names if name not in test_names], event)
    test, choose = (kept[np.isin(event[kept], chosen)] for chosen in (test_names, choose_names))
    fit = kept[~np.isin(event[kept], [*test_names, *choose_names])]
    labels = ["not informative", "informative"]
    how = f"unseen events: {', '.join(test_names)}"
    return Labelled("crisislex_t26", texts, features, labels, truth, fit, choose, test, how)


def _told(row: dict[str, str]) -> bool | None:
    said = row["informativeness"] or ""
    return "and informative" in said if said.startswith(("Related", "Not related")) else None


def _month(event: str) -> tuple[float, str]:
    year, _, name = event.partition("_")
    return int(year) * 12 + _MONTHS.get(name, 0), name


def _latest(names: Sequence[str], event: NDArray[Any]) -> list[str]:
    rest = np.isin(event, names).sum() * (1 - _LATEST)
    before = np.cumsum([(event == name).sum() for name in names])
    return [name for name, upto in zip(names, before, strict=True) if upto > rest]


def emotions(where: Path) -> Labelled:
    """GoEmotions: 27 emotions and neutral, any of them at once."""
    table = _table(where, "goemotions")
    said = [set(row["labels"].split("|")) for row in table]
    labels = sorted(set().union(*said))
    truth = np.array([[label in one for label in labels] for one in said])
    texts = [row["text"] for row in table]
    fit, choose, test, how = _by_part(table)
    return Labelled("goemotions", texts, _read(texts), labels, truth, fit, choose, test, how)


SETS: dict[str, Callable[[Path], Labelled]] = {
    "banking77": lambda where: intents(where, "banking77"),
    "clinc150": lambda where: intents(where, "clinc150"),
    "us_airline": airline,
    "crisislex_t26": crisis,
    "goemotions": emotions,
}


def fewer(whole: Labelled, most: int) -> Labelled:
    """The same set with at most so many rows of each part: for a look that costs seconds."""
    rng = np.random.default_rng(0)
    parts = [whole.fit, whole.choose, whole.test]
    fit, choose, test = (
        np.sort(rng.choice(part, min(most, len(part)), replace=False)) for part in parts
    )
    return replace(whole, fit=fit, choose=choose, test=test)
