"""How an account stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from collections.abc import Iterator

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_in
from hearwell.connect.health import (
    Allowance,
    Health,
    HealthCheck,
    HealthState,
    followers_in,
)
from hearwell.connect.model import Account
from hearwell.connectors.mastodon import instance
from hearwell.connectors.mastodon.instance import Instance
from hearwell.connectors.mastodon.listing import NOTIFICATIONS
from hearwell.connectors.mastodon.manifest import SCOPES
from hearwell.connectors.mastodon.names import address_of, home_of, server_of
from hearwell.connectors.mastodon.wire import Answer, Line, allowance, reset_at, scope_missing

_MUCH = 9 / 10
_POLICY = "/api/v2/notifications/policy"
_WHOAMI = "/api/v1/accounts/verify_credentials"
_INCOMPLETE = "The connection is incomplete. Please connect the account again."


def whoami(line: Line) -> Answer:
    """The account that the token speaks for. Raises as any read, and ``AccountDisabled``."""
    try:
        return line.get(_WHOAMI, needs="read:accounts")
    except failures.NotAllowed as error:
        # One may always ask who one is, unless the server has shut the account out.
        raise failures.AccountDisabled(network_code=error.network_code) from error


def health(line: Line, account: Account) -> Health:
    """Check in the fixed order; the first that is bad ends the list."""
    checks: list[HealthCheck] = []
    left: list[Allowance] = []
    following: list[int] = []
    for check in _checks(line, account, left, following):
        checks.append(check)
        if check.state is HealthState.BAD:
            break
    return Health(
        tuple(checks),
        allowance=left[0] if left else None,
        followers=following[0] if following else None,
    )


def _checks(
    line: Line, account: Account, left: list[Allowance], following: list[int]
) -> Iterator[HealthCheck]:
    """One check after another; what goes wrong is the verdict of the one it went wrong in.

    ``left`` is told what the server allows, ``following`` how many follow, if it says so.
    """
    name = "settings"
    try:
        yield _settings(account)
        name = "reach"
        server = instance.ask(line)
        yield _good(name)
        name = "credentials"
        answer = whoami(line)
        credentials = _credentials(account, answer.fields)
        count = followers_in(answer.fields, "followers_count")
        if credentials.state is HealthState.OK and count is not None:
            following.append(count)
        yield credentials
        name = "scopes"
        yield _scopes(line)
        name = "subscription"
        yield _subscription(line, account, server)
        left += _allowance(answer)
        yield _quota(left)
    except failures.Throttled as failure:
        yield HealthCheck("quota", HealthState.WARNING, failure.message)
    except failures.ScopeMissing as failure:
        yield _bad("scopes", failure.message)
    except failures.Unavailable as failure:
        yield _bad("reach", failure.message)
    except failures.Failure as failure:
        yield _bad(name, failure.message)


def _settings(account: Account) -> HealthCheck:
    there = account.settings.get("account_id") and account.secrets.get("access")
    if not there or server_of(account.settings.get("server", "")) is None:
        return _bad("settings", _INCOMPLETE)
    return _good("settings")


def _credentials(account: Account, me: Fields) -> HealthCheck:
    address = address_of(text_in(me, "acct"), home_of(account.external_id))
    if address != account.external_id:
        return _bad("credentials", f"The token belongs to another account: {address}.")
    if text_in(me, "id") != account.settings.get("account_id"):
        # The server was set up anew: ids of before mean nothing there any more.
        return _bad("credentials", _INCOMPLETE)
    return _good("credentials")


def _scopes(line: Line) -> HealthCheck:
    """Every right that is needed, by name; that notifications may be read is tried."""
    missing = [scope for scope in SCOPES if line.scopes and not line.may(scope)]
    if missing:
        return _bad("scopes", scope_missing(", ".join(missing)).message)
    line.get(NOTIFICATIONS, {"limit": 1}, needs="read:notifications")
    return _good("scopes")


def _subscription(line: Line, account: Account, server: Instance) -> HealthCheck:
    """Whether what people write reaches us, and how fast."""
    dropped = _dropped(line)
    if dropped:
        message = (
            "The account's own settings for notifications drop some of what people write: "
            "what is dropped never reaches us. Choose to filter or accept it instead."
        )
        return HealthCheck("subscription", HealthState.WARNING, message)
    if server.streaming != account.settings.get("streaming", ""):
        message = "The server's live stream has moved. Please connect the account again."
        return HealthCheck("subscription", HealthState.WARNING, message)
    if not server.streaming:
        message = "This server has no live stream: it is asked every half minute."
        return HealthCheck("subscription", HealthState.OK, message)
    return _good("subscription")


def _dropped(line: Line) -> bool:
    """Whether the account lets its server throw notifications away (Mastodon 4.3 and later)."""
    try:
        policy = line.get(_POLICY, needs="read:notifications").fields
    except (failures.Refused, failures.ContractChanged):
        return False
    return any(name.startswith("for_") and value == "drop" for name, value in policy.items())


def _allowance(answer: Answer) -> list[Allowance]:
    found = allowance(answer.headers)
    if found is None:
        return []
    left, limit = found
    return [Allowance(limit - left, limit, resets_at=reset_at(answer.headers))]


def _quota(left: list[Allowance]) -> HealthCheck:
    if left and left[0].share > _MUCH:
        message = "Nearly all calls that the server allows for these minutes are used."
        return HealthCheck("quota", HealthState.WARNING, message)
    return _good("quota")


def _good(name: str) -> HealthCheck:
    return HealthCheck(name, HealthState.OK)


def _bad(name: str, message: str) -> HealthCheck:
    return HealthCheck(name, HealthState.BAD, message)
