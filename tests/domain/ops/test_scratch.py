"""A database that is made for one run leaves nothing behind, however the run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "while_there_is"),
    [
        (signal.SIGTERM, "postgresql/*/postmaster.pid"),
        (signal.SIGINT, "postgresql/*/postmaster.pid"),
        (signal.SIGINT, "static"),
    ],
    ids=["told", "interrupted", "interrupted-later"],
)
def test_a_day_that_is_ended_leaves_no_database(
    tmp_path: Path, ending: signal.Signals, while_there_is: str
):
    tmp_path.chmod(0o755)
    command = [Path(sys.executable).with_name("hearwell"), "simulate", "day", "--messages", "5000"]
    child = subprocess.Popen(
        command,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
        # Whoever runs this in the background ignores Ctrl-C, and their children with them.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- none
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(f"hearwell-scratch-*/{while_there_is}")):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    child.send_signal(ending)
    assert child.wait(60) != 0
    assert list(tmp_path.iterdir()) == []
