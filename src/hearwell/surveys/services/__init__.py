"""The verbs of the question after a solution."""

from __future__ import annotations

from hearwell.surveys.services.answering import hear, press, take_back
from hearwell.surveys.services.asking import ask_due, let_be, plan
from hearwell.surveys.services.choosing import BadChoiceError, Chosen, choose
from hearwell.surveys.services.links import BadLinkError, Link, link_of, read_link

__all__ = [
    "BadChoiceError",
    "BadLinkError",
    "Chosen",
    "Link",
    "ask_due",
    "choose",
    "hear",
    "let_be",
    "link_of",
    "plan",
    "press",
    "read_link",
    "take_back",
]
