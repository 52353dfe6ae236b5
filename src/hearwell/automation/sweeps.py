"""Looks at the tables for silence that is long enough, and for cases that somebody has by now."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from hearwell.automation.quiet import look_for_quiet
from hearwell.automation.services import lay_ready
from hearwell.kit import rows
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every


@every(seconds=60.0, name="automation.quiet")
def look_for_silence() -> int:
    """Run, in every workspace, the rules that wait for customers who do not answer."""
    return _each("SELECT workspace_id FROM automation_waiting()", look_for_quiet)


@every(seconds=2.0, name="automation.suggestions")
def lay_suggestions_ready() -> int:
    """Lay ready, in every workspace, the replies whose cases somebody has by now."""
    return _each("SELECT workspace_id FROM automation_suggesting()", lay_ready)


def _each(statement: str, work: Callable[[UUID], int]) -> int:
    done = 0
    for (workspace_id,) in rows.fetch(statement, []):
        with scope(workspace_id):
            done += work(workspace_id)
    return done
