"""Watched brands in words: how each stands, what it costs to read, what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from hearwell.benchmarks.models import Panel
from hearwell.channels.costs import in_dollars
from hearwell.channels.telling import told
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.queries import Way, shown_for
from hearwell.watching.rules import DAILY_ITEMS, FIRST_ITEMS
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped

_TONES: Final = {
    WatchState.LOOKING.value: ("info", "search"),
    WatchState.ACTIVE.value: ("ok", "eye"),
    WatchState.PAUSED.value: ("", "pause"),
    WatchState.STOPPED.value: ("", "square"),
}
# What to do, by what stands against it. The others say so themselves.
_ADVICE: Final = {
    "away": gettext_noop(
        "Our account that reads it is paused, disconnected or gone. Connect it again under "
        "Settings → Networks; reading then goes on by itself."
    ),
    "needs_reauth": gettext_noop(
        "Our account that reads it has to be signed in again, under Settings → Networks."
    ),
    "scope_missing": gettext_noop(
        "Our account that reads it lacks the right to. Connect it again with more rights, under "
        "Settings → Networks."
    ),
    "target_gone": gettext_noop(
        "There is no such account any more: it was renamed, closed or made private. Stop watching "
        "it, or watch its new name."
    ),
    "cap": gettext_noop(
        "The monthly spending cap of this network is reached. It goes on next month, or as soon as "
        "an admin raises the cap under Settings → Networks."
    ),
    "ceiling": gettext_noop("Today's most was read. It goes on tomorrow, from where it is."),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One watched account in words."""

    watch: Watch
    label: str
    tone: str
    icon: str
    facts: list[str]
    problem: str
    can_pause: bool
    can_resume: bool
    can_stop: bool
    can_undo: bool


def face_of(watch: Watch) -> Face:
    """Put one into words."""
    tone, icon = _TONES.get(watch.state, ("", "eye"))
    is_failing = bool(watch.failure_code) and watch.state == WatchState.ACTIVE
    return Face(
        watch=watch,
        label=str(WatchState(watch.state).label),
        tone="late" if is_failing else tone,
        icon=icon,
        facts=_facts(watch),
        problem=problem_of(watch) if is_failing else "",
        can_pause=watch.state == WatchState.ACTIVE,
        can_resume=watch.state == WatchState.PAUSED,
        can_stop=watch.state in {WatchState.ACTIVE, WatchState.PAUSED},
        can_undo=watch.state == WatchState.STOPPED,
    )


def problem_of(watch: Watch) -> str:
    """Say what stands against a watch, what to do and when it is tried again."""
    advice = _ADVICE.get(watch.failure_code)
    words = _(advice) if advice else told(watch.failure_message)
    if watch.next_at is None:
        return words
    return f"{words} {_('Next try: %(when)s.') % {'when': _when(watch.next_at)}}"


def _facts(watch: Watch) -> list[str]:
    if watch.state == WatchState.LOOKING:
        return []
    facts = [
        ngettext("%(n)s message", "%(n)s messages", watch.items) % {"n": grouped(watch.items)},
        _extent(watch),
    ]
    if watch.last_read_at:
        facts.append(_("last read %(when)s") % {"when": _when(watch.last_read_at)})
    if watch.state == WatchState.ACTIVE and not watch.failure_code:
        facts.append(_next(watch))
    if watch.purge_at:
        facts.append(_("what was read goes on %(when)s") % {"when": _when(watch.purge_at)})
    return facts


def _extent(watch: Watch) -> str:
    if watch.begins_at is None or watch.ends_at is None:
        return _("not read completely yet")
    known = {"first": _when(watch.begins_at), "last": _when(watch.ends_at)}
    return _("known from %(first)s to %(last)s") % known


def _next(watch: Watch) -> str:
    if watch.phase or watch.next_at is None:
        return _("being read now")
    return _("next reading %(when)s") % {"when": _when(watch.next_at)}


def _when(moment: Any) -> str:
    here = localtime(moment)
    return f"{dated(here.date(), 'j M Y')}, {here:%H:%M}"


def watched_context(panel: Panel) -> dict[str, Any]:
    """Return what the panel's page shows of its watched brands; one query."""
    ids = {UUID(one) for brand in panel.members for one in brand.channel_ids}
    found = shown_for(panel.workspace_id, panel.id, ids)
    return {
        "watches": [face_of(one) for one in found],
        "is_looking": any(one.state == WatchState.LOOKING for one in found),
    }


@dataclass(frozen=True, slots=True)
class WayFace:
    """An account of ours with what watching through it costs, or why it cannot be done."""

    way: Way
    notes: list[str]


def ways_in_words(ways: Sequence[Way]) -> list[WayFace]:
    """Put into words what each account can do."""
    return [WayFace(one, _notes(one) if one.can else [_reason(one)]) for one in ways]


def _reason(way: Way) -> str:
    if way.is_connected:
        return _("its network does not let us read what other brands' accounts say")
    return _("it is not connected just now")


def _notes(way: Way) -> list[str]:
    notes = [_price(way)]
    if not way.hears_all:
        notes.append(
            _("Only what the brand answered can be read there: times and tactics, but no rate.")
        )
    if way.words_for is not None:
        notes.append(_kept(way.words_for))
    return notes


def _kept(limit: timedelta) -> str:
    """Say after how long words go: in hours below three days."""
    if limit.days > 2:  # noqa: PLR2004  as people say it
        words = ngettext(
            "Words are let go of after %(n)s day, as this network's rules demand; times stay.",
            "Words are let go of after %(n)s days, as this network's rules demand; times stay.",
            limit.days,
        )
        return words % {"n": grouped(limit.days)}
    hours = round(limit.total_seconds() / 3600)
    words = ngettext(
        "Words are let go of after %(n)s hour, as this network's rules demand; times stay.",
        "Words are let go of after %(n)s hours, as this network's rules demand; times stay.",
        hours,
    )
    return words % {"n": grouped(hours)}


def _price(way: Way) -> str:
    if way.item_micros:
        words = _(
            "Reading is paid: about $%(each)s a message, so up to $%(first)s for the first reading "
            "and at most $%(daily)s a day and brand. It counts towards the monthly cap under "
            "Settings → Networks, and stops there."
        )
        return words % {
            "each": in_dollars(way.item_micros),
            "first": in_dollars(way.item_micros * FIRST_ITEMS),
            "daily": in_dollars(way.item_micros * DAILY_ITEMS),
        }
    if way.page_units:
        words = ngettext(
            "Each page read takes %(n)s unit of the day's quota; answers keep their part of it.",
            "Each page read takes %(n)s units of the day's quota; answers keep their part of it.",
            way.page_units,
        )
        return words % {"n": grouped(way.page_units)}
    return _("Reading costs nothing.")
