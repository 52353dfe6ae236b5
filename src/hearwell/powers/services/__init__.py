"""The verbs of powers; the only writers of its tables."""

from hearwell.powers.services.reviews import (
    BadRuleError,
    add_review_rule,
    hand_in,
    remove_review_rule,
    settle_review,
)

__all__ = [
    "BadRuleError",
    "add_review_rule",
    "hand_in",
    "remove_review_rule",
    "settle_review",
]
