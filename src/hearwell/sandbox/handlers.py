"""Harbour learns that somebody has connected its page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hearwell.channels.events import ChannelConnected
from hearwell.channels.models import Channel
from hearwell.events.registry import on
from hearwell.sandbox.services.opening import adopt_channel


@on(ChannelConnected)
def on_connected(events: Sequence[ChannelConnected]) -> None:
    """Call the channel that speaks for the page from now on."""
    for event in events:
        if event.network == "sandbox":
            channel = Channel.objects.get(workspace_id=event.workspace_id, id=event.channel_id)
            if _is_uuid(channel.external_id):
                adopt_channel(event.workspace_id, channel.id, channel.external_id)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
