"""How an account at Meta is doing: one verdict for Facebook, Instagram and WhatsApp.

Meta says of a token itself what it may do and for which accounts (``debug_token``), so what is
missing is named by the name that App Review calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connectors.meta import tokens
from hearwell.connectors.meta.failing import COMMON, meaning_of
from hearwell.connectors.meta.tokens import App, Facts
from hearwell.connectors.meta.wire import Meta

_NO_TOKEN = "This account has no token yet. Please connect it."  # noqa: S105 -- words
_NO_APP = "The app's number or secret is missing. Please connect the account again."
_OTHER_APP = "The token belongs to another app. Please connect the account again."
_OTHER = "The token belongs to another account. Please connect this one again."


@dataclass(frozen=True, slots=True)
class Need:
    """A permission, and what does not work without it (``private messages cannot be …``)."""

    scope: str
    without: str
    is_vital: bool = True


@dataclass(frozen=True, slots=True)
class Questions:
    """What the account's own network answers: who the token is for, whether it calls us."""

    identity: Callable[[], str]
    called: Callable[[], HealthCheck]


def verdict(
    meta: Meta,
    app: App,
    token: str,
    *,
    account_id: str,
    targets: Sequence[str] = (),
    needs: Iterable[Need] = (),
    asks: Questions,
) -> Health:
    """The checks in their order; each step that fails ends the list. Never raises a failure.

    ``targets`` are the ids by which Meta may have tied a permission to this account (its Page's,
    its own); without any the permission alone counts.
    """
    settings = _settings(app, token)
    if settings.state is HealthState.BAD:
        return Health((settings,))
    passed = [settings]
    try:
        facts = tokens.inspect(meta, app, token)
        passed.append(HealthCheck("reach"))
        passed.append(_credentials(app, facts))
        if passed[-1].state is HealthState.OK:
            passed[-1] = _identity(account_id, asks.identity())
        if passed[-1].state is HealthState.OK:
            passed.append(scopes_check(facts, needs, targets))
            passed.append(asks.called())
            passed.append(HealthCheck("quota"))
    except failures.Failure as failure:
        return Health((*passed, *failed(failure, {one.name for one in passed})))
    return Health(tuple(passed), expires_at=facts.expires_at)


def scopes_check(facts: Facts, needs: Iterable[Need], targets: Sequence[str] = ()) -> HealthCheck:
    """Each permission that is missing, by its name, and what does not work without it."""
    lacking = [need for need in needs if not _has(facts, need.scope, targets)]
    if not lacking:
        return HealthCheck("scopes")
    words = " ".join(f"The permission {one.scope} is missing: {one.without}." for one in lacking)
    is_bad = any(one.is_vital for one in lacking)
    state = HealthState.BAD if is_bad else HealthState.WARNING
    return HealthCheck("scopes", state, words)


def _has(facts: Facts, scope: str, targets: Sequence[str]) -> bool:
    return any(facts.may(scope, one) for one in targets or ("",))


def failed(failure: failures.Failure, passed: Iterable[str] = ()) -> list[HealthCheck]:
    """What a failure says of an account: which check it belongs to, and how bad it is."""
    before = set(passed)
    match failure:
        case failures.Unavailable() | failures.ContractChanged() | failures.OutcomeUnknown():
            return [HealthCheck("reach", HealthState.BAD, failure.message)]
        case failures.Throttled() | failures.QuotaExhausted():
            return [HealthCheck("quota", HealthState.WARNING, failure.message)]
        case failures.ScopeMissing():
            return [HealthCheck("scopes", HealthState.BAD, failure.message)]
    reach = [] if "reach" in before else [HealthCheck("reach")]
    return [*reach, HealthCheck("credentials", HealthState.BAD, failure.message)]


def _settings(app: App, token: str) -> HealthCheck:
    missing = _NO_TOKEN if not token else "" if app.id and app.secret else _NO_APP
    state = HealthState.BAD if missing else HealthState.OK
    return HealthCheck("settings", state, missing)


def _credentials(app: App, facts: Facts) -> HealthCheck:
    if not facts.is_valid:
        said = meaning_of(facts.error_code or 190, facts.error_subcode, COMMON)
        return HealthCheck("credentials", HealthState.BAD, said.message)
    if facts.app_id and facts.app_id != app.id:
        return HealthCheck("credentials", HealthState.BAD, _OTHER_APP)
    return HealthCheck("credentials")


def _identity(wanted: str, found: str) -> HealthCheck:
    if wanted == found:
        return HealthCheck("credentials")
    return HealthCheck("credentials", HealthState.BAD, _OTHER)
