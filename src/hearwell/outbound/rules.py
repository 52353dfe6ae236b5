"""The law of deliveries, pure: which state may follow which, and what an answer means.

The aim is *at most once, then proof*. A delivery goes back to the queue only where the network
surely did nothing; whatever is in doubt is UNKNOWN until the network itself has been asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hearwell.connect import failures
from hearwell.connect.manifest import Manifest, ReadBack
from hearwell.connect.model import Pending, Sent


class State(StrEnum):
    """Where a delivery stands."""

    DRAFT = "draft"
    APPROVAL = "approval"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    STALE = "stale"
    HELD = "held"
    FAILED = "failed"
    NEEDS_HUMAN = "needs_human"


class Origin(StrEnum):
    """Who sends: a person, now; a rule by itself; or somebody earlier, for a time to come."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    PLANNED = "planned"


# What goes out while nobody looks: the first to be held back in a crisis.
UNATTENDED: Final = frozenset({Origin.AUTOMATIC, Origin.PLANNED})
_S = State
ALLOWED: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.APPROVAL, _S.QUEUED, _S.CANCELLED}),
        _S.APPROVAL: frozenset({_S.QUEUED, _S.CANCELLED}),
        _S.QUEUED: frozenset({_S.SENDING, _S.CANCELLED, _S.STALE, _S.HELD}),
        # To QUEUED and HELD only where the network surely did nothing.
        _S.SENDING: frozenset(
            {_S.SENT, _S.PENDING, _S.QUEUED, _S.HELD, _S.UNKNOWN, _S.FAILED},
        ),
        _S.UNKNOWN: frozenset({_S.SENT, _S.QUEUED, _S.NEEDS_HUMAN}),
        _S.PENDING: frozenset({_S.SENT, _S.FAILED, _S.UNKNOWN}),
        _S.SENT: frozenset({_S.CONFIRMED}),
        # Out of these four only a person leads, but for an echo that answers NEEDS_HUMAN.
        _S.STALE: frozenset({_S.QUEUED, _S.CANCELLED}),
        _S.HELD: frozenset({_S.QUEUED, _S.CANCELLED}),
        _S.NEEDS_HUMAN: frozenset({_S.SENT, _S.QUEUED, _S.CANCELLED}),
        _S.CONFIRMED: frozenset(),
        _S.CANCELLED: frozenset(),
        _S.FAILED: frozenset(),
    }
)
# At most one of these per lane: what comes next waits until this one's outcome is known.
IN_FLIGHT: Final = frozenset({_S.SENDING, _S.UNKNOWN, _S.PENDING})
FINAL: Final = frozenset(state for state, following in ALLOWED.items() if not following)
DONE: Final = frozenset({_S.SENT, _S.CONFIRMED})
# A person still may take these back: nothing has left the house.
RECALLABLE: Final = frozenset({_S.DRAFT, _S.APPROVAL, _S.QUEUED, _S.HELD, _S.STALE})

UNDO_S: Final = 10
MAX_UNDO_S: Final = 30
DOUBT_LASTS: Final = timedelta(minutes=10)
UNREACHABLE_LASTS: Final = timedelta(minutes=30)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 2.0, 300.0
_MARGIN_S = 2.0
_CALL_STEPS = 3  # connect, write, read: each may take the request's time-out


class ForbiddenMoveError(Exception):
    """A bug: this state may not follow that one."""


class WrongAccountError(failures.Failure):
    """Account, token and thread do not agree: nothing was posted, and a person must look."""

    code = "wrong_account"
    default_message = (
        "This reply was written for another account than the one connected now. Nothing was posted."
    )


def check_move(before: State, after: State) -> None:
    """Raise ForbiddenMoveError unless `after` may follow `before`."""
    if after not in ALLOWED[before]:
        message = f"{before} -> {after}"
        raise ForbiddenMoveError(message)


def undo_seconds(wanted: int | None) -> int:
    """Seconds in which a reply can be taken back: 10 unless chosen, 0 to 30."""
    return UNDO_S if wanted is None else max(0, min(MAX_UNDO_S, wanted))


def wait_s(attempts: int, spread: float = 0.0) -> float:
    """Seconds to wait after that many attempts: 2, 4, 8, … 300; `spread` in -1..1 is ± 20 %."""
    doubled = _FIRST_WAIT_S * 2.0 ** min(max(attempts, 1) - 1, 16)
    return float(min(_LONGEST_WAIT_S, doubled) * (1 + 0.2 * spread))


def lease_s(manifest: Manifest) -> float:
    """Seconds for which a claim is good: the longest possible call, and a margin."""
    return latest_start_s(manifest) + manifest.request_timeout_s * _CALL_STEPS + _MARGIN_S


def latest_start_s(manifest: Manifest) -> float:
    """Seconds after the claim until which the call may begin; later, it must not."""
    return _MARGIN_S + manifest.request_timeout_s / 2


