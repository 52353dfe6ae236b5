"""How an account stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connectors.bluesky import session, wire
from hearwell.connectors.bluesky.manifest import MANIFEST
from hearwell.kit import clock

_OK, _UNKNOWN, _WARNING, _BAD = (
    HealthState.OK,
    HealthState.UNKNOWN,
    HealthState.WARNING,
    HealthState.BAD,
)
_LOW = 0.1
_NO_SERVER = "The address of the account's server is missing. Please reconnect the account."
_NO_ID = "The account's own id (DID) is missing. Please reconnect the account."
_FOREIGN = "The app password belongs to another account."
_DEAD = "Bluesky does not accept the app password any more. Make a new one and reconnect."
_RUN_OUT = "The session has run out; the next call renews it."
_MAIN = "Connected with the account's own password. Please reconnect it with an app password."
_MOVED = "The account has moved to another server. Please reconnect it."
_NO_VIEW = "The account's server cannot read notifications: its link to Bluesky's app fails."


@dataclass
class _Pace:
    """The tightest allowance that any answer told of."""

    tightest: wire.Allowance | None = field(default=None)

    def note(self, response: httpx.Response) -> None:
        found = wire.allowance(response)
        if found and (self.tightest is None or _share(found) < _share(self.tightest)):
            self.tightest = found

    def check(self) -> HealthCheck:
        found = self.tightest
        if found is None or _share(found) >= _LOW:
            return HealthCheck("quota", _OK)
        until = f" until {found.reset_at:%H:%M} UTC" if found.reset_at else ""
        words = f"{found.left} of {found.limit} calls are left{until}."
        return HealthCheck("quota", _WARNING, words)


def _share(allowance: wire.Allowance) -> float:
    return allowance.left / max(1, allowance.limit)


def health(open_client: session.OpenClient, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    server = account.settings.get("pds", "")
    if not session.host_of(server):
        return Health((HealthCheck("settings", _BAD, _NO_SERVER),))
    if not account.external_id.startswith("did:"):
        return Health((HealthCheck("settings", _BAD, _NO_ID),))
    pace = _Pace()
    with open_client({session.host_of(server)}) as client:
        client.event_hooks = {"response": [pace.note]}
        line = wire.Line(client, server, account.secrets.get("access", ""))
        checks = [HealthCheck("settings", _OK)]
        for check in _asked(line, account):
            checks.append(check)
            if check.state in (_BAD, _UNKNOWN):
                return Health(tuple(checks))
    return Health((*checks, pace.check()))


def _asked(line: wire.Line, account: Account) -> Iterator[HealthCheck]:
    yield _reach(line)
    yield _credentials(line, account)
    yield _scopes(account)
    yield _subscription(line)


def _reach(line: wire.Line) -> HealthCheck:
    try:
        wire.Line(line.client, line.server).get("com.atproto.server.describeServer", {})
    except failures.Throttled as failure:
        return HealthCheck("reach", _WARNING, failure.message)
    except failures.Failure as failure:
        return HealthCheck("reach", _BAD, failure.message)
    return HealthCheck("reach", _OK)


def _credentials(line: wire.Line, account: Account) -> HealthCheck:
    try:
        answer = line.get("com.atproto.server.getSession", {})
    except failures.NeedsReauth as failure:
        if "ExpiredToken" in failure.network_code and _can_renew(account):
            return HealthCheck("credentials", _UNKNOWN, _RUN_OUT)
        return HealthCheck("credentials", _BAD, _DEAD)
    except failures.Failure as failure:
        return HealthCheck("credentials", _BAD, failure.message)
    return _whose(answer, line.server, account)


def _whose(answer: wire.Answer, server: str, account: Account) -> HealthCheck:
    if answer.get("did") != account.external_id:
        return HealthCheck("credentials", _BAD, _FOREIGN)
    if answer.get("active") is False:
        words = f"Bluesky says that this account is {answer.get('status', 'not active')}."
        return HealthCheck("credentials", _BAD, words)
    home = session.server_of(answer.get("didDoc"))
    if home is not None and home != server.rstrip("/"):
        return HealthCheck("credentials", _WARNING, _MOVED)
    return HealthCheck("credentials", _OK)


def _can_renew(account: Account) -> bool:
    """There is a refresh token that has not run out, or the password to make one."""
    ends = session.claims_of(account.secrets.get("refresh", "")).get("exp")
    is_alive = isinstance(ends, int) and ends > clock.now().timestamp()
    return is_alive or bool(account.secrets.get("password"))


def _scopes(account: Account) -> HealthCheck:
    scope = session.claims_of(account.secrets.get("access", "")).get("scope")
    if scope == session.MAIN_PASSWORD:
        return HealthCheck("scopes", _WARNING, _MAIN)
    return HealthCheck("scopes", _OK)


def _subscription(line: wire.Line) -> HealthCheck:
    """Nobody calls us here: what counts is that asking works."""
    try:
        line.get("app.bsky.notification.listNotifications", {"limit": 1})
    except failures.ScopeMissing as failure:
        return HealthCheck("subscription", _BAD, failure.message)
    except failures.Failure as failure:
        return HealthCheck("subscription", _BAD, f"{_NO_VIEW} ({failure.network_code})")
    words = f"Notifications are asked for every {MANIFEST.poll_every_s:.0f} seconds."
    return HealthCheck("subscription", _OK, words)
