"""What stands under a message: what became of it, and what was done to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.conversations.models import Message
from hearwell.web.agent.inbox.actfaces import Namer, act_feet, deletion_words
from hearwell.web.agent.inbox.letters import letter_feet
from hearwell.web.components.dates import dated
from hearwell.web.components.thread import Foot

_RECEIPTS: Final[dict[str, str | Promise]] = {
    "delivered": gettext_lazy("Delivered"),
    "read": gettext_lazy("Read"),
    "failed": gettext_lazy("The network could not deliver it"),
}


def feet_of(message: Message, named: Namer) -> Iterable[Foot]:
    """Say under a message what became of it."""
    if message.deleted_at:
        is_theirs = message.direction == "in"
        ours = deletion_words(message, named) or _("Deleted on the network")
        words = _("Deleted by the customer") if is_theirs else ours
        yield Foot("trash-2", f"{words}, {dated(localtime(message.deleted_at), 'H:i')}")
    elif message.edited_at:
        yield Foot("pencil", _("Edited %(at)s") % {"at": _clock(message.edited_at)})
    yield from act_feet(message, named)
    yield from letter_feet(message)
    if message.replaced:
        yield Foot("info", _("Shown with replacements: it held characters that cannot be kept"))
    if message.is_holding:
        yield Foot("hourglass", _("Holding reply"))
    if message.is_automatic:
        yield Foot("bot", _("Automatic reply"))
    if message.sent_outside:
        yield Foot("external-link", _("Sent outside Hearwell"))
    for reaction, count in (getattr(message, "reactions", None) or {}).items():
        yield Foot("heart", f"{reaction} {count}")
    if message.receipt in _RECEIPTS:
        tone = "c-late" if message.receipt == "failed" else ""
        yield Foot("check-check", str(_RECEIPTS[message.receipt]), tone)


def _clock(moment: datetime) -> str:
    return dated(localtime(moment), "H:i")
