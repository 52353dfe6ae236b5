"""Tables of conversations, by what they are about."""

from __future__ import annotations

from hearwell.conversations.models.batches import Batch, BatchKind
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
from hearwell.conversations.models.passings import Passing
from hearwell.conversations.models.views import SavedView

__all__ = [
    "Batch",
    "BatchKind",
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
    "Passing",
    "Reaction",
    "ReopenWindow",
    "SavedView",
    "Status",
    "Tag",
    "Waiting",
]
