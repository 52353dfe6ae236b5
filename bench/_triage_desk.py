"""A desk that begins to teach: the same steps as the product's, on a stream instead of a database.

Each label is predicted, then learned in one step; after every fifty lessons all are learned anew
and the version is promoted or refused (``learning.fitting``); quieting begins where the labels, as
they were predicted, say (``services.learning``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from bench._triage_streams import Rows, Stream
from hearwell.triage.engine.delta import UNKNOWN, Delta, Learner
from hearwell.triage.engine.features import joined
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.engine.judge import ASKING_KINDS, Opinion, judge
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.engine.near import keys_of
from hearwell.triage.learning.fitting import Quieting, Taught, fitted, quieting, recalibrated
from hearwell.triage.learning.limits import ASKED_A_DAY, ENOUGH_TO_QUIET, REFIT_EVERY
from hearwell.triage.learning.unshown import Seen, most_useful
from hearwell.triage.rules import Duty, Kind

DUTY, KIND = (list(HEADS).index(name) for name in ("duty", "kind"))
F32 = NDArray[np.float32]
COMPLAINT: Final = HEADS["kind"].labels.index("complaint")
_NOTHING: Final = (Kind.CHATTER, Kind.SPAM)


class Desk:
    """What one desk has taught of its stream so far."""

    def __init__(self, base: Model, stream: Stream) -> None:
        self.base, self.stream = base, stream
        self.model, self.delta = base, Delta(base.version)
        self.rows: list[int] = []
        self.answer: list[float] = []
        self._said: list[dict[str, str]] = []
        self._chance: list[dict[str, float]] = []
        self._since = self.versions = self.refused = 0

    def teach(self, rows: Sequence[int] | Rows) -> None:
        """Label these messages, one after the other."""
        for row in map(int, rows):
            self._one(row)
            if self._since >= REFIT_EVERY:
                self._anew()

    def _one(self, row: int) -> None:
        features = self.stream.features.one(row)
        before = self.model.probabilities(features, self.delta)[0]
        labels = self._labels(row, before)
        self.rows.append(row)
        self.answer.append(float(before[HEADS["duty"].at]))
        self._said.append(labels)
        self._chance.append(
            {
                head: float(before[HEADS[head].at + HEADS[head].labels.index(label)])
                for head, label in labels.items()
            }
        )
        learner = Learner(self.model, self.delta)
        for head, label in labels.items():
            learner.step(features, head, label)
        self.delta = learner.delta()
        self._since += len(labels)

    def _labels(self, row: int, before: F32) -> dict[str, str]:
        """Return what a person says: a complaint, or else what it most likely is; with its duty.

        The sets tell no more of what is no complaint, and to call a question nothing at all would
        teach what no desk teaches (and the guard refuse it).
        """
        chances = before[HEADS["kind"].columns].copy()
        chances[COMPLAINT] = 2.0 if self.stream.complains[row] else -1.0
        kind = Kind(HEADS["kind"].labels[int(chances.argmax())])
        duty = Duty.ANSWER if kind in ASKING_KINDS else Duty.ACKNOWLEDGE
        return {"kind": kind.value, "duty": (Duty.NONE if kind in _NOTHING else duty).value}

    def _anew(self) -> None:
        self._since = 0
        made = fitted(self.base, self.taught(), self.versions)
        self.versions += 1
        if made.why:
            self.refused += 1
            return
        self.model, self.delta = recalibrated(self.base, made.calibration), made.delta

    def taught(self) -> Taught:
        """Return all that was taught, as the product replays it."""
        labels = np.full((len(self.rows), len(HEADS)), UNKNOWN, dtype=np.int8)
        chance = np.full(labels.shape, np.nan, dtype=np.float32)
        for at, said in enumerate(self._said):
            for head, label in said.items():
                column = list(HEADS).index(head)
                labels[at, column] = HEADS[head].labels.index(label)
                chance[at, column] = self._chance[at][head]
        return Taught(joined([self.stream.features.one(row) for row in self.rows]), labels, chance)

    def complaints(self) -> F32:
        """Return P(complaint) of every message of the stream, [n]."""
        found = self.model.scores(self.stream.features, self.delta)
        return self.model.chances(found, HEADS["kind"])[:, COMPLAINT]

    def quieting(self, budget: float) -> Quieting:
        """Return where the product would begin to quiet. Raises ValueError before there may be."""
        if len(self.rows) < ENOUGH_TO_QUIET:
            message = f"{len(self.rows)} labels are not enough to quiet"
            raise ValueError(message)
        owed = np.array([said["duty"] == Duty.ANSWER for said in self._said], dtype=bool)
        return quieting(np.array(self.answer), owed, budget)

    def opinions(self, stream: Stream, quiet: float) -> list[Opinion]:
        """Return what is thought of a stream once quieting may begin below `quiet`."""
        own = self.model.bands
        bands = Bands(own.sure, quiet, own.urgent, is_own=True)
        return judge(stream.items, self.model, self.delta, bands)


def quieted(opinions: Sequence[Opinion]) -> NDArray[np.bool_]:
    """Say which messages nobody would be shown: *none*, and sure of it."""
    return np.array([one.duty is Duty.NONE and not one.is_unsure for one in opinions], dtype=bool)


def as_they_come(desk: Desk, pool: Rows, labels: int) -> None:
    """Teach the first of a pool."""
    desk.teach(pool[:labels])


def as_asked(desk: Desk, pool: Rows, labels: int) -> None:
    """Teach those of a pool that the product would ask about, a day's worth at a time."""
    keys = np.array(keys_of(desk.stream.features))
    left = pool.tolist()
    items = desk.stream.items
    while len(desk.rows) < labels:
        thought = judge([items[row] for row in left], desk.model, desk.delta)
        asked = most_useful(
            [
                (_seen(row, one), int(keys[row]) or None)
                for row, one in zip(left, thought, strict=True)
            ],
            min(ASKED_A_DAY, labels - len(desk.rows)),
        )
        chosen = [one.id.int for one in asked]
        desk.teach(chosen)
        left = [row for row in left if row not in set(chosen)]


def _seen(row: int, said: Opinion) -> Seen:
    at, nobody = datetime(2015, 11, 1, tzinfo=UTC), UUID(int=0)
    return Seen(
        UUID(int=row), nobody, "", "", said.language, at, said.kind.value,
        said.certainty_of_kind, said.reasons,
    )  # fmt: skip
