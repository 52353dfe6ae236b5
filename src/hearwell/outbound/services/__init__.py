"""The verbs of outbound. The sender itself is in sender.py and only workers load it."""

from __future__ import annotations

from hearwell.outbound.services.claiming import claim, claim_due
from hearwell.outbound.services.echoes import match_echoes, record_receipts
from hearwell.outbound.services.instance import hold_everything
from hearwell.outbound.services.lanes import LaneMove, WrongLaneError, lanes_moved, versions
from hearwell.outbound.services.queueing import (
    KeyReusedError,
    Submission,
    approve,
    cancel,
    delivery_by_key,
    give_up,
    mark_as_posted,
    queue,
    release,
    send_again,
    send_anyway,
    withdraw,
)
from hearwell.outbound.services.recovery import sweep
from hearwell.outbound.services.switches import active_switches, resume, stop, switch_for

__all__ = [
    "KeyReusedError",
    "LaneMove",
    "Submission",
    "WrongLaneError",
    "active_switches",
    "approve",
    "cancel",
    "claim",
    "claim_due",
    "delivery_by_key",
    "give_up",
    "hold_everything",
    "lanes_moved",
    "mark_as_posted",
    "match_echoes",
    "queue",
    "record_receipts",
    "release",
    "resume",
    "send_again",
    "send_anyway",
    "stop",
    "sweep",
    "switch_for",
    "versions",
    "withdraw",
]
