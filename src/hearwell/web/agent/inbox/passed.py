"""That a customer was asked to go on elsewhere, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hearwell.conversations.models import CaseLog
from hearwell.inbox.passing import OTHER, PHONE, PRIVATE, REASONS
from hearwell.web.components.marks import badge_of

PASSED_ON = "passed_on"


def where_words(goes_to: str) -> str:
    """Say where somebody was asked to go on."""
    match goes_to:
        case "private":
            return _("in private, here")
        case "phone":
            return _("by phone")
        case "other":
            return _("elsewhere")
    return _("by %(network)s") % {"network": badge_of(goes_to).title}


def passed_words(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of a line of a case's story; empty where it tells of no such thing."""
    if "goes_to" not in data:
        return {"where": "", "because": ""}
    reason = str(REASONS.get(str(data.get("because")), ""))
    words = str(data.get("words", ""))
    because = words if data.get("because") == OTHER else ", ".join(x for x in (reason, words) if x)
    return {"where": where_words(str(data["goes_to"])), "because": because}


def passed_of(log: Sequence[CaseLog]) -> dict[str, str] | None:
    """Return what was said when they were last asked to go on; None if they never were."""
    line = next((one for one in reversed(log) if one.verb == PASSED_ON), None)
    if line is None:
        return None
    return {**passed_words(line.data), "known": str(line.data.get("known", ""))}


__all__ = ["OTHER", "PHONE", "PRIVATE", "passed_of", "passed_words", "where_words"]
