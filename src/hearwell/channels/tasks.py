"""Jobs of channels: ids in, one service call."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy

from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import check_health
from hearwell.channels.services.replaying import replay_endpoint
from hearwell.channels.services.subscribing import part_from, subscribe_account
from hearwell.connect.failures import Failure
from hearwell.kit.jobs import DEFAULT, INBOUND, Persistently, app


@app.task(queue=INBOUND, name="channels.drain")
def drain(*, endpoint_id: str, is_careful: bool = False) -> None:
    """Take in what waits at an endpoint. Never retried: the sweep finds what is left."""
    drain_endpoint(UUID(endpoint_id), is_careful=is_careful)


# While another drain holds the endpoint, and while the database is away.
@app.task(queue=INBOUND, name="channels.replay_parked", retry=Persistently(most=60))
def replay_parked(*, workspace_id: str, endpoint_id: str) -> None:
    """Take parked items in again."""
    replay_endpoint(UUID(workspace_id), UUID(endpoint_id))


_WHILE_AWAY = RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions=[Failure])


@app.task(queue=DEFAULT, name="channels.subscribe", retry=_WHILE_AWAY)
def subscribe(*, workspace_id: str, channel_id: str) -> None:
    """Tell a network where to call us, then look how the account stands."""
    subscribe_account(UUID(workspace_id), UUID(channel_id))
    check_health(UUID(workspace_id), UUID(channel_id))


@app.task(queue=DEFAULT, name="channels.part")
def part(*, workspace_id: str, channel_id: str) -> None:
    """Say goodbye to a network and destroy the secrets. The sweep comes back to what was killed."""
    part_from(UUID(workspace_id), UUID(channel_id))


@app.task(queue=DEFAULT, name="channels.check_account")
def check_account(*, workspace_id: str, channel_id: str) -> None:
    """Ask a network how an account stands."""
    check_health(UUID(workspace_id), UUID(channel_id))
