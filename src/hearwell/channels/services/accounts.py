"""Accounts as connectors see them, with their secrets: for the sender and the listener alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from hearwell.channels.models import Channel, Credential
from hearwell.channels.queries import account_of
from hearwell.channels.services.connecting import store_secrets
from hearwell.channels.services.secrets import opened_egress
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.contract import Refreshes
from hearwell.connect.failures import NeedsReauth
from hearwell.connect.model import Account
from hearwell.connect.registry import connector_for


def opened_account(channel: Channel) -> Account:
    """Return the account with its secrets. Raises kit.seal.KeyMissingError in the web process."""
    credential = Credential.objects.filter(
        workspace_id=channel.workspace_id, channel=channel
    ).first()
    secrets = opened_egress(credential) if credential else {}
    return replace(account_of(channel), secrets=secrets)


def renew_secrets(channel: Channel, stale: Account) -> Account:
    """Return the account with working secrets, renewing them if nobody else just did.

    The row is locked: a refresh token may be good only once. New secrets are stored before they
    are used. Raises NeedsReauth when only a person can help.
    """
    with transaction.atomic():
        credential = (
            Credential.objects.select_for_update()
            .filter(workspace_id=channel.workspace_id, channel=channel)
            .first()
        )
        if credential is None:
            raise NeedsReauth
        current = replace(stale, secrets=opened_egress(credential))
        if dict(current.secrets) != dict(stale.secrets):
            return current
        connector = connector_for(channel.network)
        if not isinstance(connector, Refreshes):
            raise NeedsReauth
        fresh = {**current.secrets, **{k: v for k, v in _renewed(connector, current).items() if v}}
        store_secrets(channel, fresh)
    return replace(current, secrets=fresh)


def _renewed(connector: Refreshes, account: Account) -> Mapping[str, str]:
    """Ask for new secrets; an app that is not known any more is for a person to put right."""
    try:
        return connector.refresh(account)
    except FieldRefused as refused:
        raise NeedsReauth(refused.message, network_code=refused.network_code) from None
