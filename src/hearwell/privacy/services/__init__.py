"""The verbs of privacy: export, hold, erase, and erase once more after a restore."""

from __future__ import annotations

from hearwell.privacy.services.asking import ask_to_erase, hold, let_go
from hearwell.privacy.services.erasing import RefusedError, Why, erase, why_not
from hearwell.privacy.services.exporting import export_into
from hearwell.privacy.services.keeping import BadKeepingError, erase_old, keep_for
from hearwell.privacy.services.ledger import erase_again

__all__ = [
    "BadKeepingError",
    "RefusedError",
    "Why",
    "ask_to_erase",
    "erase",
    "erase_again",
    "erase_old",
    "export_into",
    "hold",
    "keep_for",
    "let_go",
    "why_not",
]
