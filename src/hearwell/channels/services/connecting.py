"""Connect accounts, pause and resume them, disconnect them, change their secrets."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Func, Value

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
from hearwell.connect.contract import ReceivesWebhooks, Subscribes
from hearwell.connect.model import IngressSecrets
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.events.services import emit
from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.notify import notify

ENDPOINTS_CHANNEL, LISTEN_CHANNEL = "hearwell_endpoints", "hearwell_listen"


class ReadOnlyChannelError(Exception):
    """An archive has no network behind it: it can be neither paused nor resumed."""


class NetworksSecretError(Exception):
    """The network itself chooses what it signs with: a secret made up here would fit nothing."""


class DisconnectedChannelError(Exception):
    """The account was disconnected: it can be connected again, and nothing else."""


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

    An account that is known keeps its history, its cursors and its endpoint. Each secret given
    stands in front of the one before; one that is not given stays as it was. They are sealed
    here and never shown again.
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
    endpoint = _endpoint_of(channel)
    ChannelHealth.objects.get_or_create(workspace_id=workspace_id, channel=channel)
    if secrets:
        lay_over(channel, secrets)
    _give_ingress(channel, endpoint, ingress)
    action = "channel.connected" if is_new else "channel.reconnected"
    _audit(channel, action, actor, {"network": network, "handle": handle, "purpose": purpose})
    emit([ChannelConnected(workspace_id, channel.id, network, handle)])
    transaction.on_commit(wake_listeners)
    return channel


def set_purpose(channel: Channel, purpose: str, *, actor: User | None = None) -> None:
    """Say what an account is for; audited. Raises ValueError for what is no purpose."""
    before, after = channel.purpose, Purpose(purpose).value
    if before == after:
        return
    channel.purpose = after
    channel.save(update_fields=["purpose"])
    entry = AuditEntry(
        "channel.purpose",
        actor,
        "channel",
        channel.id,
        str(channel),
        {"purpose": before},
        {"purpose": after},
    )
    record_audit(channel.workspace_id, [entry])


def _endpoint_of(channel: Channel) -> Endpoint:
    """Return the channel's endpoint, made if it has none yet.

    Accounts of one app share one, for the app has one address to call.
    """
    mates, others = _beside(channel)
    shared = next((one.endpoint_id for one in mates), None)
    if shared is not None:
        endpoint = Endpoint.objects.get(id=shared)
    elif channel.endpoint_id is not None and not others:
        return Endpoint.objects.get(id=channel.endpoint_id)
    else:
        endpoint = Endpoint.objects.create(
            token=random_secrets.token_urlsafe(24), network=channel.network
        )
    if channel.endpoint_id != endpoint.id:
        channel.endpoint_id = endpoint.id
        channel.save(update_fields=["endpoint_id"])
    return endpoint


def _beside(channel: Channel) -> tuple[list[Channel], list[Channel]]:
    """Find who shares the channel's app and has an endpoint, and who else is at its own endpoint.

    Only within the workspace: that another one knows an app's number proves nothing.
    """
    name = _shared_by(channel.network)
    if not name:
        return [], []
    rows = Channel.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    known = rows.exclude(id=channel.id).exclude(endpoint_id=None).order_by("connected_at", "id")
    app = channel.settings.get(name)
    mates = [one for one in known if app and one.settings.get(name) == app]
    return mates, [one for one in known if one.endpoint_id == channel.endpoint_id]


def _shared_by(network: str) -> str:
    """Name the setting by which accounts of this network share an endpoint; empty for none."""
    try:
        connector = connector_for(network)
    except UnknownNetworkError:
        return ""
    return connector.hook_shared_by if isinstance(connector, ReceivesWebhooks) else ""


def _give_ingress(channel: Channel, endpoint: Endpoint, given: IngressSecrets | None) -> None:
    """Store what was given in front of what is known, or make a secret up where one is needed.

    The one before stays good until the next change, so that nothing in flight is refused.
    """
    if given is None:
        is_silent = channel.state != ChannelState.ACTIVE or not is_called(channel.network)
        if endpoint.sealed or is_silent:
            return
        given = IngressSecrets(
            (random_secrets.token_urlsafe(32),), random_secrets.token_urlsafe(16)
        )
    known = opened_ingress(endpoint)
    others = [one for one in known.signing if one not in given.signing]
    before = others[: max(1, len(hook_secrets(channel.network)))]
    fresh = IngressSecrets((*given.signing, *before), given.challenge or known.challenge)
    store_ingress(channel, fresh)


def is_called(network: str) -> bool:
    """Say whether the network calls us."""
    try:
        return isinstance(connector_for(network), ReceivesWebhooks)
    except UnknownNetworkError:
        return False


def is_subscribed(network: str) -> bool:
    """Say whether the network has to be told where to call us."""
    try:
        return isinstance(connector_for(network), Subscribes)
    except UnknownNetworkError:
        return False


def lay_over(channel: Channel, secrets: Mapping[str, str]) -> None:
    """Put newer secrets in front of those that are stored, which this process may not open."""
    given = {name: value for name, value in secrets.items() if value}
    if not given:
        return
    known = Credential.objects.filter(workspace_id=channel.workspace_id, channel=channel)
    sealed = sealed_egress(channel.workspace_id, channel.id, given)
    longer = Func(F("laid_over"), Value(sealed), function="array_append")
    # One statement: a renewal that holds the row is waited for, and laid over as well.
    if not known.update(laid_over=longer, renewed_at=now()):
        store_secrets(channel, given)


def store_secrets(channel: Channel, secrets: Mapping[str, str]) -> None:
    """Seal and store an account's secrets as a whole; empty ones are no secrets."""
    given = {name: value for name, value in secrets.items() if value}
    Credential.objects.update_or_create(
        workspace_id=channel.workspace_id,
        channel=channel,
        defaults={
            "sealed": sealed_egress(channel.workspace_id, channel.id, given),
            "laid_over": [],
            "renewed_at": now(),
        },
    )


