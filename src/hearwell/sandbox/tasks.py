"""Jobs of the sandbox: send webhooks, play the next lines of the demo."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit import jobs
from hearwell.kit.jobs import DEFAULT, app
from hearwell.sandbox.demo import playing
from hearwell.sandbox.services import calling


@app.task(queue=DEFAULT, name="sandbox.call")
def call(workspace_id: str) -> None:
    """Send a workspace's due webhooks."""
    calling.call_all(UUID(workspace_id))


@app.task(queue=DEFAULT, name="sandbox.play")
def play(workspace_id: str) -> None:
    """Play the lines of the demo that are due."""
    playing.play_due(UUID(workspace_id))


def wake(workspace_id: UUID) -> None:
    """Have due webhooks sent; one waiting job a workspace is enough."""
    _defer("call", workspace_id)


def wake_play(workspace_id: UUID) -> None:
    """Have the demo's due lines played."""
    _defer("play", workspace_id)


def _defer(what: str, workspace_id: UUID) -> None:
    task = {"call": call, "play": play}[what]
    key = f"sandbox.{what}:{workspace_id}"
    jobs.defer_once(task, key, lock=key, workspace_id=str(workspace_id))
