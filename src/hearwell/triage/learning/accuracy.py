"""How often the engine is right for a workspace, by what its people said. One statement.

Each label was predicted before it was learned, by what judged at that time, all rules applied:
nothing that was learned from a label is measured by it. What was left out since counts all the
same: it was said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.shares import Share
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.learning.limits import CERTAINTIES, band_of
from hearwell.triage.models import Lesson

_COUNTED: Final = """
    SELECT head, predicted, label, source, was_sure, was_quieted, engine,
        date_trunc('week', at AT TIME ZONE %(zone)s)::date,
        least(9, floor(certainty * 10))::int, sum(certainty), count(*)
    FROM triage_lesson WHERE workspace_id = %(workspace)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
ACT, ASK, PASS = "act", "ask", "pass"


class _Row(NamedTuple):
    head: str
    predicted: str
    label: str
    source: str
    was_sure: bool
    was_quieted: bool
    engine: str
    week: date
    tenth: int
    certainty: float
    n: int

    @property
    def right(self) -> int:
        return self.n if self.predicted == self.label else 0


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: of those said, how many were right; of those true, how many were found."""

    label: str
    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """Twice the right ones by those said and those true; 0 without any."""
        whole = self.precision.n + self.recall.n
        return 2 * self.precision.right / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Certainties of one tenth: their mean, and how many were right."""

    certainty: float
    share: Share


@dataclass(frozen=True, slots=True)
class HeadFigures:
    """One head: all of it, its labels, its bands, week by week, and what was said by what."""

    head: str
    share: Share
    labels: Sequence[LabelFigures] = ()
    bins: Sequence[Bin] = ()
    bands: Mapping[str, Share] = field(default_factory=dict)
    weeks: Sequence[tuple[date, Share]] = ()
    sources: Mapping[str, int] = field(default_factory=dict)
    engines: Mapping[str, Share] = field(default_factory=dict)

    @property
    def macro_f1(self) -> float | None:
        """The mean F1 over the labels that occur; None without any."""
        found = [one.f1 for one in self.labels if one.recall.n]
        return sum(found) / len(found) if found else None

    @property
    def calibration_error(self) -> float | None:
        """How far certainty and truth are apart, weighed over tenths; None without any."""
        if not self.share.n:
            return None
        gaps = (abs(one.share.right - one.certainty * one.share.n) for one in self.bins)
        return sum(gaps) / self.share.n


def accuracy_of(workspace_id: UUID, zone: str = "UTC") -> dict[str, HeadFigures]:
    """Return head -> figures, of every head that somebody has labelled; one statement."""
    found = rows.fetch(_COUNTED, {"workspace": workspace_id, "zone": zone})
    by_head: dict[str, list[_Row]] = defaultdict(list)
    for row in found:
        by_head[row[0]].append(_Row(*row))
    return {name: _figures(name, by_head[name]) for name in HEADS if name in by_head}


def _figures(name: str, counted: Sequence[_Row]) -> HeadFigures:
    return HeadFigures(
        head=name,
        share=_share(counted),
        labels=[_label(label, counted) for label in HEADS[name].labels],
        bins=_bins(counted),
        bands={band: _share(r for r in counted if _band(r) == band) for band in (ACT, ASK, PASS)},
        weeks=[
            (week, _share(r for r in counted if r.week == week))
            for week in sorted({row.week for row in counted})
        ],
        sources=_summed((row.source, row.n) for row in counted),
        engines={
            engine: _share(r for r in counted if r.engine.partition("+")[0] == engine)
            for engine in sorted({row.engine.partition("+")[0] for row in counted})
        },
    )


def _share(counted: Iterable[_Row]) -> Share:
    kept = list(counted)
    return Share(sum(row.right for row in kept), sum(row.n for row in kept))


def _band(row: _Row) -> str:
    if row.was_quieted:
        return PASS
    return ACT if row.was_sure else ASK


def _label(label: str, counted: Sequence[_Row]) -> LabelFigures:
    return LabelFigures(
        label,
        precision=_share(row for row in counted if row.predicted == label),
        recall=_share(row for row in counted if row.label == label),
    )


def _bins(counted: Sequence[_Row]) -> list[Bin]:
    found = []
    for tenth in range(10):
        kept = [row for row in counted if row.tenth == tenth]
        share = _share(kept)
        if share.n:
            found.append(Bin(sum(row.certainty for row in kept) / share.n, share))
    return found


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, n in pairs:
        total[name] += n
    return dict(total)


def like_it(workspace_id: UUID, kind: str, certainty: float) -> Share:
    """Return how many were right of those labelled that were called this kind, about as surely.

    About as surely: the certainty of the kind lay in the same band of `limits.CERTAINTIES`. One
    statement.
    """
    low, high = band_of(certainty)
    same = Lesson.objects.filter(
        workspace_id=workspace_id,
        head="kind",
        predicted=kind,
        certainty__gte=low,
        certainty__lt=high,
    )
    labels = Counter(same.values_list("label", flat=True))
    return Share(labels[kind], labels.total())


__all__ = ["ACT", "ASK", "CERTAINTIES", "PASS", "Bin", "HeadFigures", "LabelFigures",
           "accuracy_of", "like_it"]  # fmt: skip
