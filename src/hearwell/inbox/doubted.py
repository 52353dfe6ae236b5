"""What triage doubts is put before the workspace's model, where it has one."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.events.registry import on
from hearwell.inbox.events import MessageReceived
from hearwell.secondopinion.queries import asks_for_opinions
from hearwell.secondopinion.services import claim_unsure
from hearwell.secondopinion.tasks import opinions


@on(MessageReceived, where=asks_for_opinions)
def ask_about_doubts(events: Sequence[MessageReceived]) -> None:
    """Have the model asked about messages that triage doubts; each once."""
    if not events:
        return
    workspace_id = events[0].workspace_id
    claimed = claim_unsure(workspace_id, [one.message_id for one in events])
    if claimed:
        ids = [str(one) for one in claimed]
        opinions.defer(workspace_id=str(workspace_id), message_ids=ids)
