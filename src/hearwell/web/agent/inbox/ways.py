"""What the network itself does to a way of answering: closes it, or takes templates only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.connect.model import Audience
from hearwell.conversations.queries import CasePage, ThreadPage
from hearwell.inbox.openings import closed_by
from hearwell.inbox.templating import templates_for
from hearwell.kit.clock import now
from hearwell.web.components.marks import badge_of
from hearwell.web.components.templates import choice_of
from hearwell.web.components.writing import Mode, ThreadChoice, WayOut


def refused(mode: Mode, thread: ThreadPage, channels: Mapping[UUID, Channel]) -> Mode:
    """Close a way that the network closes to the message that would be answered."""
    way = _open_way(mode, channels)
    if way is None:
        return mode
    here, channel = way
    heard = (m for m in reversed(thread.messages) if m.direction == "in" and not m.deleted_at)
    last = next((m for m in heard if str(m.conversation_id) == here.id), None)
    found = closed_by(channel, Audience(mode.value), last) if last else None
    if last is None or found is None:
        return mode
    network = str(badge_of(channel.network).title)
    out = WayOut(network, last.permalink, found.elsewhere)
    return replace(mode, why_not=_(found.message), way_out=out)


def templated(
    mode: Mode,
    thread: ThreadPage,
    channels: Mapping[UUID, Channel],
    page: CasePage,
    given: Mapping[str, str],
) -> Mode:
    """Offer approved templates where the network takes no free words any more."""
    way = _open_way(mode, channels)
    if way is None:
        return mode
    here, channel = way
    heard = (m for m in reversed(thread.messages) if m.direction == "in")
    last = next((m for m in heard if str(m.conversation_id) == here.id), None)
    heard_at = last.sent_at if last else None
    templates = templates_for(channel, Audience(mode.value), heard_at, now())
    if templates is None:
        return mode
    draft = page.drafts.get(mode.value)
    is_given = given.get("audience") == mode.value
    asked = given if is_given else {}
    text = asked.get("text", draft.text if draft else "")
    network = str(badge_of(channel.network).title)
    return replace(mode, templates=choice_of(network, templates, text, asked))


def _open_way(mode: Mode, channels: Mapping[UUID, Channel]) -> tuple[ThreadChoice, Channel] | None:
    """Return the chosen conversation and the account that speaks in it; None where it is shut."""
    here = next((one for one in mode.threads if one.is_chosen), None)
    channel = channels.get(UUID(here.speaker.id)) if here and here.speaker else None
    return None if here is None or channel is None or mode.why_not else (here, channel)
