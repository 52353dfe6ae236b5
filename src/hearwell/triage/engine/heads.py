"""The questions that the model answers of each message, and the answers it may give. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from hearwell.triage.rules import Duty, Kind


@dataclass(frozen=True, slots=True)
class Head:
    """One question: its labels, and the columns [at, end) of the scores that are its own."""

    name: str
    labels: tuple[str, ...]
    at: int

    @property
    def end(self) -> int:
        """The column after the last of its own."""
        return self.at + len(self.labels)

    @property
    def columns(self) -> slice:
        """Its columns of a score array ``[n, OUTPUTS]``."""
        return slice(self.at, self.end)


SENTIMENTS: Final = ("negative", "neutral", "positive")
NO_YES: Final = ("no", "yes")
_LABELS: Final = {
    "duty": tuple(duty.value for duty in Duty),
    "kind": tuple(kind.value for kind in Kind),
    "sentiment": SENTIMENTS,
    "urgent": NO_YES,
    "thanks": NO_YES,
}
_ENDS: Final = list(accumulate(map(len, _LABELS.values())))
HEADS: Final[dict[str, Head]] = {
    name: Head(name, labels, end - len(labels))
    for (name, labels), end in zip(_LABELS.items(), _ENDS, strict=True)
}
OUTPUTS: Final[int] = _ENDS[-1]  # 19 columns: 3 duty, 9 kind, 3 sentiment, 2 urgent, 2 thanks


def probabilities_of(chances: Sequence[int] | None) -> dict[str, dict[str, float]]:
    """Return chances in per mille (see `Opinion`) as head -> label -> probability."""
    if not chances or len(chances) != OUTPUTS:
        return {}
    return {
        head.name: {label: chances[head.at + at] / 1000 for at, label in enumerate(head.labels)}
        for head in HEADS.values()
    }
