"""Line icons from the lucide package, drawn once and kept.

Rendering an icon parses XML; a list of cases has a hundred of them, so each (name, class) is drawn
once per process.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

_SPACE: Final = re.compile(r">\s+<")
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
    drawn = lucide(
        name, size=None, **{"class": classes, "aria-hidden": "true", "focusable": "false"}
    )
    # The drawing comes from the icon package, the classes from our templates: no user text.
    return mark_safe(_SPACE.sub("><", drawn).strip())  # noqa: S308
