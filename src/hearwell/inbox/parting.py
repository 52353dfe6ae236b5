"""The story of an account that is let go: nothing in, nothing out, everything said stays."""

from __future__ import annotations

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.channels import services as channels
from hearwell.channels.models import Channel
from hearwell.outbound.services.holding import hold_all_of


@transaction.atomic
def disconnect_account(channel: Channel, *, by: User) -> int:
    """Disconnect an account and hold what waits to be sent from it; returns how much was held.

    In scope. Raises channels' ReadOnlyChannelError for an archive. Doing it twice changes nothing.
    """
    if not channels.disconnect(channel, actor=by):
        return 0
    return hold_all_of(channel.workspace_id, channel.id, by_id=by.id)
