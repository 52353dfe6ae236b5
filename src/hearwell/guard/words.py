"""What the checks are called, and what they say of a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.guard.rules import Check, Finding, Level

LABELS: Final[Mapping[Check, str | Promise]] = {
    Check.CARD: _("Card number in public"),
    Check.IBAN: _("Bank account number (IBAN) in public"),
    Check.EMAIL: _("E-mail address in public"),
    Check.PHONE: _("Telephone number in public"),
    Check.REFERENCE: _("Booking or order reference in public"),
    Check.PROFANITY: _("Words we do not say"),
    Check.ALIKE: _("Reads like other replies"),
    Check.PROMISE: _("Promise above one's powers"),
    Check.ALT: _("Picture without a description"),
}
LEVELS: Final[Mapping[Level, str | Promise]] = {
    Level.OFF: _("Do not look"),
    Level.WARN: _("Warn"),
    Level.BLOCK: _("Do not send"),
}
_SAID: Final[Mapping[Check, str | Promise]] = {
    Check.CARD: _("Everybody would read this card number: %(found)s."),
    Check.IBAN: _("Everybody would read this bank account number: %(found)s."),
    Check.EMAIL: _("Everybody would read this e-mail address: %(found)s."),
    Check.PHONE: _("Everybody would read this telephone number: %(found)s."),
    Check.REFERENCE: _("Everybody would read this reference: %(found)s."),
    Check.PROFANITY: _("These are words we do not say: %(found)s."),
    Check.ALIKE: _(
        "%(found)s recent replies to other customers read almost the same. Name what is theirs: "
        "their name, their flight, what you did."
    ),
    Check.PROMISE: _(
        "You promise more than you may give: %(found)s. Sent all the same, it waits for somebody "
        "who may."
    ),
    Check.ALT: _("Describe this picture for people who cannot see it."),
}
_SHOWN: Final = 5


def said_of(finding: Finding) -> str:
    """Return a finding in plain words, for whoever wrote the reply."""
    return str(_SAID[finding.check]) % {"found": ", ".join(finding.found[:_SHOWN])}
