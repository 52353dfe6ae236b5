"""Whether this house can do its work: what a monitor and the supervisor ask."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection

from hearwell.kit.keyfiles import EGRESS_PUBLIC_FILE, INGRESS_FILE, has_keys


class NotReadyError(Exception):
    """A process that cannot serve yet; the text says why, for a monitor."""


def require_ready() -> None:
    """Raise NotReadyError unless the database answers with our tables and the keys are there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _require_tables()
    except DatabaseError as error:
        message = "no database"
        raise NotReadyError(message) from error
    _require_keys()


def known_migrations() -> Collection[tuple[str, str]]:
    """Return (app, name) of every migration that this version brings; none is imported."""
    return {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in (Path(config.path) / "migrations").glob("[!_]*.py")
    }


@cache  # once there they stay; what is raised is not remembered
def _require_tables() -> None:
    """Newer tables than ours are fine: the version after this one is being put in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    if not applied.issuperset(known_migrations()):
        message = "tables of an older version"
        raise NotReadyError(message)


@cache
def _require_keys() -> None:
    """Those of a web process: without them no webhook can be verified and no secret sealed."""
    if not has_keys(Path(settings.HEARWELL_KEYS), INGRESS_FILE, EGRESS_PUBLIC_FILE):
        message = "no keys"
        raise NotReadyError(message)
