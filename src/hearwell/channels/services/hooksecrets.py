"""What signs a network's calls, where the network chooses it: the new one is typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.channels.models import Channel, ChannelState, Credential
from hearwell.channels.services.connecting import (
    held_ingress,
    hook_secrets,
    lay_over,
    note_new_secret,
    store_ingress,
    wake_listeners,
)
from hearwell.channels.services.subscribing import ask_to_subscribe
from hearwell.channels.services.trying import NotConnectableError, ways_in
from hearwell.connect.connecting import Field, filled_in
from hearwell.connect.contract import ReceivesWebhooks
from hearwell.connect.model import IngressSecrets
from hearwell.connect.registry import UnknownNetworkError, connector_for

SHORTEST: Final = 16
# Of each secret so many before it stay good: nobody can tell a slip of the finger from the change.
KEPT: Final = 2
_TOO_SHORT: Final = "Please take sixteen characters or more."


def secret_fields(channel: Channel) -> list[Field]:
    """Return what to ask for when the network has a new secret; empty if the house makes it up."""
    names = hook_secrets(channel.network)
    try:
        fields = {one.name: one for one in ways_in(channel.network).fields} if names else {}
    except (NotConnectableError, UnknownNetworkError):
        return []
    found = [replace(fields[name], is_advanced=False) for name in names if name in fields]
    return [replace(found[0], is_required=True)] if len(found) == 1 else found


def read_secrets(
    fields: Sequence[Field], typed: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed, without what stayed empty; and what is wrong with it, by field."""
    filled = filled_in(fields, {name: value.strip() for name, value in typed.items()})
    given = {name: value for name, value in filled.given.items() if value}
    short = {name: _TOO_SHORT for name, value in given.items() if len(value) < SHORTEST}
    return given, {**short, **filled.refused}


@transaction.atomic
def replace_secrets(
    channel: Channel, given: Mapping[str, str], *, actor: User | None = None
) -> None:
    """Accept calls that are signed with these from now on, and speak with them where we must.

    Those before stay good (``KEPT`` of each): nothing on its way is refused, nor is everything
    after a slip of the finger. Whoever is called at the same address has the same. Audited.
    Raises ReadOnlyChannelError, DisconnectedChannelError.
    """
    known = held_ingress(channel)
    names = hook_secrets(channel.network)
    fresh = [given[name] for name in names if given.get(name)]
    before = [one for one in known.signing if one not in fresh]
    challenge = fresh[0] if fresh and _answers_with_it(channel.network) else known.challenge
    signing = (*fresh, *before[: KEPT * len(names)])
    store_ingress(channel, IngressSecrets(signing, challenge))
    for one in _mates(channel):
        if Credential.objects.filter(workspace_id=one.workspace_id, channel=one).exists():
            lay_over(one, given)
    note_new_secret(channel, actor)
    ask_to_subscribe(channel)
    transaction.on_commit(wake_listeners)


def _answers_with_it(network: str) -> bool:
    connector = connector_for(network)
    return isinstance(connector, ReceivesWebhooks) and connector.answers_with_it


def _mates(channel: Channel) -> list[Channel]:
    """Find the accounts of this app in the workspace, itself among them."""
    rows = Channel.objects.filter(
        workspace_id=channel.workspace_id, endpoint_id=channel.endpoint_id
    )
    return list(rows.exclude(state=ChannelState.DISCONNECTED))
