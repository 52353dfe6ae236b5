"""How a channel stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from collections.abc import Iterator

from hearwell.connect import failures
from hearwell.connect.fields import nonempty_in
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connect.wording import NOT_GIVEN, Wording
from hearwell.connectors.google.wire import Line, objects
from hearwell.connectors.youtube.listing import API, STREAMS
from hearwell.connectors.youtube.manifest import MANIFEST, SCOPE
from hearwell.connectors.youtube.planning import allowed

_OK, _UNKNOWN, _WARNING, _BAD = (
    HealthState.OK,
    HealthState.UNKNOWN,
    HealthState.WARNING,
    HealthState.BAD,
)
_NO_CHANNEL = "The channel's id is missing. Please reconnect the account."
_NO_SIGN_IN = "The sign-in with Google is missing. Please reconnect the account."
_FOREIGN = "The sign-in belongs to another channel. Please reconnect with the right one."
_ENDED = "Google does not accept the sign-in just now; it is renewed with the next call."
_NO_SCOPE = NOT_GIVEN(right=SCOPE)
_UNREADABLE = Wording("Comments cannot be read: %(why)s (%(code)s)")
_UNITS = Wording("%(units)s units a day are for listening (Google's default is %(whole)s in all).")
_SCARCE = "The units of a day allow few looks. Ask Google for more, or set what you were granted."
_FEW = 200


def identity(line: Line) -> str:
    """The channel that the token speaks for. Raises what any call may."""
    found = objects(line.get(f"{API}/channels", {"part": "id", "mine": "true"}), "items")
    if not found:
        message = "This Google account has no YouTube channel."
        raise failures.NeedsReauth(message, network_code="no_channel")
    return nonempty_in(found[0], "id")


def health(line: Line, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    checks: list[HealthCheck] = []
    for check in _checks(line, account):
        checks.append(check)
        if check.state is _BAD:
            break
    return Health(tuple(checks))


def _checks(line: Line, account: Account) -> Iterator[HealthCheck]:
    if not account.external_id.startswith("UC"):
        yield HealthCheck("settings", _BAD, _NO_CHANNEL)
        return
    if not account.secrets:
        yield HealthCheck("settings", _BAD, _NO_SIGN_IN)
        return
    yield HealthCheck("settings", _OK)
    yield from _asked(line, account)


def _asked(line: Line, account: Account) -> Iterator[HealthCheck]:
    try:
        found = identity(line)
    except (failures.Unavailable, failures.OutcomeUnknown, failures.ContractChanged) as failure:
        yield HealthCheck("reach", _BAD, failure.message)
        return
    except failures.NeedsReauth as failure:
        yield HealthCheck("reach", _OK)
        can_renew = bool(account.secrets.get("refresh")) and failure.network_code != "no_channel"
        yield HealthCheck("credentials", *((_UNKNOWN, _ENDED) if can_renew else
                                           (_BAD, failure.message)))  # fmt: skip
        return
    except failures.ScopeMissing as failure:
        yield HealthCheck("reach", _OK)
        yield HealthCheck("scopes", _BAD, failure.message)
        return
    except failures.Failure as failure:
        yield from (HealthCheck("reach", _OK), _limited(failure))
        return
    yield HealthCheck("reach", _OK)
    is_ours = found == account.external_id
    yield HealthCheck("credentials", _OK if is_ours else _BAD, "" if is_ours else _FOREIGN)
    yield _scopes(account)
    yield _subscription(line, account)
    yield _quota(account)


def _limited(failure: failures.Failure) -> HealthCheck:
    until = f" Until {failure.retry_at:%Y-%m-%d %H:%M} UTC." if failure.retry_at else ""
    state = _WARNING if failure.retryable else _BAD
    return HealthCheck("quota", state, f"{failure.message}{until} ({failure.network_code})")


def _scopes(account: Account) -> HealthCheck:
    if account.scopes and SCOPE not in account.scopes:
        return HealthCheck("scopes", _BAD, _NO_SCOPE)
    return HealthCheck("scopes", _OK)


def _subscription(line: Line, account: Account) -> HealthCheck:
    """Nobody calls us here: what counts is that asking works."""
    params: dict[str, str | int] = {
        "part": "id",
        "allThreadsRelatedToChannelId": account.external_id,
        "maxResults": 1,
    }
    try:
        line.get(f"{API}/commentThreads", params)
    except failures.Failure as failure:
        words = _UNREADABLE(why=failure.message, code=failure.network_code)
        return HealthCheck("subscription", _BAD, words)
    return HealthCheck("subscription", _OK)


def _quota(account: Account) -> HealthCheck:
    units = sum(allowed(account, stream) for stream in STREAMS)
    quota = MANIFEST.quota
    whole = quota.units if quota else 0
    words = _UNITS(units=f"{units:,}", whole=f"{whole:,}")
    return HealthCheck("quota", _OK if units >= _FEW else _WARNING,
                       words if units >= _FEW else _SCARCE)  # fmt: skip
