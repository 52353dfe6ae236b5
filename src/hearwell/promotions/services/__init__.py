"""The verbs of promotions; the only writers of its tables."""

from hearwell.promotions.services.choosing import BadHoldChoiceError, Wish, choose
from hearwell.promotions.services.telling import catch_up, forget_old, tell_changes

__all__ = [
    "BadHoldChoiceError",
    "Wish",
    "catch_up",
    "choose",
    "forget_old",
    "tell_changes",
]
