"""What Meta's error codes mean. Classified by code and subcode, never by the words alone.

Each network of Meta's has its own codes beside these: a connector lays its own table over
``COMMON``. A subcode is looked for first, then its code alone (subcode 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hearwell.connect import failures
from hearwell.connectors.meta import pace

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Meaning:
    """The failure that a code stands for. ``scope`` is what is throttled, if it is that."""

    kind: type[failures.Failure]
    message: str = ""
    scope: str = "account"


Table = Mapping[tuple[int, int], Meaning]
_DEAD = (
    "Meta does not accept this connection any more: it has expired or been withdrawn, or lacks a"
    " permission. The account's checks say which; please connect it again."
)
_PASSWORD = "The password was changed, so Meta ended this connection. Please connect it again."  # noqa: S105 -- words
_CHECKPOINT = (
    "Meta wants the person who connected this account to sign in on its own page and confirm"
    " something. Then connect it again."
)
_REMOVED = "The app was removed from this account on Meta's side. Please connect it again."
_EXPIRED = "The connection has expired. Please connect the account again."
_MISSING = (
    "Meta says that a permission is missing. The account's checks name it; ask for it in App Review"
    " and connect the account again."
)
_RESTRICTED = (
    "Meta has restricted this account for a time. Its own page (Support inbox) says why and until"
    " when."
)
_WINDOW = "The time in which Meta lets us answer here has passed."
_UNREACHABLE = (
    "This person cannot be written to: they have blocked the account, or closed their own."
)
_ANSWERED = "Meta allows one private answer to a comment, and it has been sent already."
_WITHDRAWN = (
    "Meta has withdrawn the version of its interface that is used here. Please update Hearwell."
)
_BLOCKED = "Meta has blocked this action for a while because of its rules."
_NO_ACCESS = (
    "Meta refused without a reason, as it does where the app has no Advanced Access or the"
    " business is not verified. Both are in the app's dashboard."
)
_GONE_OR_HIDDEN = (
    "It is not there any more, or this account may not see it (a permission may be missing)."
)

COMMON: Table = {
    # Whether it was done, Meta itself does not know.
    (1, 0): Meaning(failures.OutcomeUnknown),
    (1, 99): Meaning(failures.ScopeMissing, _NO_ACCESS),
    (2, 0): Meaning(failures.OutcomeUnknown),
    (3, 0): Meaning(failures.ScopeMissing, _MISSING),
    (4, 0): Meaning(failures.Throttled, scope="app"),
    (10, 0): Meaning(failures.ScopeMissing, _MISSING),
    (10, 1893063): Meaning(failures.AccountDisabled, _RESTRICTED),
    (10, 2018065): Meaning(failures.WindowClosed, _WINDOW),
    (10, 2018108): Meaning(failures.NotAllowed, _UNREACHABLE),
    (10, 2018278): Meaning(failures.WindowClosed, _WINDOW),
    (10, 2534022): Meaning(failures.WindowClosed, _WINDOW),
    (17, 0): Meaning(failures.Throttled, scope="user"),
    (32, 0): Meaning(failures.Throttled, scope="account"),
    (100, 0): Meaning(failures.Refused),
    (100, 33): Meaning(failures.TargetGone, _GONE_OR_HIDDEN),
    (100, 2018001): Meaning(failures.NotAllowed, _UNREACHABLE),
    (100, 2534014): Meaning(failures.NotAllowed, _UNREACHABLE),
    (100, 2018047): Meaning(failures.MediaRejected),
    (100, 2018074): Meaning(failures.MediaRejected),
    (100, 2534025): Meaning(failures.NotAllowed, _ANSWERED),
    (102, 0): Meaning(failures.NeedsReauth, _EXPIRED),
    (190, 0): Meaning(failures.NeedsReauth, _DEAD),
    (190, 458): Meaning(failures.NeedsReauth, _REMOVED),
    (190, 459): Meaning(failures.NeedsReauth, _CHECKPOINT),
    (190, 460): Meaning(failures.NeedsReauth, _PASSWORD),
    (190, 463): Meaning(failures.NeedsReauth, _EXPIRED),
    (190, 464): Meaning(failures.NeedsReauth, _CHECKPOINT),
    (368, 0): Meaning(failures.AccountDisabled, _BLOCKED),
    (506, 0): Meaning(failures.Duplicate),
    (551, 0): Meaning(failures.NotAllowed, _UNREACHABLE),
    (613, 0): Meaning(failures.Throttled, scope="endpoint"),
    (803, 0): Meaning(failures.TargetGone, _GONE_OR_HIDDEN),
    (2500, 0): Meaning(failures.ContractChanged),
    (2635, 0): Meaning(failures.ContractChanged, _WITHDRAWN),
    (10900, 0): Meaning(failures.NotAllowed, _ANSWERED),
    (10901, 0): Meaning(failures.TargetGone),
    (10902, 0): Meaning(failures.WindowClosed, _WINDOW),
    (10903, 0): Meaning(failures.NotAllowed),
}
# Business use cases: 80001 Pages, 80002 Instagram, 80006 Messenger, 80008 WhatsApp, and others.
_BUSINESS = range(80_000, 80_015)
_PERMISSIONS = range(200, 300)


def failure_of(
    response: httpx.Response, error: Mapping[str, Any], table: Table
) -> failures.Failure:
    """The failure that an ``error`` object stands for, whatever the status it came with."""
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    meaning = meaning_of(code, subcode, table)
    name = f"{code}/{subcode}" if subcode else str(code)
    traced = str(error.get("fbtrace_id", ""))[:80]
    if meaning.kind is failures.Throttled:
        at = pace.come_again_at(response.headers)
        return failures.Throttled(at, meaning.scope, network_code=name, request_id=traced)
    return meaning.kind(meaning.message, network_code=name, request_id=traced)


def meaning_of(code: int, subcode: int, table: Table) -> Meaning:
    """What a code means; one that nobody knows is a plain no."""
    found = table.get((code, subcode)) or table.get((code, 0))
    if found is not None:
        return found
    if code in _BUSINESS:
        return Meaning(failures.Throttled, scope="account")
    if code in _PERMISSIONS:
        return Meaning(failures.ScopeMissing, _MISSING)
    return Meaning(failures.Refused)


def is_known(error: Mapping[str, Any]) -> bool:
    """Whether it is an error of the Graph's own, with a code."""
    return _whole(error.get("code")) > 0


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
