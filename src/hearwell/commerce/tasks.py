"""Jobs of queue `tools`: ids in, one call down. Never retried: the sweep finds what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from procrastinate.types import JSONValue

from hearwell.kit.jobs import TOOLS, WakeUp, app, wake

SOON = 10  # what somebody has pressed goes before what a page looks up for whoever opens it


@app.task(queue=TOOLS, name="commerce.look_up")
def look_up(*, workspace_id: str, lookup_ids: list[str]) -> None:
    """Make looks that an agent waits for."""
    from hearwell.commerce.services.looking import make_lookups

    make_lookups(UUID(workspace_id), [UUID(one) for one in lookup_ids])


@app.task(queue=TOOLS, name="commerce.act", priority=SOON)
def act(*, workspace_id: str, run_id: str) -> None:
    """Do what somebody meant, once."""
    from hearwell.commerce.services.carrying import carry_out

    carry_out(UUID(workspace_id), UUID(run_id))


@app.task(queue=TOOLS, name="commerce.settle")
def settle(*, workspace_id: str, run_id: str) -> None:
    """Look up what became of an action."""
    from hearwell.commerce.services.carrying import look_after

    look_after(UUID(workspace_id), UUID(run_id))


def call_for_lookups(workspace_id: UUID, lookup_ids: Sequence[UUID]) -> None:
    """Queue each look by itself, so that a slow system keeps no other one waiting."""
    named: list[dict[str, JSONValue]] = [
        {"workspace_id": str(workspace_id), "lookup_ids": [str(one)]} for one in lookup_ids
    ]
    look_up.batch_defer(*named)


def call_doer(workspace_id: UUID, run_ids: Iterable[UUID]) -> None:
    """Wake the doer for each run, in the caller's transaction."""
    wake(act, (WakeUp(str(one), _names(workspace_id, one)) for one in run_ids))


def call_looker(workspace_id: UUID, run_ids: Iterable[UUID]) -> None:
    """Wake who looks up what became of each run, in the caller's transaction."""
    wake(settle, (WakeUp(str(one), _names(workspace_id, one)) for one in run_ids))


def _names(workspace_id: UUID, run_id: UUID) -> dict[str, JSONValue]:
    return {"workspace_id": str(workspace_id), "run_id": str(run_id)}
