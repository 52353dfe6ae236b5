"""What an answer of another system means for an action, and when to look again. Pure.

An action leaves at most once for each time that somebody meant it. After it may have left, its
outcome is looked up by its key and it is never sent again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MOST_TRIES: Final = 3
DEFAULT_SETTLE_S: Final = 30
# What nobody could tell within a day a person finds out faster.
GIVE_UP_AFTER: Final = timedelta(hours=24)
LEASE_S: Final = 90
LATEST_START_S: Final = 20.0
_LOOK_AFTER_S: Final = (2, 4, 8, 15, 30, 60, 120, 300)
_TRY_AFTER_S: Final = (5, 30)
_LONGEST_WAIT_S: Final = 300
_OK_FROM, _OK_TO = 200, 300
_TIMED_OUT, _CONFLICT, _TOO_EARLY, _TOO_MANY = 408, 409, 425, 429
_NOT_FOUND, _GONE = 404, 410
_SIGN_IN: Final = (401, 403)
_REFUSED_FROM, _BROKEN_FROM = 400, 500


class State(StrEnum):
    """How far an action has come."""

    ASKED = "asked"
    QUEUED = "queued"
    CALLING = "calling"
    UNKNOWN = "unknown"
    HUMAN = "human"
    DONE = "done"
    FAILED = "failed"


OPEN: Final = frozenset({State.ASKED, State.QUEUED, State.CALLING, State.UNKNOWN, State.HUMAN})


class Code(StrEnum):
    """Why an action is where it is, or why nothing could be read."""

    NONE = ""
    REFUSED = "refused"
    SIGN_IN = "sign_in"
    NO_CONNECTION = "no_connection"
    NOT_ALLOWED = "not_allowed"
    BUSY = "busy"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NOT_THERE = "not_there"
    NO_TRACE = "no_trace"
    NOT_APPROVED = "not_approved"
    STOPPED = "stopped"
    LOST = "lost"
    BY_HAND = "by_hand"
    NO_KEY = "no_key"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call. `code` is empty where a status came; `was_sent`: bytes may have left.

    `took_ms` milliseconds, `retry_after_s` what the other side asked for.
    """

    code: Code = Code.NONE
    status: int | None = None
    body: bytes = b""
    took_ms: int = 0
    retry_after_s: int = 0
    was_sent: bool = True

    @property
    def is_ok(self) -> bool:
        """Any 2xx."""
        return self.status is not None and _OK_FROM <= self.status < _OK_TO

    @property
    def is_absent(self) -> bool:
        """404 or 410: what was asked for is not there."""
        return self.status in (_NOT_FOUND, _GONE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an action goes from here; `wait_s` until it is looked at again."""

    to: State
    code: Code = Code.NONE
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a verdict depends on.

    `tries` counts calls that left nothing behind, this one too; `looks` the look-ups, this one
    too; `sent_at` is when it may have left.
    """

    tries: int
    looks: int
    sent_at: datetime | None
    now: datetime
    has_look: bool
    settle_s: int = DEFAULT_SETTLE_S


def verdict_on_act(answer: Answer, attempt: Attempt, *, says_done: bool) -> Verdict:
    """Return what an answer to the action itself means.

    `says_done`: it was read, and says what it has to say where a tool demands that.
    """
    if not answer.was_sent:
        return _not_sent(answer, attempt)
    if answer.is_ok:
        return Verdict(State.DONE) if says_done else _doubt(Code.UNREADABLE, attempt)
    if answer.status == _TOO_MANY:
        return _again(Code.BUSY, attempt, answer.retry_after_s)
    if answer.status == _CONFLICT and attempt.has_look:
        return _doubt(Code.REFUSED, attempt)  # perhaps it has our key already
    if answer.status is not None and _is_refusal(answer.status):
        return Verdict(State.FAILED, _refusal(answer.status))
    return _doubt(answer.code or Code.BROKEN, attempt)


def _refusal(status: int) -> Code:
    return Code.SIGN_IN if status in _SIGN_IN else Code.REFUSED


def _is_refusal(status: int) -> bool:
    return _REFUSED_FROM <= status < _BROKEN_FROM and status != _TIMED_OUT


def _not_sent(answer: Answer, attempt: Attempt) -> Verdict:
    if answer.code == Code.NO_CONNECTION:
        return _again(answer.code, attempt, 0)
    return Verdict(State.FAILED, answer.code)


def _again(code: Code, attempt: Attempt, asked_s: int) -> Verdict:
    """Nothing was done, surely: try a few times."""
    if attempt.tries >= MOST_TRIES or asked_s > _LONGEST_WAIT_S:
        return Verdict(State.FAILED, code)
    wait = max(_TRY_AFTER_S[min(attempt.tries, len(_TRY_AFTER_S)) - 1], asked_s)
    return Verdict(State.QUEUED, code, wait)


def _doubt(code: Code, attempt: Attempt) -> Verdict:
    if not attempt.has_look:
        return Verdict(State.HUMAN, code)
    return Verdict(State.UNKNOWN, code, _LOOK_AFTER_S[0])


def verdict_on_look(answer: Answer, attempt: Attempt, *, is_found: bool) -> Verdict:
    """Return what the answer to a look-up means.

    That there is no trace is believed only `settle_s` after it may have left: what is slow may
    still arrive.
    """
    sent_at = attempt.sent_at or attempt.now
    if answer.is_ok and is_found:
        return Verdict(State.DONE)
    is_answered = answer.is_absent or answer.is_ok
    if is_answered and attempt.now - sent_at >= timedelta(seconds=attempt.settle_s):
        return Verdict(State.FAILED, Code.NO_TRACE)
    if attempt.now - sent_at > GIVE_UP_AFTER:
        return Verdict(State.HUMAN, answer.code or Code.BROKEN)
    wait = _LOOK_AFTER_S[min(attempt.looks, len(_LOOK_AFTER_S) - 1)]
    if is_answered:
        # The first look after it has settled decides, so none is made much later.
        left = attempt.settle_s - (attempt.now - sent_at).total_seconds()
        return Verdict(State.UNKNOWN, Code.NONE, min(wait, max(left, 1.0)))
    return Verdict(State.UNKNOWN, answer.code or Code.BROKEN, max(wait, answer.retry_after_s))


def code_of_read(answer: Answer) -> Code:
    """Return why nothing could be read; empty for an answer that is worth reading."""
    if answer.code or answer.is_ok:
        return answer.code
    if answer.is_absent:
        return Code.NOT_THERE
    if answer.status in (_TOO_EARLY, _TOO_MANY):
        return Code.BUSY
    is_refusal = answer.status is not None and _is_refusal(answer.status)
    return _refusal(answer.status or 0) if is_refusal else Code.BROKEN
