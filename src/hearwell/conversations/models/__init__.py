"""Tables of conversations, by what they are about."""

from __future__ import annotations

from hearwell.conversations.models.cases import (
    Case,
    CaseLog,
    CaseNumber,
    CaseTag,
    Conversation,
    Draft,
    ReopenWindow,
    Status,
    Tag,
    Waiting,
)
from hearwell.conversations.models.messages import (
    Direction,
    EarlyChange,
    Message,
    MessageVersion,
    Reaction,
)
from hearwell.conversations.models.moves import Move, MoveKind

__all__ = [
    "Case",
    "CaseLog",
    "CaseNumber",
    "CaseTag",
    "Conversation",
    "Direction",
    "Draft",
    "EarlyChange",
    "Message",
    "MessageVersion",
    "Move",
    "MoveKind",
    "Reaction",
    "ReopenWindow",
    "Status",
    "Tag",
    "Waiting",
]
