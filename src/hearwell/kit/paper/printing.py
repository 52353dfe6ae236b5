"""Have a paper set in a child of this process, within a few seconds or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from threading import BoundedSemaphore
from typing import Final

import orjson
import structlog

from hearwell.kit.paper.blocks import Paper
from hearwell.kit.paper.child import MISSING

log = structlog.get_logger(__name__)
DEADLINE_S: Final = 15.0
MOST_BYTES: Final = 2_000_000
"""A paper of more is no report: thousands of rows belong into the CSV."""
_COMMAND: Final = [sys.executable, "-I", "-B", "-m", "hearwell.kit.paper.child"]
_turns = BoundedSemaphore(max(1, os.cpu_count() or 1))


class PaperError(Exception):
    """No PDF could be made."""


class NoTypesetterError(PaperError):
    """What sets papers is not installed: the extra `pdf`."""


@cache
def can_print() -> bool:
    """Say whether what sets papers is installed."""
    return find_spec("typst") is not None


def pdf_of(paper: Paper, *, deadline_s: float = DEADLINE_S) -> bytes:
    """Return a paper as PDF/UA: A4, tagged, with its title and language.

    Raises NoTypesetterError without the extra `pdf`; PaperError after the deadline, for a paper
    that is too long, and where no child could be started or it failed. Nothing is tried again.
    """
    if not can_print():
        raise NoTypesetterError
    data = orjson.dumps(paper.as_json())
    if len(data) > MOST_BYTES:
        message = "the paper is too long"
        raise PaperError(message)
    if not _turns.acquire(timeout=deadline_s):
        message = "too many papers are being made at this moment"
        raise PaperError(message)
    try:
        return _set(data, deadline_s)
    finally:
        _turns.release()


def _set(data: bytes, deadline_s: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell
            _COMMAND, input=data, capture_output=True, timeout=deadline_s, check=False, env={},
            cwd="/", start_new_session=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("paper_not_made", error_type=type(error).__name__)
        raise PaperError(str(error)) from error
    if done.returncode == MISSING:
        raise NoTypesetterError
    if done.returncode or not done.stdout:
        # What it says may hold words of the paper: for who raises, never for the log.
        log.warning("paper_not_made", code=done.returncode)
        raise PaperError(done.stderr.decode(errors="replace")[:2000] or str(done.returncode))
    return done.stdout
