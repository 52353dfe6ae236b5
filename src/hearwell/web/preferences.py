"""A person's own settings: read with defaults, so that an old or odd value never breaks a page."""

from __future__ import annotations

from collections.abc import Collection
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


def preferences_of(user: object) -> Preferences:
    """Read a user's settings; strangers and unknown values get the defaults."""
    raw: dict[str, Any] = getattr(user, "preferences", None) or {}
    undo_s = raw.get("undo_s", 10)
    return Preferences(
        theme=_among(raw.get("theme"), dict(THEMES), "system"),
        density=_among(raw.get("density"), dict(DENSITIES), "standard"),
        has_single_keys=raw.get("single_keys", True) is not False,
        undo_s=min(MAX_UNDO_S, max(0, undo_s)) if isinstance(undo_s, int) else 10,
    )


def _among(value: object, choices: Collection[str], otherwise: str) -> str:
    return value if isinstance(value, str) and value in choices else otherwise
