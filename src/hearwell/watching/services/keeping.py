"""What was read goes when its time is over: after 13 months, sooner where its network says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.services.records import drop_record_channel
from hearwell.contacts.services import drop_identities
from hearwell.conversations.services import drop_record, let_go_of_words
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.queries import retention_of, words_for
from hearwell.watching.rules import KEPT

# A transaction each; what is left after so many waits for the next hour.
MOST_BATCHES: Final = 200
ASKED_FOR: Final = timedelta(days=1)


def keep_to_limits() -> int:
    """Let go of what is older than may be kept, in every workspace; return how many messages."""
    return sum(_keep(one) for one in Workspace.objects.values_list("id", flat=True))


def _keep(workspace_id: UUID) -> int:
    with scope(workspace_id):
        rows = Watch.objects.filter(workspace_id=workspace_id)
        stale = now() - ASKED_FOR
        rows.filter(state=WatchState.REFUSED, changed_at__lt=stale).delete()
        kept = list(rows.exclude(channel_id=None))
    return sum(_keep_one(watch) for watch in kept)


def _keep_one(watch: Watch) -> int:
    if watch.purge_at is not None and watch.purge_at <= now():
        return _remove(watch)
    gone = _drop(watch, now() - KEPT)
    limit = words_for(retention_of(watch.network))
    return gone + (_let_go(watch, now() - limit) if limit else 0)


def _drop(watch: Watch, until: datetime) -> int:
    """Remove messages from before `until` with whoever wrote nothing else."""
    gone, channel_id = 0, watch.channel_id
    for _ in range(MOST_BATCHES if channel_id else 0):
        with scope(watch.workspace_id):
            n, silent = drop_record(watch.workspace_id, _id(channel_id), until)
            drop_identities(watch.workspace_id, silent)
            Watch.objects.filter(
                workspace_id=watch.workspace_id, id=watch.id, begins_at__lt=until
            ).update(begins_at=until)
        gone += n
        if not n:
            break
    return gone


def _let_go(watch: Watch, until: datetime) -> int:
    gone = 0
    for _ in range(MOST_BATCHES):
        with scope(watch.workspace_id):
            ids = let_go_of_words(watch.workspace_id, [_id(watch.channel_id)], until, both=True)
        gone += len(ids)
        if not ids:
            break
    return gone


def _remove(watch: Watch) -> int:
    """Remove all of a record, then the record itself and the watch."""
    gone = _drop(watch, now() + timedelta(days=1))
    with scope(watch.workspace_id):
        mine = Watch.objects.select_for_update().filter(workspace_id=watch.workspace_id)
        row = mine.filter(id=watch.id, purge_at__lte=now()).first()
        if row is not None:
            drop_record_channel(watch.workspace_id, _id(watch.channel_id))
            facts = {"messages": watch.items}
            entry = AuditEntry("watch.removed", None, "watch", watch.id, str(watch), None, facts)
            record_audit(watch.workspace_id, [entry])
            row.delete()
    return gone


def _id(channel_id: UUID | None) -> UUID:
    if channel_id is None:  # pragma: no cover  only what has a record comes here
        raise LookupError
    return channel_id
