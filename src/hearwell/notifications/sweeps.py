"""Sweeps of notifications: what no wake-up reached is told, what is old is forgotten."""

from __future__ import annotations

from django.conf import settings

from hearwell.kit.sweep import every
from hearwell.notifications import networks, services
from hearwell.notifications.services import digests, letters


@every(seconds=15.0, name="notifications.waiting")
def wake_waiting() -> int:
    """Queue a job for each workspace in which something waits to be told."""
    return sum(services.wake(workspace_id) for workspace_id in services.waiting_places())


@every(seconds=3600.0, name="notifications.forget_old")
def forget_old() -> int:
    """Forget what was told long ago."""
    return services.forget_old()


@every(seconds=15.0, name="notifications.letters")
def wake_letters() -> int:
    """Queue a job for each workspace in which a letter waits, if this house can send mail."""
    if not settings.HEARWELL_HAS_MAIL:
        return 0
    return sum(letters.wake(workspace_id) for workspace_id in letters.letter_places())


@every(seconds=60.0, name="notifications.digests")
def wake_digests() -> int:
    """Queue a job for each workspace in which a digest is due, if this house can send mail."""
    if not settings.HEARWELL_HAS_MAIL:
        return 0
    return sum(digests.wake_digests(workspace_id) for workspace_id in digests.digest_places())


@every(seconds=1800.0, name="notifications.versions")
def tell_of_versions() -> int:
    """Tell of a network's version that ends, in the morning of the place."""
    return networks.tell_of_versions()
