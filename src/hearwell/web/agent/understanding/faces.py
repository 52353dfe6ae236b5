"""Figures of understanding in words: shares with their n and interval, nothing made exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.accounts.access import MemberRequest
from hearwell.kit.clock import now
from hearwell.kit.shares import Share
from hearwell.triage.learning.limits import ENOUGH_TO_SAY
from hearwell.triage.learning.queries import state_of
from hearwell.triage.learning.unshown import review_count
from hearwell.web.components.marks import KINDS
from hearwell.web.components.numbers import one_decimal

HEADS: Final[dict[str, str | Promise]] = {
    "duty": gettext_lazy("What it asks of us"),
    "kind": gettext_lazy("What it is"),
    "sentiment": gettext_lazy("How it sounds"),
    "urgent": gettext_lazy("Whether it is urgent"),
    "thanks": gettext_lazy("Whether it says thanks"),
}
_LABELS: Final[dict[str, str | Promise]] = {
    "answer": gettext_lazy("Needs an answer"),
    "acknowledge": gettext_lazy("To be acknowledged"),
    "none": gettext_lazy("Needs nothing"),
    "negative": gettext_lazy("Negative"),
    "neutral": gettext_lazy("Neutral"),
    "positive": gettext_lazy("Positive"),
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
}
BANDS: Final[dict[str, str | Promise]] = {
    "act": gettext_lazy("Sure: acted on"),
    "ask": gettext_lazy("Unsure: a person was asked"),
    "pass": gettext_lazy("Quieted"),
}
SOURCES: Final[dict[str, str | Promise]] = {
    "corrected": gettext_lazy("put right"),
    "confirmed": gettext_lazy("found right"),
    "reviewed": gettext_lazy("looked at after quieting"),
    "asked": gettext_lazy("asked for"),
    "taken_back": gettext_lazy("taken back"),
}


def label_words(label: str) -> str:
    """Return what a label of any head is called on screen."""
    known = KINDS.get(label)
    return str(known.word if known else _LABELS.get(label, label))


@dataclass(frozen=True)
class ShareWords:
    """A share in words: percent where there are enough, else the bare counts; and its interval."""

    value: str
    of: str
    interval: str
    is_few: bool


def share_words(share: Share) -> ShareWords:
    """Put a share into words."""
    of = _("%(right)s of %(n)s") % {"right": share.right, "n": share.n}
    if share.value is None or share.interval is None:
        return ShareWords(_("none yet"), "", "", is_few=True)
    if share.n < ENOUGH_TO_SAY:
        return ShareWords(of, _("too few for a percentage"), "", is_few=True)
    low, high = (round(100 * one) for one in share.interval)
    return ShareWords(
        _("%(percent)s %%") % {"percent": one_decimal(100 * share.value)},
        of,
        _("surely between %(low)s and %(high)s %%") % {"low": low, "high": high},
        is_few=False,
    )


def alike_words(share: Share) -> str:
    """Say how often the workspace found such a verdict right; empty where it never said."""
    if not share.n:
        return ""
    words = ngettext(
        "%(right)s of %(n)s like it was right.", "%(right)s of %(n)s like it were right.", share.n
    )
    return words % {"right": share.right, "n": share.n}


def day_begins(at: datetime) -> datetime:
    """Return when the day of a time in a zone began."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def strip_of(request: MemberRequest) -> dict[str, object]:
    """Return what every page of understanding shows besides its own; two statements.

    `state` of the workspace, and `to_look`: how many of what was quieted wait to be looked at.
    """
    place = request.workspace
    today = day_begins(now().astimezone(ZoneInfo(place.time_zone)))
    return {"state": state_of(place.id), "to_look": review_count(place.id, today)}
