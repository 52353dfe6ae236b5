"""Jobs of queue `webhooks`: ids in, one call down. Never retried: the sweep finds what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from procrastinate.types import JSONDict

from hearwell.integrations.services.sending import Claim, send_batch
from hearwell.kit.jobs import WEBHOOKS, app


@app.task(queue=WEBHOOKS, name="integrations.send")
def send(*, workspace_id: str, webhook_id: str, lease: str) -> None:
    """Send what is due for one webhook, if the lease still stands."""
    send_batch(Claim(UUID(workspace_id), UUID(webhook_id), datetime.fromisoformat(lease)))


def call_senders(claims: Sequence[Claim]) -> None:
    """Queue a sender for each claim, in the caller's transaction."""
    send.batch_defer(*map(_names, claims))


def _names(claim: Claim) -> JSONDict:
    return {
        "workspace_id": str(claim.workspace_id),
        "webhook_id": str(claim.webhook_id),
        "lease": claim.lease.isoformat(),
    }
