"""How an Instagram account is doing, by either way of signing in."""

from __future__ import annotations

from functools import partial

from hearwell.connect import failures
from hearwell.connect.fields import moment_or_none
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connectors.instagram import signin
from hearwell.connectors.instagram.manifest import (
    BY_INSTAGRAM,
    FIELDS,
    NEEDS_BY_FACEBOOK,
    NEEDS_BY_INSTAGRAM,
    OBJECT,
    PAGE_FIELDS,
)
from hearwell.connectors.meta import calls, health, hook
from hearwell.connectors.meta.tokens import App, Facts
from hearwell.connectors.meta.wire import Graph, Meta

_NO_TOKEN = "This account has no token yet. Please connect it."  # noqa: S105 -- words
_OTHER = "The token belongs to another account. Please connect this one again."
_BY_HAND = (
    "Instagram is asked every few minutes and does not call us. With the Meta app's ID and secret"
    " it can be switched on: connect the account again and fill them in."
)
_NOT_THIS_ONE = "Instagram does not call us for this account. Connect it again to switch it on."


def health_of(meta: Meta, account: Account, line: Graph) -> Health:
    """Settings, reach, credentials, permissions, webhook, pace. Never raises a failure."""
    if account.settings.get("way") == BY_INSTAGRAM:
        return _alone(account, line)
    above, _ = subscribed(account)
    app, told = meta_app(account), calls.Hook(OBJECT, FIELDS)
    return health.verdict(
        meta,
        app,
        line.token,
        account_id=account.external_id,
        targets=tuple(filter(None, (account.external_id, account.settings.get("page_id", "")))),
        needs=NEEDS_BY_FACEBOOK,
        asks=health.Questions(
            partial(identity, account, line),
            partial(calls.check_of, meta, app, line, above, told, account_fields=PAGE_FIELDS),
        ),
    )


def _alone(account: Account, line: Graph) -> Health:
    """Without a Page: Instagram says who a token is for, and not what it may do."""
    if not line.token:
        return Health((HealthCheck("settings", HealthState.BAD, _NO_TOKEN),))
    passed = [HealthCheck("settings")]
    ends = moment_or_none(account.secrets.get("expires_at"))
    try:
        is_ours = identity(account, line) == account.external_id
        passed.append(HealthCheck("reach"))
        if not is_ours:
            other = HealthCheck("credentials", HealthState.BAD, _OTHER)
            return Health((*passed, other), expires_at=ends)
        passed.append(HealthCheck("credentials"))
        facts = Facts(is_valid=True, scopes=account.scopes)
        passed.append(health.scopes_check(facts, NEEDS_BY_INSTAGRAM))
        passed.append(_called(account, line))
    except failures.Failure as failure:
        told = health.failed(failure, {one.name for one in passed})
        return Health((*passed, *told), expires_at=ends)
    return Health((*passed, HealthCheck("quota")), expires_at=ends)


def _called(account: Account, line: Graph) -> HealthCheck:
    answer = line.get(f"{account.external_id}/subscribed_apps")
    fields = answer.entries[0].get("subscribed_fields") if answer.entries else None
    if not fields:
        return HealthCheck(calls.SUBSCRIPTION, HealthState.WARNING, _NOT_THIS_ONE)
    if not account.settings.get("meta_app_id"):
        return HealthCheck(calls.SUBSCRIPTION, HealthState.UNKNOWN, _BY_HAND)
    return HealthCheck(calls.SUBSCRIPTION)


def identity(account: Account, line: Graph) -> str:
    """The account that the token speaks for: its own, or that of the Page."""
    if account.settings.get("way") == BY_INSTAGRAM:
        return signin.whoami(line)[0]
    me = line.get("me", {"fields": "instagram_business_account"}).fields
    linked = me.get("instagram_business_account")
    return hook.id_in(linked, "id") if isinstance(linked, dict) else ""


def meta_app(account: Account) -> App:
    """The app that has the webhook: where one signs in on Instagram, Meta's beside Instagram's."""
    kind = "meta_app" if account.settings.get("way") == BY_INSTAGRAM else "app"
    secret = account.secrets.get(f"{kind}_secret", "")
    return App(account.settings.get(f"{kind}_id", ""), secret)


def subscribed(account: Account) -> tuple[str, tuple[str, ...]]:
    """Whom the app is told of, and of which fields: the account, or the Page that it is at."""
    page = account.settings.get("page_id", "")
    return (page, PAGE_FIELDS) if page else (account.external_id, FIELDS)
