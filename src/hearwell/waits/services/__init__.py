"""The verbs of waits; the only writers of its tables."""

from hearwell.waits.services.choosing import BadNameError, Chosen, be_named, choose
from hearwell.waits.services.estimating import estimate, estimate_all, forget_old

__all__ = [
    "BadNameError",
    "Chosen",
    "be_named",
    "choose",
    "estimate",
    "estimate_all",
    "forget_old",
]
