"""Tell a network where to call us, and that it need not any more; for the worker, in jobs.

A network that can only call needs a public https address. Without one nothing is lost where it can
also be asked: the page says so, and polling goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings

from hearwell.accounts.models import User
from hearwell.channels.models import Channel, ChannelHealth, ChannelState, Endpoint, HookState
from hearwell.channels.queries import hook_path
from hearwell.channels.rules import is_public_url
from hearwell.channels.services.accounts import opened_account, renew_secrets
from hearwell.channels.services.connecting import (
    destroy_secrets,
    hook_lock,
    is_subscribed,
    rotate_secret,
)
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.contract import Subscribes
from hearwell.connect.failures import Failure, NeedsReauth
from hearwell.connect.model import Account
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)


def ask_to_subscribe(channel: Channel) -> None:
    """Have the network told where to call us, or that it cannot, if it must be told. In scope."""
    if not is_subscribed(channel.network):
        _note(channel, HookState.NONE)
        return
    from hearwell.channels.tasks import subscribe

    _note(channel, HookState.WAITING if _is_reachable() else HookState.UNREACHABLE)
    # With the channel's other talk about calls one after the other: a goodbye must not come last.
    job = subscribe.configure(lock=hook_lock(channel.id))
    job.defer(workspace_id=str(channel.workspace_id), channel_id=str(channel.id))


def rotate(channel: Channel, *, actor: User | None = None) -> str:
    """Give the channel's webhook a new secret, and the network too where we can tell it.

    Returns it, to be shown once. Raises as `rotate_secret`.
    """
    fresh = rotate_secret(channel, actor=actor)
    ask_to_subscribe(channel)
    return fresh


def subscribe_account(workspace_id: UUID, channel_id: UUID) -> None:
    """Tell the network our address; how that went stands under the channel's health.

    Where it could not reach us, it is told to call nobody: some networks cannot be asked while
    they believe that they call. Raises the failure if trying again may help.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        connector = connector_for(channel.network)
        path = hook_path(channel)
        is_gone = channel.state == ChannelState.DISCONNECTED
        if is_gone or path is None or channel.endpoint_id is None:
            return
        if not isinstance(connector, Subscribes):
            return
        account = opened_account(channel)
        secrets = opened_ingress(Endpoint.objects.get(id=channel.endpoint_id))
    url, is_reachable = settings.HEARWELL_URL + path, _is_reachable()

    def tell(account: Account) -> None:
        if is_reachable:
            connector.subscribe(account, url, secrets)
        else:
            connector.unsubscribe(account)

    try:
        _renewed_once(channel, account, tell)
    except Failure as failure:
        with scope(workspace_id):
            _note(channel, HookState.FAILED, failure.message)
        if failure.retryable:
            raise
        return
    with scope(workspace_id):
        _note(channel, HookState.ON if is_reachable else HookState.UNREACHABLE)


def _is_reachable() -> bool:
    return is_public_url(settings.HEARWELL_URL)


def part_from(workspace_id: UUID, channel_id: UUID) -> None:
    """Tell the network to stop calling a disconnected account, then destroy its secrets.

    Whatever the network answers: what was asked for is that we can no longer speak for it.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        if channel.state != ChannelState.DISCONNECTED:
            return
        account = opened_account(channel)
    try:
        connector = connector_for(channel.network)
        if isinstance(connector, Subscribes) and account.secrets:
            connector.unsubscribe(account)
    except (Failure, UnknownNetworkError) as problem:
        log.info("unsubscribe_failed", network=channel.network, error_type=type(problem).__name__)
    except Exception:
        log.exception("connector_bug", network=channel.network)
    with scope(workspace_id):
        # It may have been connected anew while the network was told: then the secrets are new.
        still = Channel.objects.select_for_update().get(workspace_id=workspace_id, id=channel_id)
        if still.state == ChannelState.DISCONNECTED:
            destroy_secrets(still)
            _note(still, HookState.NONE)


def _renewed_once(channel: Channel, account: Account, call: Callable[[Account], None]) -> None:
    """Call; a dead token is renewed once."""
    try:
        call(account)
    except NeedsReauth:
        with scope(channel.workspace_id):
            renewed = renew_secrets(channel, account)
        call(renewed)


def _note(channel: Channel, state: HookState, message: str = "") -> None:
    ChannelHealth.objects.filter(workspace_id=channel.workspace_id, channel=channel).update(
        hook_state=state, hook_message=message
    )
