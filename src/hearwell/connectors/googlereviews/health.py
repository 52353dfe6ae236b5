"""How a business stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from collections.abc import Iterator

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connect.wording import NOT_GIVEN, Wording
from hearwell.connectors.google.wire import Line
from hearwell.connectors.googlereviews import places, ringing
from hearwell.connectors.googlereviews.listing import locations_of
from hearwell.connectors.googlereviews.manifest import PUBSUB_SCOPE, SCOPE

_OK, _UNKNOWN, _WARNING, _BAD = (
    HealthState.OK,
    HealthState.UNKNOWN,
    HealthState.WARNING,
    HealthState.BAD,
)
_NO_ACCOUNT = "The business account's id is missing. Please reconnect the account."
_NO_PLACE = "No location is known. Please reconnect the account."
_FOREIGN = "The sign-in does not manage this business any more."
_RENEWED = "Google does not accept the sign-in just now; it is renewed with the next call."
_NEW = Wording(
    "Google lists %(more)s more locations. Reconnect the account to hear of their reviews, too."
)
_UNREADABLE = Wording("Reviews cannot be read: %(why)s (%(code)s)")


def identity(line: Line, account: Account) -> str:
    """The business that the token may speak for. Raises what any call may."""
    names = [one.get("name") for one in places.accounts(line)]
    if account.external_id in names:
        return account.external_id
    raise failures.NeedsReauth(_FOREIGN, network_code="no_account")


def health(accounts: Line, locations: Line, reviews: Line, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    checks: list[HealthCheck] = []
    for check in _checks(accounts, locations, reviews, account):
        checks.append(check)
        if check.state is _BAD:
            break
    return Health(tuple(checks))


def _checks(
    accounts: Line, locations: Line, reviews: Line, account: Account
) -> Iterator[HealthCheck]:
    known = locations_of(account)
    if not account.external_id.startswith("accounts/") or not account.secrets:
        yield HealthCheck("settings", _BAD, _NO_ACCOUNT)
        return
    if not known:
        yield HealthCheck("settings", _BAD, _NO_PLACE)
        return
    yield HealthCheck("settings", _OK)
    try:
        identity(accounts, account)
    except failures.Failure as failure:
        yield from _refused(account, failure)
        return
    yield from (HealthCheck("reach", _OK), HealthCheck("credentials", _OK), _scopes(account))
    yield _subscription(locations, reviews, account)


def _refused(account: Account, failure: failures.Failure) -> Iterator[HealthCheck]:
    down = (failures.Unavailable, failures.OutcomeUnknown, failures.ContractChanged)
    if isinstance(failure, down):
        yield HealthCheck("reach", _BAD, failure.message)
        return
    yield HealthCheck("reach", _OK)
    if isinstance(failure, failures.NeedsReauth):
        can_renew = bool(account.secrets.get("refresh")) and failure.network_code != "no_account"
        state, words = (_UNKNOWN, _RENEWED) if can_renew else (_BAD, failure.message)
        yield HealthCheck("credentials", state, words)
    elif isinstance(failure, failures.ScopeMissing):
        yield HealthCheck("scopes", _BAD, failure.message)
    else:
        state = _WARNING if failure.retryable else _BAD
        yield HealthCheck("quota", state, f"{failure.message} ({failure.network_code})")


def _scopes(account: Account) -> HealthCheck:
    wanted = [SCOPE, *([PUBSUB_SCOPE] if account.settings.get(ringing.SUBSCRIPTION) else [])]
    missing = [one for one in wanted if account.scopes and one not in account.scopes]
    if missing:
        return HealthCheck("scopes", _BAD, NOT_GIVEN(right=missing[0]))
    return HealthCheck("scopes", _OK)


def _subscription(locations: Line, reviews: Line, account: Account) -> HealthCheck:
    """That reviews can be read, and of how many locations we do not hear."""
    known = locations_of(account)
    try:
        name = f"{account.external_id}/locations/{next(iter(known))}"
        reviews.get(f"v4/{name}/reviews", {"pageSize": 1})
        there = places.locations(locations, account.external_id)
    except failures.Failure as failure:
        words = _UNREADABLE(why=failure.message, code=failure.network_code)
        return HealthCheck("subscription", _BAD, words)
    more = len(set(there) - set(known))
    return HealthCheck("subscription", _WARNING if more else _OK, _NEW(more=more) if more else "")
