"""Pages that are the same for everybody who asks: nothing of whoever does is in them."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi

from hearwell.web.preferences import Preferences


def bare(template: str, context: dict[str, Any]) -> str:
    """Draw without session, token or settings: the answer may be kept and given to others."""
    look = {"theme": "system", "prefs": Preferences()}
    direction = {"direction": "rtl" if get_language_bidi() else "ltr"}
    return render_to_string(template, context | look | direction)
