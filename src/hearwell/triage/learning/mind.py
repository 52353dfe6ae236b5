"""What the engine is for one workspace now: the shipped model, what was taught, what was chosen.

Kept in memory by workspace. One small statement says whether that is still true: every change
gives the workspace's row a new stamp, so any process uses it with the next batch that it judges.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final
from uuid import UUID

import structlog

from hearwell.triage.engine.delta import BadDeltaError, Delta, Learner
from hearwell.triage.engine.delta import from_bytes as delta_from
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.learning.fitting import recalibrated
from hearwell.triage.learning.limits import ENOUGH_TO_QUIET
from hearwell.triage.learning.replay import lessons_between
from hearwell.triage.learning.topics import Matcher, Wanted, matcher_of
from hearwell.triage.models import Learned, Lesson, Topic, Understanding
from hearwell.triage.shipped import shipped_model

MOST_MINDS: Final = 64
_COLUMNS: Final = (
    "stamp", "epoch", "snapshot_id", "lessons", "quiet", "may_quiet", "sure", "labelled",
)  # fmt: skip


@dataclass(frozen=True)
class Mind:
    """Judge with `model`, `delta` and `bands`; what is duty *none* is quieted only if `quiets`.

    `model` is the shipped one, its certainties corrected for the workspace; None: rules alone.
    `taught`: how many lessons are in the delta, and `epoch` and `snapshot_id` on top of what.
    `last_id`: the last of these lessons. A transaction that was rolled back, and a database that
    was put back, leave lessons of other words under the same numbers.
    """

    stamp: UUID | None = None
    model: Model | None = None
    delta: Delta | None = None
    bands: Bands | None = None
    quiets: bool = False
    topics: Matcher = field(default_factory=Matcher)
    epoch: int = 0
    snapshot_id: UUID | None = None
    taught: int = 0
    last_id: UUID | None = None

    @property
    def version(self) -> str:
        """Name what judges: the model, and with a plus how many lessons it has been taught."""
        name = self.model.version if self.model else "rules-1"
        return f"{name}+{self.taught}"[:24] if self.delta is not None and self.taught else name


_minds: OrderedDict[UUID, Mind] = OrderedDict()
_lock = Lock()
_log = structlog.get_logger()


def mind_of(workspace_id: UUID, row: Understanding | None = None) -> Mind:
    """Return what judges this workspace's messages now. One statement, more after a change.

    `row`, where somebody has it in hand, saves that one.
    """
    state = _state(workspace_id) if row is None else {name: getattr(row, name) for name in _COLUMNS}
    if state is None:
        return untaught()
    known = _minds.get(workspace_id)
    if known is not None and known.stamp == state["stamp"] and _is_of_this_model(known):
        return known
    made = _made(workspace_id, state, known)
    with _lock:
        _minds[workspace_id] = made
        _minds.move_to_end(workspace_id)
        while len(_minds) > MOST_MINDS:
            _minds.popitem(last=False)
    return made


def forget_minds() -> None:
    """Forget what is kept in memory: everything is read anew."""
    with _lock:
        _minds.clear()


def _state(workspace_id: UUID) -> dict[str, Any] | None:
    known = Understanding.objects.filter(workspace_id=workspace_id).values(*_COLUMNS)
    found: dict[str, Any] | None = known.first()
    return found


def untaught() -> Mind:
    """Return what judges where nobody has taught or chosen anything."""
    model = shipped_model()
    return Mind(model=model, bands=model.bands if model else None)


def _is_of_this_model(known: Mind) -> bool:
    model = shipped_model()
    return (known.model.version if known.model else "") == (model.version if model else "")


def _made(workspace_id: UUID, state: Mapping[str, Any], known: Mind | None) -> Mind:
    base = shipped_model()
    ids = _ids(workspace_id, {known.taught if known else 0, state["lessons"]})
    is_grown = (
        known is not None
        and known.epoch == state["epoch"]
        and known.snapshot_id == state["snapshot_id"]
        and known.taught <= state["lessons"]
        and known.last_id == ids.get(known.taught)
        and _is_of_this_model(known)
    )
    if known is None or not is_grown:
        known = _from_snapshot(workspace_id, state["snapshot_id"], base)
    delta = _stepped(workspace_id, known, state["lessons"])
    quiet = state["quiet"] if state["labelled"] >= ENOUGH_TO_QUIET else None
    return replace(
        known,
        stamp=state["stamp"],
        delta=delta,
        bands=_bands(base, state["sure"], quiet),
        quiets=bool(state["may_quiet"]) and quiet is not None,
        topics=_topics(workspace_id),
        epoch=state["epoch"],
        snapshot_id=state["snapshot_id"],
        taught=state["lessons"],
        last_id=ids.get(state["lessons"]),
    )


def _ids(workspace_id: UUID, numbers: Collection[int]) -> dict[int, UUID]:
    """Return number -> lesson; there is none of number 0."""
    found = Lesson.objects.filter(workspace_id=workspace_id, number__in=numbers)
    return dict(found.values_list("number", "id"))


def _from_snapshot(workspace_id: UUID, snapshot_id: UUID | None, base: Model | None) -> Mind:
    if base is None or snapshot_id is None:
        return Mind(model=base)
    found = Learned.objects.filter(workspace_id=workspace_id, id=snapshot_id).first()
    if found is None:  # forgotten since the row was read: what stands now is read with the next
        return Mind(model=base)
    return Mind(
        model=recalibrated(base, found.calibration),
        delta=delta_of(found),
        taught=found.up_to,
    )


def delta_of(version: Learned) -> Delta | None:
    """Return what a version adds to the shipped model; bytes of another engine add nothing."""
    if version.delta is None:
        return None
    try:
        return delta_from(bytes(version.delta))
    except BadDeltaError as error:
        _log.warning("triage.delta_unreadable", version=version.number, why=str(error))
        return None


def _stepped(workspace_id: UUID, known: Mind, up_to: int) -> Delta | None:
    """Return the delta with one step for each lesson since."""
    if known.model is None or up_to <= known.taught:
        return known.delta
    lessons = lessons_between(workspace_id, known.taught, up_to)
    if not lessons:
        return known.delta
    learner = Learner(known.model, known.delta)
    for features, head, label in lessons:
        learner.step(features, head, label)
    return learner.delta()


def _bands(base: Model | None, sure: Mapping[str, float], quiet: float | None) -> Bands:
    own = base.bands if base else Bands()
    wished = {name: float(value) for name, value in sure.items() if name in HEADS}
    found = replace(own, sure={**own.sure, **wished})
    return found if quiet is None else replace(found, quiet=quiet, is_own=True)


def _topics(workspace_id: UUID) -> Matcher:
    found = Topic.objects.filter(workspace_id=workspace_id, is_active=True).order_by("name")
    return matcher_of(Wanted(one.name, one.phrases, one.language) for one in found)
