"""The verbs of automation; the only writers of its tables."""

from hearwell.automation.services.rulebook import (
    BadAutomationError,
    RuleFacts,
    allow_public,
    forbid_public,
    move_rule,
    remove_rule,
    save_rule,
    switch_rule,
)
from hearwell.automation.services.running import Call, run_rules
from hearwell.automation.services.suggesting import lay_ready
from hearwell.automation.services.undoing import undo_last, undo_run

__all__ = [
    "BadAutomationError",
    "Call",
    "RuleFacts",
    "allow_public",
    "forbid_public",
    "lay_ready",
    "move_rule",
    "remove_rule",
    "run_rules",
    "save_rule",
    "switch_rule",
    "undo_last",
    "undo_run",
]
