"""Connect accounts, pause and resume them, change their secrets."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.events import ChannelConnected, ChannelStateChanged
from hearwell.channels.models import (
    Brand,
    Channel,
    ChannelHealth,
    ChannelState,
    Credential,
    Endpoint,
    Purpose,
)
from hearwell.channels.services.secrets import opened_ingress, sealed_egress, sealed_ingress
from hearwell.connect.model import IngressSecrets
from hearwell.events.services import emit
from hearwell.kit.clock import now

ENDPOINTS_CHANNEL = "hearwell_endpoints"


class ReadOnlyChannelError(Exception):
    """An archive has no network behind it: it can be neither paused nor resumed."""


def connect_channel(  # noqa: PLR0913 -- an account has that many facts, all by name
    *,
    workspace_id: UUID,
    network: str,
    handle: str,
    external_id: str,
    brand: str,
    purpose: str = Purpose.CARE,
    state: str = ChannelState.ACTIVE,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    ingress: IngressSecrets | None = None,
    tier: str = "",
    scopes: Collection[str] = (),
    is_demo: bool = False,
    actor: User | None = None,
) -> Channel:
    """Connect an account, or connect it anew, in the caller's scope; audited.

    An account that is known keeps its history and its endpoint, and its secrets unless new ones
    are given, which replace the old set as a whole. They are sealed here and never shown again.
    """
    facts: dict[str, Any] = {
        "brand": Brand.objects.get_or_create(workspace_id=workspace_id, name=brand)[0],
        "handle": handle,
        "purpose": Purpose(purpose),
        "state": ChannelState(state),
        "settings": dict(settings or {}),
        "tier": tier,
        "scopes": sorted(scopes),
        "is_demo": is_demo,
        "connected_at": now(),
    }
    channel, is_new = Channel.objects.update_or_create(
        workspace_id=workspace_id, network=network, external_id=external_id, defaults=facts
    )
    _give_endpoint(channel)
    ChannelHealth.objects.get_or_create(workspace_id=workspace_id, channel=channel)
    if secrets:
        store_secrets(channel, secrets)
    if ingress is not None:
        store_ingress(channel, ingress)
    action = "channel.connected" if is_new else "channel.reconnected"
    _audit(channel, action, actor, {"network": network, "handle": handle, "purpose": purpose})
    emit([ChannelConnected(workspace_id, channel.id, network, handle)])
    return channel


def _give_endpoint(channel: Channel) -> None:
    if channel.endpoint_id is not None:
        return
    endpoint = Endpoint.objects.create(
        token=random_secrets.token_urlsafe(24), network=channel.network
    )
    channel.endpoint_id = endpoint.id
    channel.save(update_fields=["endpoint_id"])


def store_secrets(channel: Channel, secrets: Mapping[str, str]) -> None:
    """Seal and store an account's secrets as a whole; empty ones are no secrets."""
    given = {name: value for name, value in secrets.items() if value}
    Credential.objects.update_or_create(
        workspace_id=channel.workspace_id,
        channel=channel,
        defaults={
            "sealed": sealed_egress(channel.workspace_id, channel.id, given),
            "renewed_at": now(),
        },
    )


def store_ingress(channel: Channel, ingress: IngressSecrets) -> None:
    """Seal and store what verifies the channel's webhooks; every gateway forgets the old."""
    if channel.endpoint_id is None:
        return
    Endpoint.objects.filter(id=channel.endpoint_id).update(
        sealed=sealed_ingress(channel.endpoint_id, ingress)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [ENDPOINTS_CHANNEL, str(channel.endpoint_id)])


def rotate_secret(channel: Channel, *, actor: User | None = None) -> str:
    """Give the channel's webhook a new signing secret and return it, to be shown once.

    The one before stays good until the next rotation, so that nothing in flight is refused.
    """
    if channel.endpoint_id is None:
        raise ReadOnlyChannelError(channel.handle)
    endpoint = Endpoint.objects.get(id=channel.endpoint_id)
    known = opened_ingress(endpoint)
    fresh = random_secrets.token_urlsafe(32)
    store_ingress(channel, IngressSecrets((fresh, *known.signing[:1]), known.challenge))
    _audit(channel, "channel.secret_rotated", actor, {})
    return fresh


def pause(channel: Channel, *, actor: User | None = None) -> None:
    """Stop asking the network; what it still brings us is taken in."""
    _set_state(channel, ChannelState.PAUSED, actor)


def resume(channel: Channel, *, actor: User | None = None) -> None:
    """Listen again, from where the cursors stand."""
    _set_state(channel, ChannelState.ACTIVE, actor)


def _set_state(channel: Channel, state: ChannelState, actor: User | None) -> None:
    if channel.state == ChannelState.READ_ONLY:
        raise ReadOnlyChannelError(channel.handle)
    before, channel.state = channel.state, state
    if before == state:
        return
    channel.save(update_fields=["state"])
    _audit(channel, "channel.state_changed", actor, {"state": str(state)})
    emit([ChannelStateChanged(channel.workspace_id, channel.id, str(state))])


def _audit(channel: Channel, action: str, actor: User | None, after: Mapping[str, Any]) -> None:
    entry = AuditEntry(
        action, actor, "channel", channel.id, summary=f"{channel.network} {channel.handle}",
        after=after,
    )  # fmt: skip
    record_audit(channel.workspace_id, [entry])
