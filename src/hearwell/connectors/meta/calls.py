"""Have Meta call us: once for the app, once more for each account. Both can be lost silently.

An app has one address for each kind of thing (Pages, Instagram, WhatsApp), whichever account it is
about: accounts of one app share one way in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from hearwell.connect.failures import TargetGone
from hearwell.connect.health import HealthCheck, HealthState
from hearwell.connectors.meta.tokens import App
from hearwell.connectors.meta.wire import Graph, Meta

SUBSCRIPTION = "subscription"
_OFF = (
    "Meta does not call us: the app's webhook is missing or was switched off, as Meta does after"
    " failures. Connect the account again to switch it on."
)
_NOT_THIS_ONE = "The app is called, but not for this account. Connect it again to switch it on."
_TOO_LITTLE = "Meta does not tell us of: {fields}. Connect the account again to be told."


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Meta shall call: about what (``page``, …), at which address, of which fields."""

    kind: str
    fields: Collection[str]
    url: str = ""
    challenge: str = field(default="", repr=False)


def subscribe_app(meta: Meta, app: App, hook: Hook) -> None:
    """Set the app's address; Meta asks it for the handshake before it answers. Raises failures."""
    body = {
        "object": hook.kind,
        "callback_url": hook.url,
        "verify_token": hook.challenge,
        "fields": ",".join(hook.fields),
    }
    meta.line(app.token).post(f"{app.id}/subscriptions", body)


def subscribe_account(line: Graph, account_id: str, fields: Iterable[str]) -> None:
    """Have the app be told of this account, too; again is no error. Raises failures."""
    line.post(f"{account_id}/subscribed_apps", {"subscribed_fields": ",".join(fields)})


def unsubscribe_account(line: Graph, account_id: str) -> None:
    """Have the app not be told of this account any more; again is no error. Raises failures."""
    try:
        line.delete(f"{account_id}/subscribed_apps")
    except TargetGone:
        return


def check_of(
    meta: Meta,
    app: App,
    line: Graph,
    account_id: str,
    hook: Hook,
    *,
    account_fields: Collection[str] = (),
) -> HealthCheck:
    """Whether Meta calls us for this account, and tells us all of it. Raises failures.

    ``account_fields`` are those that the account tells the app of, where they are others.
    """
    told = _told_of(meta, app, hook.kind)
    if told is None:
        return HealthCheck(SUBSCRIPTION, HealthState.WARNING, _OFF)
    answer = line.get(f"{account_id}/subscribed_apps")
    # A line that names no app is the answer about the app that asks.
    own = [one for one in answer.entries if str(one.get("id", app.id)) == app.id]
    if not own:
        return HealthCheck(SUBSCRIPTION, HealthState.WARNING, _NOT_THIS_ONE)
    fields = own[0].get("subscribed_fields")
    lacking = sorted(set(hook.fields) - told)
    if isinstance(fields, list):
        given = {str(one) for one in fields}
        lacking = sorted({*lacking, *(set(account_fields or hook.fields) - given)})
    if lacking:
        words = _TOO_LITTLE.format(fields=", ".join(lacking))
        return HealthCheck(SUBSCRIPTION, HealthState.WARNING, words)
    return HealthCheck(SUBSCRIPTION)


def _told_of(meta: Meta, app: App, kind: str) -> set[str] | None:
    """The fields that the app's own webhook tells of; None where it is off."""
    for one in meta.line(app.token).get(f"{app.id}/subscriptions").entries:
        fields = one.get("fields")
        if one.get("object") == kind and one.get("active") is True and isinstance(fields, list):
            return {str(f.get("name") if isinstance(f, dict) else f) for f in fields}
    return None
