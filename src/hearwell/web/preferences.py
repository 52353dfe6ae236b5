"""A person's own settings: read with defaults, so that an old or odd value never breaks a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

THEMES: Final = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
DENSITIES: Final = (
    ("compact", _("Compact")),
    ("standard", _("Standard")),
    ("roomy", _("Roomy")),
)
MAX_UNDO_S: Final = 30


@dataclass(frozen=True)
class Preferences:
    """How a person wants the pages, and how long a reply can be taken back."""

    theme: str = "system"
    density: str = "standard"
    has_single_keys: bool = True
    undo_s: int = 10


def preferences_of(user: Any) -> Preferences:
    """Read a user's settings; strangers and unknown values get the defaults."""
    raw = getattr(user, "preferences", None) or {}
    undo_s = raw.get("undo_s", 10)
    return Preferences(
        theme=raw.get("theme") if raw.get("theme") in dict(THEMES) else "system",
        density=raw.get("density") if raw.get("density") in dict(DENSITIES) else "standard",
        has_single_keys=raw.get("single_keys", True) is not False,
        undo_s=min(MAX_UNDO_S, max(0, undo_s)) if isinstance(undo_s, int) else 10,
    )
