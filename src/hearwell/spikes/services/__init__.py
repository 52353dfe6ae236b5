"""The verbs of spikes; the only writers of its tables."""

from hearwell.spikes.services.choosing import (
    BadSpikeChoiceError,
    UnknownSpikeError,
    choose,
    decide_spike,
)
from hearwell.spikes.services.counting import forget_old, recount
from hearwell.spikes.services.looking import look, wake_looks

__all__ = [
    "BadSpikeChoiceError",
    "UnknownSpikeError",
    "choose",
    "decide_spike",
    "forget_old",
    "look",
    "recount",
    "wake_looks",
]
