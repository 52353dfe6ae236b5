"""Sweeps of scheduled reports: what is due is sent, what is old is forgotten."""

from __future__ import annotations

from django.conf import settings

from hearwell.kit.sweep import every
from hearwell.scheduledreports.services import letters


@every(seconds=60.0, name="scheduledreports.due")
def wake_reports() -> int:
    """Queue a job for each workspace in which a report is due, if this house can send mail."""
    if not settings.HEARWELL_HAS_MAIL:
        return 0
    return sum(letters.wake(workspace_id) for workspace_id in letters.places_due())


@every(seconds=3600.0, name="scheduledreports.forget_old")
def forget_old() -> int:
    """Forget what was sent long ago."""
    return letters.forget_old()
