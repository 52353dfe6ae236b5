"""Children that end with their parent, whatever ended it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

VARIABLE = "HEARWELL_SUPERVISOR"
_PR_SET_PDEATHSIG = 1
LOOK_EVERY_S = 1.0
ORPHAN_GRACE_S = 8.0


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
    threading.Thread(target=_outlive_no_longer, args=(int(supervisor),), daemon=True).start()


def _outlive_no_longer(supervisor: int) -> None:
    """End an orphan for certain: its database is gone too, and a stop may wait for it for ever."""
    while os.getppid() == supervisor:
        time.sleep(LOOK_EVERY_S)
    time.sleep(ORPHAN_GRACE_S)
    os._exit(1)
