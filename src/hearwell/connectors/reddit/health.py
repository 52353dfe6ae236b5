"""How an account stands: settings, reach, credentials, scopes, subscription, quota."""

from __future__ import annotations

from hearwell.connect import failures
from hearwell.connect.health import Allowance, Health, HealthCheck, HealthState, followers_in
from hearwell.connect.model import Account
from hearwell.connect.wording import CALLS_LEFT, RIGHT_MISSING, Wording
from hearwell.connectors.reddit import listing, sending, signin
from hearwell.connectors.reddit.manifest import MANIFEST, MODERATE, SCOPES, WHO
from hearwell.connectors.reddit.wire import Answer, Line

_OK, _WARNING, _BAD = HealthState.OK, HealthState.WARNING, HealthState.BAD
_NO_NAME = "The account's name is missing. Please reconnect the account."
_NO_CONTACT = "Reddit wants to know whom it can turn to. Please reconnect and name somebody."
_FOREIGN = "The token belongs to another account."
_SUSPENDED = "Reddit has suspended this account."
_BLOCKED = (
    "Reddit refuses every call of this app: its approval is missing or was withdrawn, or it takes"
    " exception to how the app names itself."
)
_LOW = 0.9
_ASKED = Wording("Reddit is asked every %(seconds)s seconds.")
_NO_WORDS = Wording("%(asked)s No words to look for in %(watched)s yet.")


def health(line: Line, account: Account) -> Health:
    """The checks in their order; one that fails ends the list."""
    settings = _settings(account)
    if settings.state is _BAD:
        return Health((settings,))
    try:
        answer = line.get("/api/v1/me", {}, WHO)
        found = signin.id_of(answer.body)
    except failures.Failure as failure:
        return Health((settings, *_unanswered(failure)))
    credentials = _credentials(answer, found == account.external_id)
    checks = [settings, HealthCheck("reach"), credentials]
    if credentials.state is _BAD:
        return Health(tuple(checks))
    allowance = _allowance(answer)
    checks += [_scopes(account), _subscription(account), _quota(allowance)]
    return Health(tuple(checks), allowance=allowance, followers=_followers(answer))


def _followers(answer: Answer) -> int | None:
    """How many follow the account's own profile, which Reddit keeps as a subreddit."""
    profile = answer.body.get("subreddit")
    return followers_in(profile, "subscribers") if isinstance(profile, dict) else None


def _settings(account: Account) -> HealthCheck:
    if not account.settings.get(sending.NAME):
        return HealthCheck("settings", _BAD, _NO_NAME)
    if not account.settings.get(signin.IN_CONTACT):
        return HealthCheck("settings", _WARNING, _NO_CONTACT)
    return HealthCheck("settings")


def _unanswered(failure: failures.Failure) -> tuple[HealthCheck, ...]:
    match failure:
        case failures.Unavailable() | failures.ContractChanged():
            return (HealthCheck("reach", _BAD, failure.message),)
        case failures.Throttled():
            return (HealthCheck("reach"), HealthCheck("quota", _WARNING, failure.message))
        case failures.ScopeMissing():
            passed = (HealthCheck("reach"), HealthCheck("credentials"))
            return (*passed, HealthCheck("scopes", _BAD, failure.message))
        case failures.NotAllowed():
            return (HealthCheck("reach"), HealthCheck("credentials", _BAD, _BLOCKED))
        case _:
            return (HealthCheck("reach"), HealthCheck("credentials", _BAD, failure.message))


def _credentials(answer: Answer, is_ours: bool) -> HealthCheck:  # noqa: FBT001 -- a verdict
    if not is_ours:
        return HealthCheck("credentials", _BAD, _FOREIGN)
    if answer.body.get("is_suspended") is True:
        return HealthCheck("credentials", _BAD, _SUSPENDED)
    return HealthCheck("credentials")


def _scopes(account: Account) -> HealthCheck:
    missing = [scope for scope in SCOPES if account.scopes and scope not in account.scopes]
    if not missing:
        return HealthCheck("scopes")
    is_small = missing == [MODERATE]
    words = RIGHT_MISSING(right=missing[0])
    return HealthCheck("scopes", _OK if is_small else _WARNING, words)


def _subscription(account: Account) -> HealthCheck:
    """Reddit calls nobody: what counts is what is asked for."""
    words = _ASKED(seconds=f"{MANIFEST.poll_every_s:.0f}")
    watched = listing.subreddits_in(account.settings.get(listing.SUBREDDITS, ""))
    if watched and not account.words:
        return HealthCheck("subscription", _OK, _NO_WORDS(asked=words, watched=watched))
    return HealthCheck("subscription", _OK, words)


def _allowance(answer: Answer) -> Allowance | None:
    if answer.left is None or answer.used is None:
        return None
    used, limit = round(answer.used), round(answer.used + answer.left)
    return Allowance(used, limit, resets_at=answer.resets_at)


def _quota(allowance: Allowance | None) -> HealthCheck:
    if allowance is None or allowance.share < _LOW:
        return HealthCheck("quota")
    words = CALLS_LEFT(left=allowance.limit - allowance.used, limit=allowance.limit)
    return HealthCheck("quota", _WARNING, words)
