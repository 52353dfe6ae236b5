"""The verbs of outbound. The sender itself is in sender.py and only workers load it."""

from __future__ import annotations

from hearwell.outbound.services.acting import UnderWayError, Wanted, ask_for
from hearwell.outbound.services.claiming import claim, claim_due
from hearwell.outbound.services.echoes import match_echoes, record_receipts
from hearwell.outbound.services.files import (
    FileRefusedError,
    attach,
    copy_files,
    describe,
    detach,
    drop_files,
    drop_unsent,
    idle_keys,
    move_files,
)
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
    "FileRefusedError",
    "KeyReusedError",
    "LaneMove",
    "Submission",
    "UnderWayError",
    "Wanted",
    "WrongLaneError",
    "active_switches",
    "approve",
    "ask_for",
    "attach",
    "cancel",
    "claim",
    "claim_due",
    "copy_files",
    "delivery_by_key",
    "describe",
    "detach",
    "drop_files",
    "drop_unsent",
    "give_up",
    "hold_everything",
    "idle_keys",
    "lanes_moved",
    "mark_as_posted",
    "match_echoes",
    "move_files",
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
