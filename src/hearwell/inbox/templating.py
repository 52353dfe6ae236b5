"""Approved templates: offered where the network takes no free words any more, and known again.

What a template says is text like any other until it is addressed: it is counted, guarded, approved,
taken back and kept as a draft as such. Words that are a template's become one where the window is
closed; so a reply that was taken back is the same template again when it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.connect.contract import Connector
from hearwell.connect.model import Audience, Draft
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.templates import SendsTemplates, Template, template_saying


def is_window_closed(
    connector: Connector, audience: Audience, heard_at: datetime | None, at: datetime
) -> bool:
    """Say whether the time to answer freely has passed, counted from the customer's message."""
    window = connector.manifest.window(audience)
    return window is not None and heard_at is not None and heard_at + window <= at


def as_template(connector: Connector, channel: Channel, draft: Draft, at: datetime) -> Draft:
    """Return the draft as the approved template whose words it says, if only such are taken."""
    if not isinstance(connector, SendsTemplates):
        return draft
    if not is_window_closed(connector, draft.audience, draft.parent_seen_at, at):
        return draft
    filled = template_saying(connector.templates(account_of(channel)), draft.text)
    return replace(draft, template=filled)


def templates_for(
    channel: Channel, audience: Audience, heard_at: datetime | None, at: datetime
) -> Sequence[Template] | None:
    """Return what may still be sent once the window has closed; None while words are free."""
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return None
    if not isinstance(connector, SendsTemplates):
        return None
    if not is_window_closed(connector, audience, heard_at, at):
        return None
    return connector.templates(account_of(channel))