def lay_settings(channel: Channel, more: Mapping[str, str]) -> None:
    """Lay what the network told us over the account's settings; nobody's doing, so no audit."""
    with transaction.atomic():
        mine = Channel.objects.select_for_update(no_key=True)
        row = mine.get(workspace_id=channel.workspace_id, id=channel.id)
        if any(row.settings.get(name) != value for name, value in more.items()):
            row.settings = {**row.settings, **more}
            row.save(update_fields=["settings"])


def destroy_secrets(channel: Channel) -> None:
    """Remove what can speak in the account's name; nothing brings it back."""
    Credential.objects.filter(workspace_id=channel.workspace_id, channel=channel).delete()


def store_ingress(channel: Channel, ingress: IngressSecrets) -> None:
    """Seal and store what verifies the channel's webhooks; every gateway forgets the old."""
    if channel.endpoint_id is not None:
        _write_ingress(channel.endpoint_id, sealed_ingress(channel.endpoint_id, ingress))


def _write_ingress(endpoint_id: UUID, sealed: bytes) -> None:
    Endpoint.objects.filter(id=endpoint_id).update(sealed=sealed)
    notify(ENDPOINTS_CHANNEL, str(endpoint_id))


def wake_listeners() -> None:
    """Tell the listening processes that there are other accounts now: a hint, after the commit."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {LISTEN_CHANNEL}")


def rotate_secret(channel: Channel, *, actor: User | None = None) -> str:
    """Give the channel's webhook a new signing secret and return it, to be shown once.

    The one before stays good until the next rotation, so that nothing in flight is refused.
    Raises NetworksSecretError where the network chooses it.
    """
    if hook_secrets(channel.network):
        raise NetworksSecretError(channel.network)
    known = held_ingress(channel)
    fresh = random_secrets.token_urlsafe(32)
    store_ingress(channel, IngressSecrets((fresh, *known.signing[:1]), known.challenge))
    note_new_secret(channel, actor)
    return fresh


def held_ingress(channel: Channel) -> IngressSecrets:
    """Return what verifies the channel's calls, for a change of it: two come one after the other.

    Raises ReadOnlyChannelError for one that is called nowhere, DisconnectedChannelError.
    """
    if channel.endpoint_id is None:
        raise ReadOnlyChannelError(channel.handle)
    if channel.state == ChannelState.DISCONNECTED:
        raise DisconnectedChannelError(channel.handle)
    return opened_ingress(Endpoint.objects.select_for_update().get(id=channel.endpoint_id))


def note_new_secret(channel: Channel, actor: User | None) -> None:
    """Keep in the audit trail that what verifies the channel's calls is another one now."""
    _audit(channel, "channel.secret_rotated", actor, {})


