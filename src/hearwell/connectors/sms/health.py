"""How an account of the provider is doing: each step that fails ends the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connect.wording import Wording

Fields = Mapping[str, Any]
_TRIAL = "This is a trial account: it sends only to numbers that were verified with the provider."
_NO_SMS = "This number cannot send text messages: the capability SMS is missing."
_NO_MMS = "This number takes no pictures: the capability MMS is missing."
_NOT_OURS = "The number does not belong to this account any more."
_UNCALLED = (
    "The provider calls nobody when a message comes, so that we look for it once a minute. Where"
    " this address is public, it is told to call us."
)
_SAYS = Wording("The provider says that this account is %(status)s.")


def examine(
    account: Account, ask_account: Callable[[], Fields], ask_number: Callable[[], Fields | None]
) -> Health:
    """Settings, reach, credentials, scopes, subscription. Never raises a failure."""
    if not account.settings.get("sid") or not account.secrets.get("token"):
        words = "The account's SID or its token is missing."
        return Health((HealthCheck("settings", HealthState.BAD, words),))
    passed = [HealthCheck("settings")]
    try:
        about = ask_account()
        number = ask_number()
    except (failures.Unavailable, failures.ContractChanged) as error:
        return _ending(passed, "reach", error)
    except (failures.Throttled, failures.QuotaExhausted) as error:
        return _ending(passed, "quota", error, HealthState.WARNING)
    except failures.Failure as error:
        return _ending([*passed, HealthCheck("reach")], "credentials", error)
    passed.append(HealthCheck("reach"))
    return Health((*passed, *_rights(account, about, number)))


def _ending(
    passed: list[HealthCheck],
    name: str,
    error: failures.Failure,
    state: HealthState = HealthState.BAD,
) -> Health:
    return Health((*passed, HealthCheck(name, state, error.message)))


def _rights(account: Account, about: Fields, number: Fields | None) -> tuple[HealthCheck, ...]:
    status = str(about.get("status", "active"))
    if status != "active":
        words = _SAYS(status=status)
        return (HealthCheck("credentials", HealthState.BAD, words),)
    if number is None:
        return (HealthCheck("credentials", HealthState.BAD, _NOT_OURS),)
    is_trial = str(about.get("type", "")).lower() == "trial"
    credentials = (
        HealthCheck("credentials", HealthState.WARNING, _TRIAL)
        if is_trial
        else HealthCheck("credentials")
    )
    return (credentials, _scopes(number), _subscription(account, number), HealthCheck("quota"))


def capabilities_of(number: Fields) -> Fields:
    """What a number can do: ``sms``, ``mms``, ``voice``."""
    found = number.get("capabilities")
    return found if isinstance(found, dict) else {}


def _scopes(number: Fields) -> HealthCheck:
    can = capabilities_of(number)
    if can.get("sms") is False:
        return HealthCheck("scopes", HealthState.BAD, _NO_SMS)
    if can.get("mms") is False:
        return HealthCheck("scopes", HealthState.OK, _NO_MMS)
    return HealthCheck("scopes")


def _subscription(account: Account, number: Fields) -> HealthCheck:
    if number.get("sms_url") or account.settings.get("service"):
        return HealthCheck("subscription")
    return HealthCheck("subscription", HealthState.OK, _UNCALLED)
