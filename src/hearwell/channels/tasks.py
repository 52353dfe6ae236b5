"""Jobs of channels: ids in, one service call."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy

from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.replaying import DrainBusyError, replay_endpoint
from hearwell.kit.jobs import INBOUND, app


@app.task(queue=INBOUND, name="channels.drain")
def drain(*, endpoint_id: str, is_careful: bool = False) -> None:
    """Take in what waits at an endpoint. Never retried: the sweep finds what is left."""
    drain_endpoint(UUID(endpoint_id), is_careful=is_careful)


_WHILE_BUSY = RetryStrategy(max_attempts=60, wait=1, retry_exceptions=[DrainBusyError])


@app.task(queue=INBOUND, name="channels.replay_parked", retry=_WHILE_BUSY)
def replay_parked(*, workspace_id: str, endpoint_id: str) -> None:
    """Take parked items in again."""
    replay_endpoint(UUID(workspace_id), UUID(endpoint_id))
