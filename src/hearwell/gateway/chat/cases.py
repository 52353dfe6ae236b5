"""Which case a visitor's conversation belongs to just now."""

from __future__ import annotations

from uuid import UUID

from hearwell.connect.rooms import thread_of
from hearwell.conversations.models import Conversation
from hearwell.gateway.chat.sites import Site


def case_of(site: Site, visitor_id: UUID) -> UUID | None:
    """Return the case, or None as long as nothing was taken in. In the workspace's scope."""
    rows = Conversation.objects.filter(
        workspace_id=site.workspace_id,
        channel_id=site.channel_id,
        thread_key=thread_of(str(visitor_id)),
    )
    return rows.values_list("case_id", flat=True).first()
