"""What a wave of the study says, held against what was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.shares import Share
from hearwell.surveys.models import Study, StudyAnswer
from hearwell.surveys.rules import Side
from hearwell.surveys.studying import (
    EXPECTED_BY,
    ITEMS,
    MET,
    MOTIVES,
    MOTIVES_PUBLISHED,
    RUNGS_S,
    WAIT,
    Answers,
    Gap,
    served_as_expected,
    share_by,
    share_of,
)

LOOKS_BACK: Final = timedelta(days=90)
# Whoever has waited for less than a day may still be answered within it.
_RIPE: Final = timedelta(seconds=RUNGS_S[-1])
# The clock of an answer of substance: from the oldest unanswered message, as the customer felt it.
_DELIVERED: Final = """
    SELECT count(*), count(*) FILTER (WHERE k.wall_s <= %(r0)s),
        count(*) FILTER (WHERE k.wall_s <= %(r1)s), count(*) FILTER (WHERE k.wall_s <= %(r2)s),
        count(*) FILTER (WHERE k.wall_s IS NOT NULL AND k.met_at IS NOT NULL)
    FROM sla_clock k
    WHERE k.workspace_id = %(place)s AND k.kind = 'answer' AND k.state <> 'cancelled'
        AND NOT k.is_historic AND k.started_at >= %(from)s AND k.started_at < %(to)s
"""


@dataclass(frozen=True, slots=True)
class Wave:
    """One study with its answers by side, each in no order."""

    study: Study
    customers: Sequence[Answers]
    team: Sequence[Answers]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The tables of a wave. In each gap the first side is customers, the other team or delivery.

    `ladder`: expected by a time against answered by then; `believed`: against what the team thinks.
    `delivered` is by each rung, then at all, of messages from `starts_at` to `ends_at`.
    """

    wave: Wave
    delivered: list[Share]
    starts_at: datetime
    ends_at: datetime
    served: float | None
    ladder: list[Gap]
    believed: list[Gap]
    motives: list[Gap]
    met: list[Gap]


def studies_of(workspace_id: UUID) -> list[Study]:
    """Return every wave, the newest first."""
    return list(Study.objects.filter(workspace_id=workspace_id).order_by("-made_at", "-id"))


def study_by_id(workspace_id: UUID, study_id: UUID) -> Study | None:
    """Return a wave of the workspace; None for any other."""
    return Study.objects.filter(workspace_id=workspace_id, id=study_id).first()


def waves_of(workspace_id: UUID, studies: Sequence[Study]) -> list[Wave]:
    """Return studies with their answers, in one query."""
    kept = StudyAnswer.objects.filter(workspace_id=workspace_id, study__in=studies)
    found: dict[tuple[UUID, str], list[Answers]] = {}
    for study_id, side, answers in kept.values_list("study_id", "side", "answers"):
        found.setdefault((study_id, side), []).append(answers)
    return [
        Wave(one, found.get((one.id, Side.CUSTOMERS), []), found.get((one.id, Side.TEAM), []))
        for one in studies
    ]


def delivered_between(workspace_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Share]:
    """Return who was answered by each rung, then at all, of messages that needed an answer."""
    values = {
        "place": workspace_id, "from": starts_at, "to": ends_at,
        **{f"r{n}": limit for n, limit in enumerate(RUNGS_S)},
    }  # fmt: skip
    ((n, *answered),) = rows.fetch(_DELIVERED, values)
    return [Share(count, n) for count in answered]


def gaps_of(wave: Wave) -> Gaps:
    """Return the tables of a wave. What was delivered is of the 90 days before its end (or now).

    Messages of the last 24 hours are left out: they may still be answered in time.
    """
    ends_at = (wave.study.closed_at or now()) - _RIPE
    starts_at = ends_at - LOOKS_BACK
    delivered = delivered_between(wave.study.workspace_id, starts_at, ends_at)
    ladder = [
        Gap(WAIT.labels[n], share_by(wave.customers, n), delivered[n], EXPECTED_BY[n])
        for n in range(len(RUNGS_S))
    ]
    believed = [
        Gap(WAIT.labels[n], share_by(wave.customers, n), share_by(wave.team, n), EXPECTED_BY[n])
        for n in range(len(RUNGS_S))
    ]
    return Gaps(
        wave, delivered, starts_at, ends_at, served_as_expected(wave.customers, delivered), ladder,
        believed, _sides(wave, MOTIVES.key), _sides(wave, MET.key),
    )  # fmt: skip


def _sides(wave: Wave, key: str) -> list[Gap]:
    return [
        Gap(
            label, share_of(wave.customers, key, value), share_of(wave.team, key, value),
            MOTIVES_PUBLISHED.get(value) if key == MOTIVES.key else None,
        )
        for value, label in enumerate(ITEMS[key].labels, start=1)
    ]  # fmt: skip
