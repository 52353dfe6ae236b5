"""Jobs of scheduled reports."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.jobs import DEFAULT, app
from hearwell.scheduledreports import sending


@app.task(queue=DEFAULT, name="scheduledreports.send")
def send_reports(*, workspace_id: str) -> None:
    """Send what is due in a workspace."""
    sending.send_reports(UUID(workspace_id))
