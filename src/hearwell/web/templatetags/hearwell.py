"""Marks, clocks, figures and words for templates."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from hearwell.accounts.models import SignInProvider
from hearwell.accounts.rules import can
from hearwell.kit.clock import now
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.commands import worded_commands
from hearwell.web.components import clocks, icons, marks, report_tabs, routed
from hearwell.web.components import rows as case_row
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped, one_decimal

register = template.Library()
NOTHING = "\N{EN DASH}"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw a decorative icon: {% icon "inbox" "i-s" %}."""
    return icons.icon(str(name), str(extra))


@register.simple_tag(takes_context=True)
def report_groups(context: Context, here: str) -> tuple[report_tabs.Shown, ...]:
    """Return the reports by group, for whoever asks: {% report_groups here as groups %}."""
    member = context.get("member")
    return report_tabs.shown_groups(here, lambda right: bool(member and can(member.role, right)))


@register.simple_tag
def sends_mail() -> bool:
    """Say whether this house can send letters: {% sends_mail as has_mail %}."""
    return bool(settings.HEARWELL_HAS_MAIL)


@register.simple_tag
def sign_in_providers() -> list[SignInProvider]:
    """Return who lets people in beside us: {% sign_in_providers as providers %}."""
    return list(SignInProvider.objects.order_by("name")[:20])


@register.simple_tag
def ch(network: str, size: str = "") -> SafeString:
    """Draw a channel badge: {% ch case.network %}, {% ch account.network "lg" %}."""
    return marks.channel(network, is_large=size == "lg")


@register.filter
def network_name(network: str) -> str:
    """Name a network for people."""
    return str(marks.badge_of(network).title)


@register.simple_tag
def vis(audience: str) -> SafeString:
    """Draw the audience chip: {% vis message.audience %}."""
    return marks.audience(audience)


@register.simple_tag
def stage_mark(stage: str) -> SafeString:
    """Draw how a message concerns us."""
    return marks.stage(stage)


@register.simple_tag
def presence_mark(person: Person) -> SafeString:
    """Draw whether a colleague is here; nothing for one who never was."""
    return routed.presence(person.id, person.presence)


@register.simple_tag
def tri(kind: str, percent: int | None = None) -> SafeString:
    """Draw the triage chip of a row."""
    return marks.triage(kind, percent)


@register.simple_tag
def ticks(percent: int | None) -> SafeString:
    """Draw certainty as ticks."""
    return marks.ticks(percent)


@register.simple_tag
def clk(face: clocks.ClockFace | None, mode: str = "") -> SafeString:
    """Draw a clock; mode "full" says "38 min left"."""
    return clocks.draw(face, is_full=mode == "full") if face else SafeString("")


@register.filter
def length_of(seconds: float | None) -> str:
    """Put seconds into words; a dash for nothing."""
    return NOTHING if seconds is None else clocks.duration(seconds)


@register.simple_tag
def case_rows(rows: Iterable[case_row.Row]) -> SafeString:
    """Draw the rows of a list."""
    return case_row.draw_all(rows)


@register.simple_tag
def row_parts() -> SafeString:
    """Draw what rows may get while they are on the screen."""
    return case_row.draw_parts()


@register.simple_tag(takes_context=True)
def shell_dialogs(context: Context) -> SafeString:
    """Draw the help page and the palette: the same on every page, so drawn once a choice."""
    prefs = context["prefs"]
    return _dialogs(get_language() or "", prefs.has_single_keys, tuple(prefs.all_keys.items()))


@lru_cache(maxsize=128)
def _dialogs(
    _language: str,
    has_single_keys: bool,  # noqa: FBT001
    keys: tuple[tuple[str, str], ...],
) -> SafeString:
    values = {"commands": worded_commands(dict(keys)), "has_single_keys": has_single_keys}
    return SafeString(
        render_to_string("hearwell/parts/keys.html", values)
        + render_to_string("hearwell/parts/palette.html", values)
    )


@register.simple_tag(takes_context=True)
def key_of(context: Context, command: str) -> str:
    """Write the key of a command as small as a button has room for: "A", "⇧A", "Ctrl ↵"."""
    key = context["prefs"].usable_key(command)
    if key.startswith("Mod+"):
        return str(key.replace("Mod+", "Ctrl ").replace("Shift+", "⇧ ").replace("Enter", "↵"))
    return str(key.replace("Shift+", "⇧").upper())


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """Say when, relative under 24 h, else the date; the full time is in the tooltip."""
    if moment is None:
        return SafeString(NOTHING)
    here, passed = localtime(moment), (now() - moment).total_seconds()
    if passed < clocks.MINUTE:
        words = gettext("just now") if passed >= 0 else dated(here, "H:i")
    elif passed < clocks.DAY:
        words = gettext("%(time)s ago") % {"time": clocks.duration(passed)}
    else:
        words = dated(here, "j M Y" if here.year != localtime(now()).year else "j M")
    full = dated(here, "j F Y, H:i:s")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, words)


@register.simple_tag
def at(moment: datetime | None, style: str = "H:i") -> SafeString:
    """Say the clock time of a moment, the full date in the tooltip."""
    if moment is None:
        return SafeString("")
    here = localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        dated(here, "j F Y, H:i:s"),
        dated(here, style),
    )


@register.inclusion_tag("hearwell/parts/figure.html")
def fig(label: str, value: str, unit: str = "", how: str = "", delta: str = "") -> dict[str, str]:
    """Draw a figure: the value, then how it was counted and from how many."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "how": how,
        "delta": delta,
        "nothing": NOTHING,
    }


@register.filter
def thousands(number: int) -> str:
    """Write a whole number with its thousands apart."""
    return grouped(number)


@register.filter
def percent(share: float | None) -> str:
    """Write a share of one as per cent with one decimal; a dash for nothing."""
    return NOTHING if share is None else one_decimal(share * 100)


@register.filter
def by_key(mapping: dict[str, object], key: str) -> object:
    """Look a key up in a mapping; 0 for a missing one."""
    return mapping.get(key, 0)


_CHECKS = frozenset({"checkbox", "radio"})


@register.filter
def is_check(field: BoundField) -> bool:
    """Say whether a form field is a box to tick, whose label follows it."""
    return getattr(field.field.widget, "input_type", "") in _CHECKS


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """Draw a form field's control in our look, tied to its hint and its errors."""
    if is_check(field):
        return field.as_widget()
    notes = [f"{field.id_for_label}_hint"] if field.help_text else []
    notes += [f"{field.id_for_label}_error"] if field.errors else []
    attributes: dict[str, str | bool] = {"class": "input tall"}
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def pretty(value: object) -> str:
    """Write a JSON value for reading."""
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
