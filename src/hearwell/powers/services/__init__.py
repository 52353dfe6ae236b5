"""The verbs of powers; the only writers of its tables."""

from hearwell.powers.services.grants import BadGrantError, Gift, decide_grant, give, take_back_grant
from hearwell.powers.services.matrix import BadMatrixError, set_powers, set_purse
from hearwell.powers.services.reviews import (
    BadRuleError,
    add_review_rule,
    hand_in,
    remove_review_rule,
    settle_review,
)

__all__ = [
    "BadGrantError",
    "BadMatrixError",
    "BadRuleError",
    "Gift",
    "add_review_rule",
    "decide_grant",
    "give",
    "hand_in",
    "remove_review_rule",
    "set_powers",
    "set_purse",
    "settle_review",
    "take_back_grant",
]
