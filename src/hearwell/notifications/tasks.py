"""Jobs of notifications."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.jobs import DEFAULT, app
from hearwell.notifications import digesting, mailing, pushing


@app.task(queue=DEFAULT, name="notifications.push_waiting")
def push_waiting(*, workspace_id: str) -> None:
    """Tell the devices of a workspace what waits for them."""
    pushing.push_waiting(UUID(workspace_id))


@app.task(queue=DEFAULT, name="notifications.send_digests")
def send_digests(*, workspace_id: str) -> None:
    """Send the digests of a workspace that are due."""
    digesting.send_digests(UUID(workspace_id))


@app.task(queue=DEFAULT, name="notifications.send_letters")
def send_letters(*, workspace_id: str) -> None:
    """Send the letters of a workspace that wait."""
    mailing.send_letters(UUID(workspace_id))
