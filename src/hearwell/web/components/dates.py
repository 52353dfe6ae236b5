"""Dates as the reader's language writes them: "26 Nov 2026" is "26. Nov. 2026" in German.

A format is a text like any other and stands in the catalogues, in Django's letters for dates:
https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

FORMATS: Final = (
    gettext_noop("D j M, H:i"),
    gettext_noop("F Y"),
    gettext_noop("j F Y"),
    gettext_noop("j F Y, H:i"),
    gettext_noop("j F Y, H:i:s"),
    gettext_noop("j M"),
    gettext_noop("j M Y"),
    gettext_noop("j M, H:i"),
    gettext_noop("j M, H:i:s"),
    gettext_noop("l j F Y"),
)


def dated(moment: date, style: str) -> str:
    """Write a day or a moment by one of ``FORMATS``; any other format is taken as it is."""
    return str(date_format(moment, gettext(style)))


def days_words(first: date, last: date) -> str:
    """Write a stretch of whole days, of one day that day alone."""
    end = dated(last, "j M Y")
    return end if first == last else f"{dated(first, 'j M Y')} \N{EN DASH} {end}"
