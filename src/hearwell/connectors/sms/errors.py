"""What the provider's codes mean: a table, since its words change more often than its codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hearwell.connect import failures

_REGISTER: Final = (
    "Carriers in the United States take messages from registered numbers only: register this number"
    " with the provider (A2P 10DLC or toll-free verification)."
)
# By code: which failure, and words where its own would not tell enough.
REFUSALS: Final[Mapping[int, tuple[type[failures.Failure], str]]] = {
    20003: (failures.NeedsReauth, "The provider does not take this account and token any more."),
    20404: (failures.NeedsReauth, "The provider does not know this account."),
    20005: (failures.AccountDisabled, "The provider has not activated this account."),
    20008: (failures.ScopeMissing, "These are test credentials: they can send nothing."),
    20006: (failures.ScopeMissing, "This key may not send messages: give it Messages, Create."),
    30002: (failures.AccountDisabled, "The provider has suspended this account."),
    90010: (failures.AccountDisabled, "The provider has not activated this account."),
    21211: (failures.TargetGone, "There is no such telephone number."),
    21212: (failures.ScopeMissing, "The provider does not know the number we send from."),
    21408: (
        failures.ScopeMissing,
        (
            "Sending to this country is switched off. Switch it on in the provider's settings for"
            " messaging, under geographic permissions."
        ),
    ),
    21606: (failures.ScopeMissing, "Our number cannot send text messages (SMS capability)."),
    21608: (
        failures.NotAllowed,
        "A trial account sends only to numbers that were verified with the provider.",
    ),
    21610: (failures.OptedOut, ""),
    21612: (failures.NotAllowed, "This number cannot be reached from ours."),
    21614: (failures.NotAllowed, "This number cannot receive text messages."),
    21619: (failures.Refused, "There is nothing to send."),
    21620: (failures.MediaRejected, ""),
    21623: (failures.MediaRejected, ""),
    21659: (failures.ScopeMissing, "The number we send from does not belong to this account."),
    21703: (failures.ScopeMissing, "The messaging service has no number to send from."),
    21704: (failures.ScopeMissing, "The messaging service has no number to send from."),
    30034: (failures.ScopeMissing, _REGISTER),
}
THROTTLED: Final = frozenset({20429, 21611, 30001, 30022, 63018})
SPENT: Final = frozenset({30023, 30027, 63038})
TOO_LONG: Final = frozenset({21605, 21617})
# How a message that had been accepted was lost on its way.
CARRIER: Final[Mapping[int, str]] = {
    30001: "Too many messages were waiting at the provider.",
    30002: "The provider has suspended the account.",
    30003: "The telephone is switched off or out of reach.",
    30004: "This person, or their carrier, blocks our messages.",
    30005: "The number is not in service any more, or never was.",
    30006: "This is a landline, or a carrier that takes no text messages.",
    30007: "The carrier took it for unwanted and held it back.",
    30008: "The carrier did not say why.",
    30009: "A part of the message got lost.",
    30010: "It would have cost more than is allowed for one message.",
    30032: "Our toll-free number has not been verified with the provider.",
    30034: _REGISTER,
    30410: "The carrier did not answer in time.",
    30450: "The carrier did not take it before it was out of date.",
    21610: "This person asked for no more messages.",
}


def reason_for(code: str) -> str:
    """Why it did not arrive, in words for an agent, with the code."""
    number = int(code) if code.isascii() and code.isdigit() and len(code) <= _DIGITS else 0
    words = CARRIER.get(number) or (REFUSALS[number][1] if number in REFUSALS else "")
    return f"{words} ({number})".strip() if number else "The carrier did not say why."


_DIGITS: Final = 6
