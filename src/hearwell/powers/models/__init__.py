"""Tables of powers."""

from hearwell.powers.models.grants import Grant, GrantKind, GrantState, Purse, RolePower
from hearwell.powers.models.reviews import Review, ReviewRule, ReviewState

__all__ = [
    "Grant",
    "GrantKind",
    "GrantState",
    "Purse",
    "Review",
    "ReviewRule",
    "ReviewState",
    "RolePower",
]
