"""The law of acts on messages: what undoes what, and what a network's answer means.

Doing one twice is no error at any network, so what is in doubt is simply done again: unlike a
reply, an act needs no reading back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_noop as _

from hearwell.connect import failures
from hearwell.connect.model import Act
from hearwell.outbound.rules import UNREACHABLE_LASTS, WrongAccountError, wait_s


class ActState(StrEnum):
    """Where an act stands. ``REFUSED`` is somebody's no, ``FAILED`` trouble on the way."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Topic(StrEnum):
    """What an act is about: of one topic, the later act undoes the earlier."""

    LIKE = "like"
    HIDE = "hide"
    DELETE = "delete"


TOPIC: Final[Mapping[Act, Topic]] = MappingProxyType(
    {
        Act.LIKE: Topic.LIKE,
        Act.UNLIKE: Topic.LIKE,
        Act.HIDE: Topic.HIDE,
        Act.UNHIDE: Topic.HIDE,
        Act.DELETE: Topic.DELETE,
    }
)
# In place of what a failure says of replies.
_NOT_ALLOWED: Final = _("The network does not let this account do that to this message.")
_GONE: Final = _("The message is no longer on the network.")
_NEVER_REACHED: Final = _(
    "The network gave no clear answer for half an hour. Look there, or ask for it again."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an act after a call; `is_account`: the account needs a person."""

    to: ActState
    code: str = ""
    message: str = ""
    not_before: datetime | None = None
    is_account: bool = False
    renew: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """What an outcome depends on beside the answer. `spread` is a random number in -1..1."""

    act: Act
    asked_at: datetime
    attempts: int
    now: datetime
    can_renew: bool = False
    spread: float = 0.0


def outcome(answer: Exception | None, tried: Try) -> Outcome:
    """Decide what the answer to an act means; None is the network's yes."""
    match answer:
        case None:
            return Outcome(ActState.DONE)
        case failures.TargetGone():
            return _gone(answer, tried)
        case failures.Refused():
            return _no(answer, _words_of(answer))
        case failures.NeedsReauth() if tried.can_renew:
            return Outcome(ActState.WAITING, not_before=tried.now, renew=True)
        case (
            failures.NeedsReauth()
            | failures.ScopeMissing()
            | failures.AccountDisabled()
            | WrongAccountError()
        ):
            return Outcome(ActState.FAILED, answer.code, answer.message, is_account=True)
        case _:
            return _again(answer, tried)


def _gone(answer: failures.Failure, tried: Try) -> Outcome:
    """What is gone needs no deleting."""
    return Outcome(ActState.DONE) if tried.act is Act.DELETE else _no(answer, _GONE)


def _words_of(answer: failures.Failure) -> str:
    is_plain = isinstance(answer, failures.NotAllowed) and answer.message == answer.default_message
    return _NOT_ALLOWED if is_plain else answer.message


def _no(answer: failures.Failure, words: str) -> Outcome:
    return Outcome(ActState.REFUSED, answer.code, words)


def _again(answer: Exception, tried: Try) -> Outcome:
    is_paced = isinstance(answer, failures.Throttled | failures.QuotaExhausted)
    if not is_paced and tried.now - tried.asked_at > UNREACHABLE_LASTS:
        return Outcome(ActState.FAILED, "unreachable", _NEVER_REACHED)
    retry_at = answer.retry_at if isinstance(answer, failures.Failure) else None
    ours = tried.now + timedelta(seconds=wait_s(tried.attempts, tried.spread))
    return Outcome(ActState.WAITING, not_before=max(retry_at or ours, tried.now))
