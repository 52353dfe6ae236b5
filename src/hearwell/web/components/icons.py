"""Icons of the pages, drawn once and kept: a list of cases has a hundred of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from hearwell.kit.drawings import drawing

# The house mark: a voice and the ear that turns to it. Not part of any icon set.
_LOGO: Final = (
    '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    '<circle cx="6" cy="12" r="2.4" fill="currentColor" stroke="none"/>'
    '<path d="M11 7.2a7.6 7.6 0 0 1 0 9.6M15.4 4.2a12.4 12.4 0 0 1 0 15.6"/></svg>'
)


@lru_cache(maxsize=512)
def icon(name: str, extra: str = "") -> SafeString:
    """Draw a decorative icon: hidden from screen readers, coloured by its surroundings.

    `extra` holds further classes, such as "i-s" for the small size.
    """
    classes = f"i {extra}".strip()
    if name == "logo":
        return format_html(_LOGO, classes)
    return drawing(name, class_=classes, aria_hidden="true", focusable="false")
