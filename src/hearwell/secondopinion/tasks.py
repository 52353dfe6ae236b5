"""Jobs of queue `models`: ids in, one call down. Never retried: money is spent once."""

from __future__ import annotations

from uuid import UUID

from procrastinate.types import JSONValue

from hearwell.kit.jobs import MODELS, app

# A job of opinions asks this often, then makes way for who waits.
AT_ONCE = 10
# Before all that nobody waits for.
SOON = 10


@app.task(queue=MODELS, name="secondopinion.opinions")
def opinions(*, workspace_id: str, message_ids: list[str]) -> None:
    """Ask about messages that triage doubts."""
    from hearwell.secondopinion.services import give_opinions

    give_opinions(UUID(workspace_id), [UUID(one) for one in message_ids[:AT_ONCE]])
    call_for_opinions(workspace_id, message_ids[AT_ONCE:])


@app.task(queue=MODELS, name="secondopinion.draft")
def draft(*, workspace_id: str, call_id: str) -> None:
    """Write a draft that an agent waits for."""
    from hearwell.secondopinion.services import write_draft

    write_draft(UUID(workspace_id), UUID(call_id))


@app.task(queue=MODELS, name="secondopinion.trial")
def trial(*, workspace_id: str, call_id: str) -> None:
    """Try a connection out."""
    from hearwell.secondopinion.services import try_out

    try_out(UUID(workspace_id), UUID(call_id))


@app.task(queue=MODELS, name="secondopinion.comparison")
def comparison(*, workspace_id: str, comparison_id: str) -> None:
    """Make a comparison."""
    from hearwell.secondopinion.services import compare

    compare(UUID(workspace_id), UUID(comparison_id))


def call_for_opinions(workspace_id: str, message_ids: list[str]) -> None:
    """Queue what triage doubts, if there is any."""
    if message_ids:
        patient = opinions.configure(lock=_lock(workspace_id))
        ids: list[JSONValue] = [*message_ids]
        patient.defer(workspace_id=workspace_id, message_ids=ids)


def call_for_comparison(workspace_id: UUID, comparison_id: UUID) -> None:
    """Queue a comparison."""
    patient = comparison.configure(lock=_lock(str(workspace_id)))
    patient.defer(workspace_id=str(workspace_id), comparison_id=str(comparison_id))


def call_for_draft(workspace_id: UUID, call_id: UUID) -> None:
    """Queue a draft, before all else."""
    urgent = draft.configure(priority=SOON)
    urgent.defer(workspace_id=str(workspace_id), call_id=str(call_id))


def call_for_trial(workspace_id: UUID, call_id: UUID) -> None:
    """Queue a trial, before all else."""
    urgent = trial.configure(priority=SOON)
    urgent.defer(workspace_id=str(workspace_id), call_id=str(call_id))


def _lock(workspace_id: str) -> str:
    """Let what nobody waits for take one place at a time, so that another stays free."""
    return f"secondopinion.{workspace_id}"
