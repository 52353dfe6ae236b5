"""The verbs of triage; the only writers of its tables."""

from hearwell.triage.services.correcting import (
    CORRECTED,
    DUTY_OF,
    FIELDS,
    MOST_URGENT,
    BadCorrectionError,
    NothingToUndoError,
    correct,
    standing,
    undo_correction,
)
from hearwell.triage.services.judging import assess, follow, mind_for
from hearwell.triage.services.learning import (
    BadChoiceError,
    UnknownVersionError,
    choose_bands,
    forget_taught,
    go_back,
    refit,
)
from hearwell.triage.services.topics import (
    BadTopicError,
    TopicFacts,
    remove_topic,
    save_topic,
)

__all__ = [
    "CORRECTED",
    "DUTY_OF",
    "FIELDS",
    "MOST_URGENT",
    "BadChoiceError",
    "BadCorrectionError",
    "BadTopicError",
    "NothingToUndoError",
    "TopicFacts",
    "UnknownVersionError",
    "assess",
    "choose_bands",
    "correct",
    "follow",
    "forget_taught",
    "go_back",
    "mind_for",
    "refit",
    "remove_topic",
    "save_topic",
    "standing",
    "undo_correction",
]
