"""Children that end with their parent, whatever ended it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

VARIABLE = "HEARWELL_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


def send_on_parent_death(signal_number: int) -> None:
    """Ask the kernel to send us a signal when our parent dies. Linux; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)


def follow_supervisor() -> None:
    """In a supervised process: end when the supervisor is killed; else do nothing."""
    supervisor = os.environ.get(VARIABLE)
    if not supervisor:
        return
    send_on_parent_death(signal.SIGTERM)
    # It may have died before the line above.
    if os.getppid() != int(supervisor):
        raise SystemExit(1)
