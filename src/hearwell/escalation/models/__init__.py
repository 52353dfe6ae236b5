"""Tables of escalation."""

from hearwell.escalation.models.incidents import (
    EntryKind,
    Incident,
    IncidentCase,
    IncidentEntry,
    IncidentPart,
    IncidentState,
    IncidentTask,
    Review,
)
from hearwell.escalation.models.paths import (
    Escalation,
    EscalationChoice,
    EscalationMove,
    EscalationPath,
    EscalationState,
    Why,
)
from hearwell.escalation.models.statements import SignOff, Statement, StatementState

__all__ = [
    "EntryKind",
    "Escalation",
    "EscalationChoice",
    "EscalationMove",
    "EscalationPath",
    "EscalationState",
    "Incident",
    "IncidentCase",
    "IncidentEntry",
    "IncidentPart",
    "IncidentState",
    "IncidentTask",
    "Review",
    "SignOff",
    "Statement",
    "StatementState",
    "Why",
]
