"""The verbs of triage; the only writers of its tables."""

from hearwell.triage.services.judging import (
    CORRECTED,
    DUTY_OF,
    MOST_URGENT,
    BadCorrectionError,
    assess,
    correct,
    follow,
    mind_for,
)
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
    "MOST_URGENT",
    "BadChoiceError",
    "BadCorrectionError",
    "BadTopicError",
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
]
