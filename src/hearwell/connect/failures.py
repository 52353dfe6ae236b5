"""The failures a connector may raise. Anything else it raises is a bug and is loud.

Each knows whether trying again can help (``retryable``), from when (``retry_at``), what to tell
the agent (``message``: plain, kind, an English msgid) and what the network called it
(``network_code``). Connectors classify by status and code, never by the message text alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime


class Failure(Exception):
    """Something went wrong between us and a network, in a way that the contract knows."""

    code: ClassVar[str] = "failure"
    retryable: ClassVar[bool] = False
    default_message: ClassVar[str] = "The network did not do what we asked."

    def __init__(
        self,
        message: str = "",
        *,
        network_code: str = "",
        retry_at: datetime | None = None,
        request_id: str = "",
    ) -> None:
        self.message = message or self.default_message
        self.network_code = network_code
        self.retry_at = retry_at
        self.request_id = request_id
        super().__init__(self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r}, network_code={self.network_code!r})"


# --- the account -----------------------------------------------------------------------------


class NeedsReauth(Failure):
    """The token is dead. Refresh once if the connector can, else ask a person to reconnect."""

    code = "needs_reauth"
    default_message = "The connection to this account has expired. Please reconnect it."


class ScopeMissing(Failure):
    """The token lives but lacks a right; reconnecting with more rights is needed."""

    code = "scope_missing"
    default_message = "This account was connected without the right to do that."


class AccountDisabled(Failure):
    """The network has closed or restricted the account itself."""

    code = "account_disabled"
    default_message = "The network has disabled this account."


class Ended(AccountDisabled):
    """What the account is was taken away for good, and says so: nobody asks again by themselves.

    The account is paused with this message; a person may resume it.
    """

    code = "ended"
    default_message = "This account is gone for good."


# --- the pace --------------------------------------------------------------------------------


class Throttled(Failure):
    """Too fast. Surely nothing was done; try again at ``retry_at``.

    ``scope`` says what is throttled: ``app``, ``account``, ``user`` or ``endpoint``.
    """

    code = "throttled"
    retryable = True
    default_message = "The network asks us to slow down; this will be tried again by itself."

    def __init__(
        self,
        retry_at: datetime | None,
        scope: str = "account",
        message: str = "",
        *,
        network_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(
            message, network_code=network_code, retry_at=retry_at, request_id=request_id
        )
        self.scope = scope


class QuotaExhausted(Failure):
    """A budget is used up until ``reset_at``. Surely nothing was done."""

    code = "quota_exhausted"
    retryable = True
    default_message = "The allowance for this network is used up for now."

    def __init__(
        self,
        reset_at: datetime | None,
        message: str = "",
        *,
        network_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(
            message, network_code=network_code, retry_at=reset_at, request_id=request_id
        )
        self.reset_at = reset_at


class Unavailable(Failure):
    """The network could not be reached, and surely nothing was done: before the first byte."""

    code = "unavailable"
    retryable = True
    default_message = "The network cannot be reached just now."


# --- a final no ------------------------------------------------------------------------------


class Refused(Failure):
    """The network understood and said no; asking again gives the same answer."""

    code = "refused"
    default_message = "The network refused this message."


class WindowClosed(Refused):
    """Too late to answer here. ``alternatives`` name ways that are still open."""

    code = "window_closed"
    default_message = "The time in which the network lets us answer here has passed."

    def __init__(
        self,
        message: str = "",
        *,
        alternatives: tuple[str, ...] = (),
        network_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, network_code=network_code, request_id=request_id)
        self.alternatives = alternatives


class NotAllowed(Refused):
    """The account may not answer this item: not summoned, blocked, opted out."""

    code = "not_allowed"
    default_message = "The network does not let this account answer this message."


class OptedOut(NotAllowed):
    """Whom we write to asked the account for no more messages; only they can take that back."""

    code = "opted_out"
    default_message = "This person asked for no more messages."


class TargetGone(Refused):
    """What we wanted to answer no longer exists."""

    code = "target_gone"
    default_message = "The message you are answering has been deleted on the network."


class Duplicate(Refused):
    """The network holds the same message already; ``existing`` is its id where it tells."""

    code = "duplicate"
    default_message = "The network already has exactly this message."

    def __init__(
        self,
        message: str = "",
        *,
        existing: str | None = None,
        network_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, network_code=network_code, request_id=request_id)
        self.existing = existing


class TooLong(Refused):
    """The text is longer than the network takes, counted by ``rule`` (a text rule's name)."""

    code = "too_long"
    default_message = "The message is too long for this network."

    def __init__(
        self,
        limit: int,
        actual: int,
        rule: str,
        message: str = "",
        *,
        network_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, network_code=network_code, request_id=request_id)
        self.limit = limit
        self.actual = actual
        self.rule = rule


class MediaRejected(Refused):
    """An attachment is too large, of the wrong type or unreadable for the network."""

    code = "media_rejected"
    default_message = "The network does not take this attachment."


# --- doubt, change and forgery ---------------------------------------------------------------


class OutcomeUnknown(Failure):
    """The request left, no trustworthy answer came. Never retried blindly: read back first."""

    code = "outcome_unknown"
    default_message = "We do not know yet whether the network took this message; we are checking."


class ContractChanged(Failure):
    """The network speaks otherwise than documented; the delivery is kept for later replay."""

    code = "contract_changed"
    default_message = "The network sent something we do not understand."


class BadSignature(Failure):
    """A delivery that is forged, unsigned, altered or too old."""

    code = "bad_signature"
    default_message = "A delivery did not carry a valid signature."
