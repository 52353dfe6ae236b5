"""The verbs of outcomes: take purchases or a series in, and take an import back."""

from hearwell.outcomes.services.importing import (
    NotAgreedError,
    Taken,
    check_purchases,
    check_series,
    take_purchases,
    take_series,
    undo_import,
)

__all__ = [
    "NotAgreedError",
    "Taken",
    "check_purchases",
    "check_series",
    "take_purchases",
    "take_series",
    "undo_import",
]
