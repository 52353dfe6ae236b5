"""Tables of powers."""

from hearwell.powers.models.reviews import Review, ReviewRule, ReviewState

__all__ = ["Review", "ReviewRule", "ReviewState"]