def settle_s(manifest: Manifest) -> float:
    """Seconds until an absence means something: request time-out plus the network's read lag."""
    return manifest.request_timeout_s + manifest.read_lag_s


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery after a call."""

    to: State
    code: str = ""
    message: str = ""
    not_before: datetime | None = None
    read_back_after: datetime | None = None
    sent: Sent | None = None
    token: str = ""
    alternatives: tuple[str, ...] = ()
    renew: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a verdict depends on beside the answer. `spread` is a random number in -1..1."""

    manifest: Manifest
    attempts: int
    first_queued_at: datetime
    unknown_since: datetime | None
    now: datetime
    can_renew: bool = False
    spread: float = 0.0

    @property
    def next_try_at(self) -> datetime:
        """When the next attempt is due by our own pace."""
        return self.now + timedelta(seconds=wait_s(self.attempts, self.spread))

    @property
    def is_doubt_too_old(self) -> bool:
        """Whether it has been unclear for too long to go on without a person."""
        return self.unknown_since is not None and self.now - self.unknown_since > DOUBT_LASTS


NEVER_REACHED = "unreachable"
_NEVER_REACHED_TEXT = (
    "The network could not be reached for half an hour. Nothing was posted; please try again."
)


def verdict_on_send(answer: Sent | Pending | BaseException, attempt: Attempt) -> Verdict:
    """Decide what the answer to ``send`` means. Anything not known to be harmless is UNKNOWN."""
    match answer:
        case Sent():
            return Verdict(State.SENT, sent=answer)
        case Pending():
            return Verdict(State.PENDING, token=answer.token, read_back_after=answer.check_after)
        case failures.Duplicate() if attempt.attempts > 1:
            return _doubt(answer, attempt)  # maybe ours, from an attempt before: look
        case failures.Refused():
            return _refused(answer)
        case _:
            return _verdict_on_trouble(answer, attempt)


def _verdict_on_trouble(answer: BaseException, attempt: Attempt) -> Verdict:
    match answer:
        case failures.NeedsReauth() if attempt.can_renew:
            return _again(answer, attempt.now, renew=True)
        case (
            failures.NeedsReauth()
            | failures.ScopeMissing()
            | failures.AccountDisabled()
            | WrongAccountError()
        ):
            return Verdict(State.HELD, answer.code, answer.message)
        case failures.Throttled() | failures.QuotaExhausted():
            return _again(answer, max(answer.retry_at or attempt.next_try_at, attempt.now))
        case failures.Unavailable():
            return _on_unavailable(answer, attempt)
        case _:
            return _doubt(answer, attempt)


def verdict_on_read_back(found: Sent | BaseException | None, attempt: Attempt) -> Verdict:
    """Decide what reading back an unknown outcome means."""
    if isinstance(found, Sent):
        return Verdict(State.SENT, sent=found)
    if attempt.manifest.read_back is ReadBack.NONE or attempt.is_doubt_too_old:
        return Verdict(
            State.NEEDS_HUMAN,
            failures.OutcomeUnknown.code,
            "We cannot tell whether this was posted. Please look on the network.",
        )
    if found is None and attempt.manifest.read_back is ReadBack.AUTHORITATIVE:
        return Verdict(State.QUEUED, not_before=attempt.next_try_at)
    retry_at = found.retry_at if isinstance(found, failures.Failure) else None
    return Verdict(
        State.UNKNOWN,
        failures.OutcomeUnknown.code,
        failures.OutcomeUnknown.default_message,
        read_back_after=max(retry_at or attempt.next_try_at, attempt.now),
    )


def verdict_on_settle(answer: Sent | Pending | BaseException, attempt: Attempt) -> Verdict:
    """Decide what the result of an accepted send means."""
    match answer:
        case Sent():
            return Verdict(State.SENT, sent=answer)
        case Pending():
            return Verdict(State.PENDING, token=answer.token, read_back_after=answer.check_after)
        case failures.Refused():
            return _refused(answer)
        case failures.Failure() if answer.retryable and not attempt.is_doubt_too_old:
            return Verdict(
                State.PENDING,
                read_back_after=max(answer.retry_at or attempt.next_try_at, attempt.now),
            )
        case _:
            return _doubt(answer, attempt)


def _again(failure: failures.Failure, at: datetime, *, renew: bool = False) -> Verdict:
    return Verdict(State.QUEUED, failure.code, failure.message, not_before=at, renew=renew)


def _on_unavailable(failure: failures.Unavailable, attempt: Attempt) -> Verdict:
    if attempt.now - attempt.first_queued_at > UNREACHABLE_LASTS:
        return Verdict(State.FAILED, NEVER_REACHED, _NEVER_REACHED_TEXT)
    return _again(failure, attempt.next_try_at)


def _refused(failure: failures.Refused) -> Verdict:
    ways = failure.alternatives if isinstance(failure, failures.WindowClosed) else ()
    return Verdict(State.FAILED, failure.code, failure.message, alternatives=ways)


def _doubt(answer: BaseException, attempt: Attempt) -> Verdict:
    return Verdict(
        State.UNKNOWN,
        answer.code if isinstance(answer, failures.Failure) else failures.OutcomeUnknown.code,
        failures.OutcomeUnknown.default_message,
        read_back_after=attempt.now + timedelta(seconds=settle_s(attempt.manifest)),
    )


def is_our_bug(answer: object) -> bool:
    """Whether a connector raised what the contract does not know: to be logged loudly."""
    return isinstance(answer, Exception) and not isinstance(answer, failures.Failure)
