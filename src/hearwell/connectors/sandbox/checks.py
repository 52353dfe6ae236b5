"""What Harbour says of an account of ours, as checks of its health. Pure."""

from __future__ import annotations

from hearwell.connect.health import HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connectors.sandbox import wire

_MAY_NOT_WRITE = "The right “write” is missing: this account may read, but not answer."


def of_account(account: Account, me: wire.Answer) -> tuple[HealthCheck, ...]:
    """What the account may do, by what Harbour says of it."""
    is_ours = me.get("page") == account.external_id
    scopes = me.get("scopes")
    may_write = isinstance(scopes, list) and "write" in scopes
    subscribed = me.get("webhook") is True
    return (
        HealthCheck("credentials")
        if is_ours
        else HealthCheck("credentials", HealthState.BAD, "The token belongs to another page."),
        HealthCheck("scopes")
        if may_write
        else HealthCheck("scopes", HealthState.WARNING, _MAY_NOT_WRITE),
        HealthCheck("subscription")
        if subscribed
        else HealthCheck(
            "subscription", HealthState.WARNING, "Harbour does not call us; we ask it."
        ),
        HealthCheck("quota"),
    )
