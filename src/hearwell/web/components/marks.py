"""Channel badge, audience chip, triage chip: the marks a row or message carries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from hearwell.web.components.icons import icon


@dataclass(frozen=True)
class Badge:
    """How a network is marked: a short code for its hue, its name, letters or an icon."""

    code: str
    title: str | Promise
    letters: str = ""
    icon: str = ""


BADGES: Final[dict[str, Badge]] = {
    "x": Badge("x", "X", "X"),
    "facebook": Badge("fb", "Facebook", "Fb"),
    "instagram": Badge("ig", "Instagram", "Ig"),
    "linkedin": Badge("li", "LinkedIn", "Li"),
    "youtube": Badge("yt", "YouTube", "Yt"),
    "bluesky": Badge("bs", "Bluesky", "Bs"),
    "mastodon": Badge("ma", "Mastodon", "Ma"),
    "reddit": Badge("re", "Reddit", "Re"),
    "reviews": Badge("rv", _("Reviews"), "Rv"),
    "googlereviews": Badge("rv", _("Google reviews"), "Gr"),
    "whatsapp": Badge("wa", "WhatsApp", "Wa"),
    "telegram": Badge("tg", "Telegram", "Tg"),
    "sms": Badge("sm", "SMS", "Sm"),
    "email": Badge("em", _("E-mail"), icon="mail"),
    "phone": Badge("ph", _("Phone call"), icon="phone"),
    "webchat": Badge("wc", _("Web chat"), icon="message-square"),
    "sandbox": Badge("sb", "Harbour", "Hb"),
    "archive": Badge("ar", _("Archive"), "Ar"),
}


def badge_of(network: str) -> Badge:
    """Return the network's badge; a network we have no badge for gets its first two letters."""
    known = BADGES.get(network)
    return known or Badge("nt", network.capitalize() or "?", network[:2].capitalize() or "?")


def channel(network: str, *, is_large: bool = False) -> SafeString:
    """Draw the channel badge, its name in a tooltip and for screen readers."""
    return _channel(network, is_large, get_language() or "")


@lru_cache(maxsize=256)
def _channel(network: str, is_large: bool, _language: str) -> SafeString:  # noqa: FBT001
    badge = badge_of(network)
    return format_html(
        '<span class="ch{}" data-ch="{}" role="img" aria-label="{}" title="{}">{}</span>',
        " lg" if is_large else "",
        badge.code,
        badge.title,
        badge.title,
        icon(badge.icon) if badge.icon else badge.letters,
    )


@dataclass(frozen=True)
class AudienceMark:
    """Word, icon and class of an audience; the class brings edge and colour."""

    css: str
    icon: str
    word: str | Promise


AUDIENCES: Final[dict[str, AudienceMark]] = {
    "public": AudienceMark("pub", "globe", _("Public")),
    "private": AudienceMark("priv", "lock", _("Private")),
    "team": AudienceMark("note", "sticky-note", _("Team note")),
}


def audience(value: str) -> SafeString:
    """Draw the audience chip: who can read this."""
    return _audience(value, get_language() or "")


@lru_cache(maxsize=32)
def _audience(value: str, _language: str) -> SafeString:
    mark = AUDIENCES[value]
    return format_html('<span class="vis {}">{}{}</span>', mark.css, icon(mark.icon), mark.word)


@dataclass(frozen=True)
class StageMark:
    """How a message concerns us: an icon, a short word, and what it means."""

    icon: str
    word: str | Promise
    meaning: str | Promise


TAGGED: Final = "tagged"
STAGES: Final[dict[str, StageMark]] = {
    TAGGED: StageMark("at-sign", _("Tagged"), _("They addressed us")),
    "named": StageMark("ear", _("Named"), _("They named us and did not address us")),
    "about": StageMark("ear", _("About us"), _("They wrote about what we do and did not name us")),
}


def stage(value: str) -> SafeString:
    """Draw the stage chip; nothing where a message needs none."""
    return _stage(value, get_language() or "") if value in STAGES else SafeString("")


@lru_cache(maxsize=16)
def _stage(value: str, _language: str) -> SafeString:
    mark = STAGES[value]
    return format_html(
        '<span class="chip sm stage" title="{}">{}{}<span class="sr">: {}</span></span>',
        mark.meaning,
        icon(mark.icon),
        mark.word,
        mark.meaning,
    )


@dataclass(frozen=True)
class Kind:
    """What a message is about, as triage names it."""

    icon: str
    word: str | Promise


KINDS: Final[dict[str, Kind]] = {
    "complaint": Kind("flag", _("Complaint")),
    "question": Kind("circle-question-mark", _("Question")),
    "request": Kind("ticket", _("Request")),
    "praise": Kind("heart", _("Praise")),
    "idea": Kind("lightbulb", _("Idea")),
    "prepurchase": Kind("coins", _("Before buying")),
    "review": Kind("star", _("Review")),
    "chatter": Kind("message-circle", _("Chatter")),
    "spam": Kind("ban", _("Spam")),
}
SURE, GUESS = 75, 60
_TICKS: Final = 4


def triage(kind: str, percent: int | None = None) -> SafeString:
    """Draw the triage chip of a row: icon, label and certainty in four ticks.

    `percent` None means that a person set the label: it has no ticks.
    """
    return _triage(kind, percent, get_language() or "") if kind in KINDS else SafeString("")


@lru_cache(maxsize=2048)
def _triage(kind: str, percent: int | None, _language: str) -> SafeString:
    label = KINDS[kind]
    return format_html(
        '<span class="tri">{}{}{}</span>', icon(label.icon), _worded(label, percent), ticks(percent)
    )


def _worded(label: Kind, percent: int | None) -> str:
    """Under 60 % a label is put as a question."""
    return f"{label.word}?" if percent is not None and percent < GUESS else str(label.word)


def ticks(percent: int | None) -> SafeString:
    """Draw certainty as four ticks with the number for screen readers; nothing for None."""
    if percent is None:
        return SafeString("")
    lit = min(_TICKS, max(1, round(percent / 100 * _TICKS)))
    bars = '<i class="on"></i>' * lit + "<i></i>" * (_TICKS - lit)
    said = gettext("%(percent)s %% certain") % {"percent": percent}
    return format_html(
        '<span class="conf" aria-hidden="true">{}</span><span class="sr">{}</span>',
        mark_safe(bars),  # noqa: S308  built from constants
        said,
    )
