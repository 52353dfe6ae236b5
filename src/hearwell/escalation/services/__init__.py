"""The verbs of escalation; the only writers of its tables."""

from hearwell.escalation.services.accepting import (
    HasOwnerError,
    NotYoursError,
    SettledError,
    UnknownEscalationError,
    accept,
    finish,
    may_accept,
    sign_off,
    signers_of,
    withdraw,
)
from hearwell.escalation.services.checklist import tick, write_review
from hearwell.escalation.services.choosing import choose, drop_path, save_path
from hearwell.escalation.services.incidents import (
    BadIncidentError,
    bring_back,
    dismiss,
    end_incident,
    hand_over,
    link_case,
    open_incident,
    open_proposal,
    set_level,
    unlink_case,
)
from hearwell.escalation.services.log import (
    EmptyEntryError,
    UnknownIncidentError,
    WrongStateError,
    log_entry,
)
from hearwell.escalation.services.proposing import Sighting, propose, spike_went_on
from hearwell.escalation.services.raising import (
    BadSeverityError,
    NoSuchCaseError,
    escalate,
    raise_alarms,
)
from hearwell.escalation.services.statements import (
    BadStatementError,
    MayNotSignError,
    note_published,
    sign,
    signers,
    write_statement,
)
from hearwell.escalation.services.stopping import press_stop, stop_switch
from hearwell.escalation.services.sweeping import sweep_due

__all__ = [
    "BadIncidentError",
    "BadSeverityError",
    "BadStatementError",
    "EmptyEntryError",
    "HasOwnerError",
    "MayNotSignError",
    "NoSuchCaseError",
    "NotYoursError",
    "SettledError",
    "Sighting",
    "UnknownEscalationError",
    "UnknownIncidentError",
    "WrongStateError",
    "accept",
    "bring_back",
    "choose",
    "dismiss",
    "drop_path",
    "end_incident",
    "escalate",
    "finish",
    "hand_over",
    "link_case",
    "log_entry",
    "may_accept",
    "note_published",
    "open_incident",
    "open_proposal",
    "press_stop",
    "propose",
    "raise_alarms",
    "save_path",
    "set_level",
    "sign",
    "sign_off",
    "signers",
    "signers_of",
    "spike_went_on",
    "stop_switch",
    "sweep_due",
    "tick",
    "unlink_case",
    "withdraw",
    "write_review",
    "write_statement",
]