def hook_secrets(network: str) -> tuple[str, ...]:
    """Name the fields that hold what the network signs with; empty where the house makes it up."""
    try:
        connector = connector_for(network)
    except UnknownNetworkError:
        return ()
    return connector.hook_secrets if isinstance(connector, ReceivesWebhooks) else ()


def pause(channel: Channel, *, actor: User | None = None) -> None:
    """Stop asking the network; what it still brings us is taken in."""
    _set_state(channel, ChannelState.PAUSED, actor)


def pause_ended(channel: Channel) -> None:
    """Stop asking for what says that it is gone for good; its health says so, too.

    Only what is active is paused: what a person has decided meanwhile stands.
    """
    channel.refresh_from_db(fields=["state"])
    if channel.state == ChannelState.ACTIVE:
        _set_state(channel, ChannelState.PAUSED, None, action="channel.paused_itself")


def resume(channel: Channel, *, actor: User | None = None) -> None:
    """Listen again, from where the cursors stand."""
    _set_state(channel, ChannelState.ACTIVE, actor)


def disconnect(channel: Channel, *, actor: User | None = None) -> bool:
    """Let go of an account: nothing comes in or goes out any more. What was said stays.

    What verifies its calls is forgotten here; so are the secrets that speak for it, unless the
    network has to be told first: then a job tells it and destroys them (`services.subscribing`).
    Returns whether anything changed. Audited. Connecting the account again takes everything up
    where it was.
    """
    if channel.state == ChannelState.DISCONNECTED:
        return False
    _set_state(channel, ChannelState.DISCONNECTED, actor, action="channel.disconnected")
    if channel.endpoint_id is not None:
        _close(channel)
    if is_subscribed(channel.network):
        ask_to_part(channel.workspace_id, channel.id)
    else:
        destroy_secrets(channel)
    return True


def _close(channel: Channel) -> None:
    """Let no call in any more; where others of its app are called there, only it goes."""
    mates, others = _beside(channel)
    if any(one.state != ChannelState.DISCONNECTED for one in (*mates, *others)):
        channel.endpoint_id = None
        channel.save(update_fields=["endpoint_id"])
    elif channel.endpoint_id is not None:
        _write_ingress(channel.endpoint_id, b"")


def ask_to_part(workspace_id: UUID, channel_id: UUID) -> None:
    """Queue the goodbye to a network, after which the secrets are destroyed."""
    from hearwell.channels.tasks import part

    jobs.defer_once(
        part,
        f"channels.part:{channel_id}",
        lock=hook_lock(channel_id),
        workspace_id=str(workspace_id),
        channel_id=str(channel_id),
    )


def hook_lock(channel_id: UUID) -> str:
    """Name the lock under which jobs talk with a network about its calls, one at a time."""
    return f"channels.hook:{channel_id}"


def _set_state(
    channel: Channel,
    state: ChannelState,
    actor: User | None,
    *,
    action: str = "channel.state_changed",
) -> None:
    if channel.state == ChannelState.READ_ONLY:
        raise ReadOnlyChannelError(channel.handle)
    if channel.state == ChannelState.DISCONNECTED:
        raise DisconnectedChannelError(channel.handle)
    before, channel.state = channel.state, state
    if before == state:
        return
    channel.save(update_fields=["state"])
    _audit(channel, action, actor, {"state": str(state)})
    emit([ChannelStateChanged(channel.workspace_id, channel.id, str(state))])
    transaction.on_commit(wake_listeners)


def _audit(channel: Channel, action: str, actor: User | None, after: Mapping[str, Any]) -> None:
    entry = AuditEntry(
        action, actor, "channel", channel.id, summary=f"{channel.network} {channel.handle}",
        after=after,
    )  # fmt: skip
    record_audit(channel.workspace_id, [entry])
