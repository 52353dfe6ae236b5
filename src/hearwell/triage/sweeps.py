"""What was taught is learned anew each night, and whenever another model was shipped."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.triage.services.learning import due_for_refit
from hearwell.triage.tasks import wake_refit


@every(seconds=3600.0, name="triage.refit")
def refit_due() -> int:
    """Queue a job for each workspace that has learned something since its last version."""
    return sum(wake_refit(workspace_id) for workspace_id in due_for_refit())
