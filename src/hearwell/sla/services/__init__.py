"""The verbs of clocks and promises; the only writers of their tables."""

from hearwell.sla.services.historic import close_batch, close_historic
from hearwell.sla.services.meeting import Answered, cancel, meet, meet_all, reconcile
from hearwell.sla.services.promises import (
    ensure_defaults,
    make_calendar,
    policy_now,
    update_calendar,
    update_policy,
)
from hearwell.sla.services.reopening import restart_answer
from hearwell.sla.services.starting import start_clocks
from hearwell.sla.services.sweeping import sweep_breaches

__all__ = [
    "Answered",
    "cancel",
    "close_batch",
    "close_historic",
    "ensure_defaults",
    "make_calendar",
    "meet",
    "meet_all",
    "policy_now",
    "reconcile",
    "restart_answer",
    "start_clocks",
    "sweep_breaches",
    "update_calendar",
    "update_policy",
]
