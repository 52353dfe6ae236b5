"""What networks do not let us keep goes by itself: one job for all of them, by their manifests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.connect.registry import all_connectors
from hearwell.connect.terms import Retention
from hearwell.conversations.services import let_go_of_files, let_go_of_words
from hearwell.inbox.media import named
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

# A transaction each; what is left after so many waits for the next hour.
MOST_BATCHES: Final = 200
Step = Callable[[UUID, Sequence[UUID], datetime], list[UUID]]


def keep_to_rules() -> int:
    """Purge what is older than its network allows, in every workspace; return how many messages."""
    rules = {
        one.manifest.network: one.manifest.retention
        for one in all_connectors()
        if one.manifest.retention is not None
    }
    if not rules:
        return 0
    places = list(Workspace.objects.values_list("id", flat=True))
    return sum(_keep(place, network, rule) for place in places for network, rule in rules.items())


def _keep(workspace_id: UUID, network: str, rule: Retention) -> int:
    """Files first: their rule is the shorter one where there are two."""
    gone = 0
    steps: tuple[tuple[str, timedelta | None, Step], ...] = (
        ("files", rule.media, let_go_of_files),
        ("words", rule.text, let_go_of_words),
    )
    for what, lasts, step in steps:
        if lasts is not None:
            gone += _until_done(workspace_id, network, what, now() - lasts, step)
    return gone


def _until_done(workspace_id: UUID, network: str, what: str, until: datetime, step: Step) -> int:
    from hearwell.inbox.tasks import drop_media

    gone = 0
    for _ in range(MOST_BATCHES):
        with scope(workspace_id):
            channels = Channel.objects.filter(workspace_id=workspace_id, network=network)
            ids = step(workspace_id, list(channels.values_list("id", flat=True)), until)
            if not ids:
                break
            drop_media.batch_defer(*(named(workspace_id, one) for one in ids))
            facts = {"messages": len(ids), "what": what, "until": until.isoformat()}
            entry = AuditEntry("network.retention", None, "network", None, network, None, facts)
            record_audit(workspace_id, [entry])
        gone += len(ids)
    return gone
