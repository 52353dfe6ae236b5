"""The verbs of listening; the only writers of its tables."""

from hearwell.listening.services.choosing import NotTheOwnerError, let_answer
from hearwell.listening.services.hits import (
    Sifted,
    forget,
    forget_everywhere,
    record_hits,
    sift,
)
from hearwell.listening.services.judging import follow, judge_case, judge_hit, unjudge_case
from hearwell.listening.services.terms import BadTermError, TermFacts, save_term, switch_term

__all__ = [
    "BadTermError",
    "NotTheOwnerError",
    "Sifted",
    "TermFacts",
    "follow",
    "forget",
    "forget_everywhere",
    "judge_case",
    "judge_hit",
    "let_answer",
    "record_hits",
    "save_term",
    "sift",
    "switch_term",
    "unjudge_case",
]
