"""Jobs of queue `models`: ids in, one call down. Never retried: money is spent once."""

from __future__ import annotations

from uuid import UUID

from django.db import close_old_connections

from hearwell.kit.jobs import MODELS, app


@app.task(queue=MODELS, name="secondopinion.opinions")
def opinions(*, workspace_id: str, message_ids: list[str]) -> None:
    """Ask about messages that triage doubts."""
    from hearwell.secondopinion.services import give_opinions

    close_old_connections()
    give_opinions(UUID(workspace_id), [UUID(one) for one in message_ids])


@app.task(queue=MODELS, name="secondopinion.draft")
def draft(*, workspace_id: str, call_id: str) -> None:
    """Write a draft that an agent waits for."""
    from hearwell.secondopinion.services import write_draft

    close_old_connections()
    write_draft(UUID(workspace_id), UUID(call_id))


@app.task(queue=MODELS, name="secondopinion.trial")
def trial(*, workspace_id: str, call_id: str) -> None:
    """Try a connection out."""
    from hearwell.secondopinion.services import try_out

    close_old_connections()
    try_out(UUID(workspace_id), UUID(call_id))


@app.task(queue=MODELS, name="secondopinion.comparison")
def comparison(*, workspace_id: str, comparison_id: str) -> None:
    """Make a comparison."""
    from hearwell.secondopinion.services import compare

    close_old_connections()
    compare(UUID(workspace_id), UUID(comparison_id))
