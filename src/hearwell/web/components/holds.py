"""Why promotions to somebody are held back, in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.promotions.rules import Basis, Reason

REASONS: Final[dict[str, Promise]] = {
    Reason.UNANSWERED: _("waits for our answer"),
    Reason.OPEN: _("has an open case"),
    Reason.WAITING: _("has an open case and was answered"),
    Reason.SNOOZED: _("has a case that was put off"),
    Reason.COOLING_OFF: _("had a case until a short time ago"),
}
BECAUSE: Final[dict[str, Promise]] = {
    Reason.UNANSWERED: _("because they wait for our answer"),
    Reason.OPEN: _("because a case of theirs is open"),
    Reason.WAITING: _("because a case of theirs is open; it is their turn"),
    Reason.SNOOZED: _("because a case of theirs was put off"),
    Reason.COOLING_OFF: _("because their case was closed a short time ago"),
}
BASES: Final[dict[str, Promise]] = {
    Basis.NONE: _("Tell no address in any form"),
    Basis.CONSENT: _("The customers have agreed to it"),
    Basis.CONTRACT: _("It is needed for the contract with the customer"),
    Basis.INTEREST: _("Our legitimate interest, weighed against theirs"),
}
