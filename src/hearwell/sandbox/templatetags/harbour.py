"""Filters and tags of Harbour's pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hearwell.kit.clock import now
from hearwell.kit.drawings import drawing
from hearwell.sandbox.models import Profile
from hearwell.sandbox.rules import MENTION, initials_of

register = template.Library()
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_FEW_DAYS = 6
_LONG = 900


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """Draw a decorative icon: {% icon "anchor" 20 %}."""
    side = str(size)
    return drawing(
        name, width=side, height=side, aria_hidden="true", focusable="false", stroke_width="1.75"
    )


@register.simple_tag
def face(profile: Profile, size: str = "") -> SafeString:
    """Draw somebody's tile: initials on a colour of their own; an anchor-blue one for a brand."""
    hue = "brand" if profile.is_brand else f"hue-{profile.hue}"
    text = initials_of(profile.name)
    return format_html('<span class="face {} {}" aria-hidden="true">{}</span>', hue, size, text)


@register.simple_tag
def words(text: str, language: str = "") -> SafeString:
    """Draw what somebody said, exactly: no white space may be added. Long texts scroll."""
    attributes = [format_html(' lang="{}"', language)] if language else []
    if len(text) > _LONG:
        label = _("Long text")
        attributes.append(format_html(' tabindex="0" role="group" aria-label="{}"', label))
    size = " long" if len(text) > _LONG else ""
    extra = mark_safe("".join(attributes))  # noqa: S308 -- every part is escaped above
    return format_html('<p class="words{}" dir="auto"{}>{}</p>', size, extra, _speech(text))


def _speech(text: str) -> SafeString:
    """Escape what was said and set handles apart; line breaks are the style sheet's affair."""
    parts, end = [], 0
    for match in MENTION.finditer(text):
        parts.append(conditional_escape(text[end : match.start()]))
        parts.append(format_html('<bdi class="at">{}</bdi>', match[0]))
        end = match.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every part is escaped above


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """Draw a time: how long ago in short, the whole of it on hovering."""
    whole = date_format(at, "j M Y, H:i")
    shape = '<time datetime="{}" title="{} UTC">{}</time>'
    return format_html(shape, at.isoformat(), whole, _ago(at))


def _ago(at: datetime) -> str:
    """Say how long ago, shortly: "now", "4 min", "2 h", "3 d", then the date."""
    seconds = max((now() - at).total_seconds(), 0)
    if seconds < _MINUTE:
        return _("now")
    if seconds < _HOUR:
        return _("%(n)d min") % {"n": seconds // _MINUTE}
    if seconds < _DAY:
        return _("%(n)d h") % {"n": seconds // _HOUR}
    if seconds < timedelta(days=_FEW_DAYS).total_seconds():
        return _("%(n)d d") % {"n": seconds // _DAY}
    return date_format(at, "j M Y")
