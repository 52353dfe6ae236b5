"""The verbs of routing; the only writers of its tables."""

from __future__ import annotations

from hearwell.routing.services.claims import (
    CLAIM_LASTS,
    TakenError,
    assign,
    claim,
    drop_claims,
    expire_claims,
    extend,
    keep,
    release,
)
from hearwell.routing.services.placing import lock, place_batch
from hearwell.routing.services.presence import note_life, notice_absence, set_presence
from hearwell.routing.services.pulling import take_next
from hearwell.routing.services.returning import take_from_the_gone
from hearwell.routing.services.rulebook import (
    Known,
    RuleFacts,
    move_rule,
    remove_rule,
    save_rule,
)
from hearwell.routing.services.sending import send_to
from hearwell.routing.services.standing import (
    board_now,
    ensure_default_team,
    forget,
    hold,
    is_routed,
    note,
    note_missed,
    place,
    requeue,
)
from hearwell.routing.services.teams import (
    BadRoutingError,
    TeamFacts,
    remove_team,
    save_agent,
    save_settings,
    save_team,
)

__all__ = [
    "CLAIM_LASTS",
    "BadRoutingError",
    "Known",
    "RuleFacts",
    "TakenError",
    "TeamFacts",
    "assign",
    "board_now",
    "claim",
    "drop_claims",
    "ensure_default_team",
    "expire_claims",
    "extend",
    "forget",
    "hold",
    "is_routed",
    "keep",
    "lock",
    "move_rule",
    "note",
    "note_life",
    "note_missed",
    "notice_absence",
    "place",
    "place_batch",
    "release",
    "remove_rule",
    "remove_team",
    "requeue",
    "save_agent",
    "save_rule",
    "save_settings",
    "save_team",
    "send_to",
    "set_presence",
    "take_from_the_gone",
    "take_next",
]
