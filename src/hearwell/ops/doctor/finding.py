"""What a look at the house found: how bad it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: `look` can wait until tomorrow, `bad` cannot."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `todo` is what the operator does; empty for what is good."""

    topic: str
    level: Level
    text: str
    todo: str = ""


def good(topic: str, text: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(topic, Level.GOOD, text)


def look(topic: str, text: str, todo: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(topic, Level.LOOK, text, todo)


def bad(topic: str, text: str, todo: str) -> Finding:
    """Return a finding that must not stay so."""
    return Finding(topic, Level.BAD, text, todo)
