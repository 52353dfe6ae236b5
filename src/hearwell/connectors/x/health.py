"""How an account stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from hearwell.connect import failures
from hearwell.connect.health import Allowance, Health, HealthCheck, HealthState, followers_in
from hearwell.connect.model import Account
from hearwell.connect.wording import Wording
from hearwell.connectors.x import signin, subscribing
from hearwell.connectors.x.listing import WAYS
from hearwell.connectors.x.manifest import ENTERPRISE, NEEDED, SCOPES
from hearwell.connectors.x.wire import Answer, Line, allowance, reset_at

_OK, _WARNING, _BAD = HealthState.OK, HealthState.WARNING, HealthState.BAD
_MUCH, _MINUTES = 9 / 10, 900
_NO_TOKEN = "The connection is incomplete. Please reconnect the account."  # noqa: S105 -- words
_ANOTHER = "The token belongs to another account. Please reconnect this one."
_LACKS = Wording(
    "Without the right “%(right)s” some of this does not work. Please reconnect the account."
)
_BOUND = "At this level of access only who mentions or quotes the account can be answered."
_ASKED = "X does not call us; we ask each minute for what is new."
_SILENT = (
    "X has stopped calling: our address failed its check. We ask meanwhile. Make sure that it can"
    " be reached by https, then reconnect the account."
)
_UNTOLD = "X has no subscription for this account any more. We ask meanwhile; please reconnect it."
_NO_BEARER = "Without the app's bearer token nobody can tell whether X calls us."
_NEARLY = "Nearly all calls that X allows for these minutes are used."


def health(account_line: Line, app_line: Line, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    if not account.secrets.get("access"):
        return Health((HealthCheck("settings", _BAD, _NO_TOKEN),))
    passed: tuple[HealthCheck, ...] = (HealthCheck("settings"),)
    try:
        answer = signin.whoami(account_line)
        is_ours = answer.data.get("id") == account.external_id
    except failures.Failure as failure:
        return Health((*passed, *_unanswered(failure)))
    passed = (*passed, HealthCheck("reach"))
    if not is_ours:
        return Health((*passed, HealthCheck("credentials", _BAD, _ANOTHER)))
    checks = (
        *passed,
        HealthCheck("credentials"),
        _scopes(account),
        _subscription(app_line, account),
        _quota(answer),
    )
    return Health(checks, allowance=_allowance(answer), followers=_followers(answer))


def _followers(answer: Answer) -> int | None:
    metrics = answer.data.get("public_metrics")
    return followers_in(metrics, "followers_count") if isinstance(metrics, dict) else None


def _unanswered(failure: failures.Failure) -> tuple[HealthCheck, ...]:
    """What a question that was not answered says: about the line, the pace, a right, the token."""
    reach, credentials = HealthCheck("reach"), HealthCheck("credentials")
    match failure:
        case failures.Unavailable() | failures.ContractChanged():
            return (HealthCheck("reach", _BAD, failure.message),)
        case failures.Throttled():
            return (reach, HealthCheck("quota", _WARNING, failure.message))
        case failures.QuotaExhausted():
            return (reach, credentials, HealthCheck("quota", _BAD, failure.message))
        case failures.ScopeMissing():
            return (reach, credentials, HealthCheck("scopes", _BAD, failure.message))
        case _:
            return (reach, HealthCheck("credentials", _BAD, failure.message))


def _scopes(account: Account) -> HealthCheck:
    missing = [one for one in SCOPES if account.scopes and one not in account.scopes]
    if missing:
        state = _BAD if missing[0] in NEEDED else _WARNING
        return HealthCheck("scopes", state, _LACKS(right=missing[0]))
    return HealthCheck("scopes", _OK, "" if account.tier == ENTERPRISE else _BOUND)


def _subscription(app: Line, account: Account) -> HealthCheck:
    if not subscribing.is_told(account):
        return HealthCheck("subscription", _OK, _ASKED)
    if not app.token:
        return HealthCheck("subscription", _WARNING, _NO_BEARER)
    try:
        there = list(subscribing.standing(app, account))
        is_called = account.settings.get(WAYS) == signin.CALLED
        given_up = [one for one in subscribing.hooks(app) if one.get("valid") is False]
    except failures.Failure as failure:
        return HealthCheck("subscription", _WARNING, failure.message)
    if not there:
        return HealthCheck("subscription", _BAD, _UNTOLD)
    ours = {str(one.get("webhook_id")) for one in there}
    if is_called and any(str(one.get("id")) in ours for one in given_up):
        return HealthCheck("subscription", _BAD, _SILENT)
    return HealthCheck("subscription")


def _allowance(answer: Answer) -> Allowance | None:
    found = allowance(answer.headers)
    if found is None:
        return None
    left, limit = found
    return Allowance(limit - left, limit, _MINUTES, reset_at(answer.headers))


def _quota(answer: Answer) -> HealthCheck:
    used = _allowance(answer)
    if used is not None and used.share > _MUCH:
        return HealthCheck("quota", _WARNING, _NEARLY)
    return HealthCheck("quota")
