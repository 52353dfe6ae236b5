"""New cases, held back until all is known of them, and then written once.

What follows a new thread (whose turn it is, which team, by when) would change the case's row three
times, and every index of it with each. Inside ``opening()`` the verbs set it on the case in hand;
its row is written at the end of the block. Foreign keys are deferred, so what points at it may be
written before. Whoever has to read such a case from the database calls ``write_opened`` first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from hearwell.conversations import rules
from hearwell.conversations.models import Case, Waiting
from hearwell.conversations.services.verdicts import VerdictLike, latest_by_case
from hearwell.kit import rows

_held: ContextVar[dict[UUID, Case] | None] = ContextVar("hearwell_opened_cases", default=None)


@contextmanager
def opening() -> Iterator[None]:
    """Write the cases that begin in this block once, at its end; nothing if it fails."""
    token = _held.set({})
    try:
        yield
        write_opened()
    finally:
        _held.reset(token)


def open_cases(cases: Sequence[Case]) -> None:
    """Hold new cases back where a block is open, else write them."""
    held = _held.get()
    if held is None:
        rows.insert(cases)
    else:
        held.update((case.id, case) for case in cases)


def write_opened() -> None:
    """Write what is held back; from here on it is changed in the database."""
    held = _held.get()
    if held:
        rows.insert(list(held.values()))
        held.clear()


def opened(case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return those of these cases that are held back."""
    held = _held.get()
    return {key: held[key] for key in case_ids if key in held} if held else {}


def place_opened(case_ids: Collection[UUID], team_id: UUID) -> list[UUID]:
    """Set the team of those held back; return the others."""
    held = opened(case_ids)
    for case in held.values():
        case.team_id = case.team_id or team_id
    return [key for key in case_ids if key not in held]


def schedule_opened(due: Mapping[UUID, datetime | None]) -> dict[UUID, datetime | None]:
    """Set the due time of those held back; return the others."""
    held = opened(due)
    for case in held.values():
        case.due_at = due[case.id]
    return {key: at for key, at in due.items() if key not in held}


def settle_opened(verdicts: Iterable[VerdictLike], waiting: Iterable[Waiting]) -> set[UUID]:
    """Give the cases held back the standing that follows from all that was said in them.

    The same as `standing.settle` and what `apply_verdicts` adds to it, for cases in which nobody
    of ours has spoken yet. Returns the cases settled.
    """
    latest = latest_by_case(verdicts)
    held = opened(latest)
    longest: dict[UUID, list[Waiting]] = {}
    for wait in waiting:
        longest.setdefault(wait.case_id, []).append(wait)
    for key, case in held.items():
        _settle(case, latest[key], longest.get(key, []))
    return set(held)


def _settle(case: Case, verdict: VerdictLike, waiting: Sequence[Waiting]) -> None:
    case.duty, case.kind, case.urgency = verdict.duty, verdict.kind, verdict.urgency
    case.certainty = round(100 * verdict.certainty)
    case.turn = rules.Turn.NONE.value
    if waiting:
        weightiest = max(waiting, key=_weight)
        case.kind, case.certainty = weightiest.kind, weightiest.certainty
        case.urgency = max(wait.urgency for wait in waiting)
        case.turn = rules.Turn.OURS.value
        case.waiting_since = min(wait.since for wait in waiting)


def _weight(wait: Waiting) -> tuple[int, datetime, UUID]:
    """Order what waits by weight, then by time: `_LONGEST` of standing says the same in SQL."""
    return -rules.weight(wait.kind, wait.certainty), wait.since, wait.id
