"""How a Page stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from datetime import datetime

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_or_none
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connect.wording import RIGHT_MISSING, Wording
from hearwell.connectors.linkedin import signin, subscribing, urns
from hearwell.connectors.linkedin.manifest import ADMIN, DEVELOPMENT, SCOPES, VERSION, WARN_BEFORE
from hearwell.connectors.linkedin.wire import Line
from hearwell.kit import clock

_OK, _WARNING, _BAD = HealthState.OK, HealthState.WARNING, HealthState.BAD
_NO_PAGE = "The Page's number is missing. Please reconnect the account."
_ROLE_LOST = (
    "Whoever connected this Page has no role on it any more, so LinkedIn tells and takes nothing."
    " An administrator of the Page has to reconnect it."
)
_NO_ADMIN = "Notifications need the role of an administrator; this sign-in has another one."
_SILENT = (
    "LinkedIn has ended its calls without a word: the subscription is gone. We ask meanwhile;"
    " switch the calls on again, or reconnect the account."
)
_ASKED = "LinkedIn does not call us; we ask for what is new."
_SOON = Wording(
    "The sign-in ends on %(day)s, and renewing does not prolong it. Please reconnect before then."
)
_SUNSET = Wording(
    "Version %(name)s of LinkedIn's interface ends on %(day)s. Please update Hearwell before then."
)


def health(line: Line, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    ends = ends_at(account)
    if not account.external_id.startswith("urn:li:organization"):
        return Health((HealthCheck("settings", _BAD, _NO_PAGE),), ends)
    checks = [_settings()]
    try:
        found = signin.roles(line)
    except failures.Failure as failure:
        return Health((*checks, *_unanswered(failure)), ends)
    role = _role_on(found, account)
    checks += [HealthCheck("reach"), _credentials(role, ends)]
    if role is None:
        return Health(tuple(checks), ends)
    checks += [_scopes(account, role), _subscription(line, account), HealthCheck("quota")]
    return Health(tuple(checks), ends)


def ends_at(account: Account) -> datetime | None:
    """When a person has to sign in again: with the refresh token, else the token, it ends."""
    refresh = moment_or_none(account.secrets.get(signin.REFRESH_UNTIL))
    return refresh or moment_or_none(account.secrets.get(signin.ACCESS_UNTIL))


def _settings() -> HealthCheck:
    ends = VERSION.ends
    if ends is None or clock.now().date() < ends - WARN_BEFORE:
        return HealthCheck("settings")
    return HealthCheck("settings", _WARNING, _SUNSET(name=VERSION.name, day=ends))


def _unanswered(failure: failures.Failure) -> tuple[HealthCheck, ...]:
    """What a question that was not answered says: about the line, the token or a right."""
    match failure:
        case failures.Unavailable() | failures.ContractChanged():
            return (HealthCheck("reach", _BAD, failure.message),)
        case failures.Throttled() | failures.QuotaExhausted():
            return (HealthCheck("reach"), HealthCheck("quota", _WARNING, failure.message))
        case failures.ScopeMissing():
            passed = (HealthCheck("reach"), HealthCheck("credentials"))
            return (*passed, HealthCheck("scopes", _BAD, failure.message))
        case _:
            return (HealthCheck("reach"), HealthCheck("credentials", _BAD, failure.message))


def _role_on(found: list[Fields], account: Account) -> str | None:
    """The best role on this Page; None without any."""
    here = [str(one.get("role")) for one in found if one.get("organization") == account.external_id]
    return min(here, key=lambda role: role != "ADMINISTRATOR", default=None)


def _credentials(role: str | None, ends: datetime | None) -> HealthCheck:
    if role is None:
        return HealthCheck("credentials", _BAD, _ROLE_LOST)
    if ends is not None and ends - WARN_BEFORE / 2 < clock.now():
        return HealthCheck("credentials", _WARNING, _SOON(day=ends.date()))
    return HealthCheck("credentials")


def _scopes(account: Account, role: str) -> HealthCheck:
    missing = [scope for scope in SCOPES if account.scopes and scope not in account.scopes]
    if missing:
        return HealthCheck("scopes", _WARNING, RIGHT_MISSING(right=missing[0]))
    if role != "ADMINISTRATOR":
        return HealthCheck("scopes", _WARNING, f"{_NO_ADMIN} ({ADMIN})")
    return HealthCheck("scopes")


def _subscription(line: Line, account: Account) -> HealthCheck:
    if not subscribing.wants_calls(account):
        why = " The development tier has no calls." if account.tier == DEVELOPMENT else ""
        return HealthCheck("subscription", _OK, _ASKED + why)
    try:
        found = subscribing.standing(line, account)
    except failures.Failure as failure:
        return HealthCheck("subscription", _WARNING, failure.message)
    if found is None:
        return HealthCheck("subscription", _BAD, _SILENT)
    return HealthCheck("subscription")


def identity(line: Line, account: Account) -> str:
    """The Page that the token may speak for: the account's, or another one, or none."""
    pages = [urns.normal(str(one.get("organization"))) for one in signin.roles(line)]
    return account.external_id if account.external_id in pages else next(iter(pages), "")
