"""The composer of a message that its network lets us answer under conditions it does not meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.connect.model import Audience
from hearwell.conversations.queries import ThreadPage
from hearwell.inbox.openings import closed_by
from hearwell.web.components.marks import badge_of
from hearwell.web.components.writing import Mode, WayOut


def refused(mode: Mode, thread: ThreadPage, channels: Mapping[UUID, Channel]) -> Mode:
    """Close a way that the network closes to the message that would be answered."""
    here = next((one for one in mode.threads if one.is_chosen), None)
    channel = channels.get(UUID(here.speaker.id)) if here and here.speaker else None
    if here is None or channel is None or mode.why_not:
        return mode
    heard = (m for m in reversed(thread.messages) if m.direction == "in" and not m.deleted_at)
    last = next((m for m in heard if str(m.conversation_id) == here.id), None)
    found = closed_by(channel, Audience(mode.value), last) if last else None
    if last is None or found is None:
        return mode
    network = str(badge_of(channel.network).title)
    out = WayOut(network, last.permalink, found.elsewhere)
    return replace(mode, why_not=_(found.message), way_out=out)
