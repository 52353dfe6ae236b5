"""Jobs of triage: what takes too long for the one who taught."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from hearwell.kit.jobs import DEFAULT, app
from hearwell.kit.scope import scope
from hearwell.triage.services.learning import refit

log = structlog.get_logger(__name__)


@app.task(queue=DEFAULT, name="triage.refit", retry=2)
def refit_workspace(*, workspace_id: str) -> None:
    """Make a version of what a workspace taught."""
    with scope(UUID(workspace_id)):
        made = refit(UUID(workspace_id))
    if made is not None:
        log.info("triage_refit", version=made.number, outcome=made.outcome, why=made.why)


def wake_refit(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting."""
    job = refit_workspace.configure(queueing_lock=f"triage.refit:{workspace_id}")
    try:
        with transaction.atomic():
            job.defer(workspace_id=str(workspace_id))
    except AlreadyEnqueued:
        return False
    return True
