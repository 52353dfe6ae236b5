"""How a number stands at Meta: token, rights, whether it is called, how people rate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account

_BAD, _WARNING, _OK = HealthState.BAD, HealthState.WARNING, HealthState.OK
PHONE_FIELDS: Final = "id,display_phone_number,verified_name,quality_rating,status,name_status"
Answer = Mapping[str, Any]


def health_of(
    account: Account, phone: Callable[[], Answer], subscribed: Callable[[], Answer]
) -> Health:
    """The checks in their order; each that fails ends the list. Never raises a failure."""
    if not account.secrets.get("token") or not account.settings.get("waba_id"):
        words = "There is no token, or no WhatsApp Business Account."
        return Health((HealthCheck("settings", _BAD, words),))
    passed: tuple[HealthCheck, ...] = (HealthCheck("settings"),)
    try:
        known = phone()
    except failures.Failure as error:
        return Health((*passed, *_went_wrong(error)))
    if str(known.get("id")) != account.external_id:
        words = "The token speaks for another number."
        checks = (HealthCheck("reach"), HealthCheck("credentials", _BAD, words))
        return Health((*passed, *checks))
    passed = (*passed, HealthCheck("reach"), HealthCheck("credentials"))
    try:
        apps = subscribed()
    except failures.ScopeMissing as error:
        return Health((*passed, HealthCheck("scopes", _BAD, error.message)))
    except failures.Failure as error:
        return Health((*passed, HealthCheck("subscription", _WARNING, error.message)))
    return Health((*passed, HealthCheck("scopes"), _subscription(apps), _standing(known)))


def _went_wrong(error: failures.Failure) -> tuple[HealthCheck, ...]:
    reach = HealthCheck("reach")
    if isinstance(error, failures.Unavailable | failures.ContractChanged):
        return (HealthCheck("reach", _BAD, error.message),)
    if isinstance(error, failures.Throttled):
        return (reach, HealthCheck("quota", _WARNING, error.message))
    if isinstance(error, failures.ScopeMissing):
        return (reach, HealthCheck("credentials"), HealthCheck("scopes", _BAD, error.message))
    return (reach, HealthCheck("credentials", _BAD, error.message))


def _subscription(apps: Answer) -> HealthCheck:
    if apps.get("data"):
        return HealthCheck("subscription")
    words = "Meta does not call us for this account: no app is subscribed to it."
    return HealthCheck("subscription", _BAD, words)


def _standing(phone: Answer) -> HealthCheck:
    """How people rate the number decides how many it may write to."""
    status, rating = phone.get("status"), phone.get("quality_rating")
    if status in {"BANNED", "RESTRICTED", "FLAGGED", "DISCONNECTED"}:
        return HealthCheck("quota", _WARNING, f"Meta says of this number: {str(status).lower()}.")
    if phone.get("name_status") in {"DECLINED", "EXPIRED"}:
        return HealthCheck("quota", _WARNING, "Meta has not approved the number's display name.")
    if rating == "RED":
        words = "People block or report this number often. Meta may let it write to fewer people."
        return HealthCheck("quota", _WARNING, words)
    return HealthCheck("quota", _OK)
