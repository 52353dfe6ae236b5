"""A person's own settings: read with defaults, so that an old or odd value never breaks a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from hearwell.accounts.languages import language_of
from hearwell.web.commands import COMMANDS
from hearwell.web.keyboard import BadKeyError, effective_keys, read_key

THEMES: Final = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
DENSITIES: Final = (
    ("compact", _("Compact")),
    ("standard", _("Standard")),
    ("roomy", _("Roomy")),
)
MAX_UNDO_S: Final = 30
_COMMANDS: Final = frozenset(command.id for command in COMMANDS)


@dataclass(frozen=True)
class Preferences:
    """How a person wants the pages, and how long a reply can be taken back.

    `language` is a code of settings.LANGUAGES, empty for the browser's.
    `keys` are those they have changed, by command; an empty one is switched off.
    """

    theme: str = "system"
    density: str = "standard"
    has_single_keys: bool = True
    undo_s: int = 10
    keys: Mapping[str, str] = field(default_factory=dict)
    language: str = ""

    @cached_property
    def all_keys(self) -> dict[str, str]:
        """The key of each command, empty if it has none."""
        return effective_keys(self.keys)

    def usable_key(self, command: str) -> str:
        """The key that does something now: none for a single key where those are off."""
        key = self.all_keys[command]
        return key if self.has_single_keys or key.startswith("Mod+") else ""


def preferences_of(user: object) -> Preferences:
    """Read a user's settings; strangers and unknown values get the defaults."""
    raw: dict[str, Any] = getattr(user, "preferences", None) or {}
    undo_s = raw.get("undo_s", 10)
    return Preferences(
        language=language_of(user),
        theme=_among(raw.get("theme"), dict(THEMES), "system"),
        density=_among(raw.get("density"), dict(DENSITIES), "standard"),
        has_single_keys=raw.get("single_keys", True) is not False,
        undo_s=min(MAX_UNDO_S, max(0, undo_s)) if isinstance(undo_s, int) else 10,
        keys=_keys(raw.get("keys")),
    )


def _keys(stored: object) -> dict[str, str]:
    """Return the changed keys that still are keys of commands that still exist."""
    found = {}
    for name, key in stored.items() if isinstance(stored, dict) else ():
        try:
            if name in _COMMANDS and isinstance(key, str) and read_key(key) == key:
                found[name] = key
        except BadKeyError:
            continue
    return found


def _among(value: object, choices: Collection[str], otherwise: str) -> str:
    return value if isinstance(value, str) and value in choices else otherwise
