"""The verbs of the second opinion; the only writers of its tables."""

from hearwell.secondopinion.services.comparing import SIZES, begin_comparison, compare
from hearwell.secondopinion.services.connecting import (
    BadConnectionError,
    Wanted,
    remove_connection,
    save_connection,
    switch_everywhere_off,
)
from hearwell.secondopinion.services.drafting import NotDraftingError, begin_draft, write_draft
from hearwell.secondopinion.services.opinions import claim_unsure, forget_words, give_opinions
from hearwell.secondopinion.services.spending import settle_lost
from hearwell.secondopinion.services.trying import begin_trial, try_out

__all__ = [
    "SIZES",
    "BadConnectionError",
    "NotDraftingError",
    "Wanted",
    "begin_comparison",
    "begin_draft",
    "begin_trial",
    "claim_unsure",
    "compare",
    "forget_words",
    "give_opinions",
    "remove_connection",
    "save_connection",
    "settle_lost",
    "switch_everywhere_off",
    "try_out",
    "write_draft",
]
