"""The expected wait in words, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearwell.waits.queries import Told

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def span(seconds: int) -> str:
    """Say a told time: whole minutes, hours (also half ones) or days."""
    if seconds < _HOUR:
        n = max(1, seconds // _MINUTE)
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    if seconds < _DAY:
        whole, rest = divmod(seconds, _HOUR)
        if rest:
            return _("%(h)s h %(m)s min") % {"h": whole, "m": rest // _MINUTE}
        return ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": whole}
    days = -(-seconds // _DAY)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def sentence(told: Told) -> str:
    """Say what a customer may expect who writes now; honest where nothing is known."""
    if told.p50_s is None or told.p90_s is None:
        if told.opens_at is not None:
            return _("We are closed now. We answer again from %(when)s.") % {"when": _when(told)}
        return _("We have answered too few messages of late to say how long it takes.")
    values = {"half": span(told.p50_s), "most": span(told.p90_s), "when": _when(told)}
    if told.closes_at is not None:
        words = _(
            "Half of all messages are answered within %(half)s of our opening hours, nine in ten "
            "within %(most)s. We close at %(closes)s."
        )
        return words % (values | {"closes": _day_and_time(told.closes_at)})
    if told.opens_at is not None:
        return (
            _(
                "We are closed now. From %(when)s on, half of all messages are answered within "
                "%(half)s, nine in ten within %(most)s."
            )
            % values
        )
    return (
        _("Half of all messages are answered within %(half)s now, nine in ten within %(most)s.")
        % values
    )


def short(told: Told) -> str:
    """Say it as a badge does."""
    if told.opens_at is not None:
        return _("closed until %(when)s") % {"when": _when(told)}
    if told.p50_s is None or told.p90_s is None:
        return _("not known now")
    wait = _range(told.p50_s, told.p90_s)
    if told.closes_at is None:
        return wait
    closes = _day_and_time(told.closes_at)
    return _("%(wait)s, open until %(when)s") % {"wait": wait, "when": closes}


def _range(p50_s: int, p90_s: int) -> str:
    if p50_s == p90_s:
        return _("up to %(most)s") % {"most": span(p90_s)}
    return _("%(half)s to %(most)s") % {"half": span(p50_s), "most": span(p90_s)}


def _when(told: Told) -> str:
    return _day_and_time(told.opens_at) if told.opens_at is not None else ""


def _day_and_time(at: datetime) -> str:
    return date_format(localtime(at), "D H:i")
