"""Calls of ours that reached nobody: noted for the team, and nothing is answered by them.

The case goes on waiting for us and its clocks go on running. Without a case of that number there
is nothing to note it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid5

from hearwell.channels.models import Channel
from hearwell.connect.model import InboundMessage
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Conversation, Message


def note(channel: Channel, items: Sequence[InboundMessage]) -> None:
    """Note each in the case of its thread, once however often it is told."""
    if not items:
        return
    keys = {item.thread_key for item in items}
    homes = Conversation.objects.filter(
        workspace_id=channel.workspace_id, channel_id=channel.id, thread_key__in=keys
    )
    cases = {home.thread_key: home.case_id for home in homes}
    for item in items:
        case_id = cases.get(item.thread_key)
        if case_id is None:
            continue
        key = uuid5(channel.id, item.external_id)
        if Message.objects.filter(
            workspace_id=channel.workspace_id, case_id=case_id, note_key=key
        ).exists():
            continue
        link = f"\n\n{item.permalink}" if item.permalink else ""
        conversations.add_note(
            case_id,
            item.text + link,
            author_user_id=None,
            author_name=item.author.name or channel.handle,
            key=key,
        )
