"""The sweeps of webhooks: read the log, call the senders, forget what is old."""

from __future__ import annotations

from hearwell.integrations import services
from hearwell.kit.sweep import every


@every(seconds=1.0, name="integrations.collect")
def collect() -> int:
    """Write down what is to be sent of what has happened."""
    return services.collect()


@every(seconds=1.0, name="integrations.send")
def call_senders() -> int:
    """Queue a sender for every webhook that has something due and none at it."""
    from hearwell.integrations.tasks import call_senders as call

    claimed = services.claim_due()
    if claimed:
        call(claimed)
    return len(claimed)


every(seconds=3600.0, name="integrations.old")(services.forget_old)
