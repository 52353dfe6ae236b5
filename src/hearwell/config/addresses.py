"""Which database address a process uses."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from hearwell.config.environment import Environment, ProcessRole
from hearwell.ops.cluster import Cluster
from hearwell.ops.roles import DATABASE

DATABASE_ROLES = {
    ProcessRole.WEB: "hearwell_app",
    ProcessRole.WORKER: "hearwell_worker",
    ProcessRole.LISTEN: "hearwell_worker",
    ProcessRole.MIGRATE: "hearwell_owner",
}
# The names libpq and Django use for the same things.
_NAMES = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def embedded_cluster(environment: Environment) -> Cluster:
    """Return the cluster below the data folder (running or not)."""
    return Cluster(environment.data / "postgresql")


def database_url(environment: Environment, role: ProcessRole | None = None) -> str:
    """Return the connection URL for a role: the given one, or that of the embedded server.

    With DATABASE_URL alone, the other roles are expected at the same address with the same
    password; their own variables say otherwise.
    """
    role = role or environment.role
    name = DATABASE_ROLES[role]
    if environment.is_embedded:
        return embedded_cluster(environment).conninfo(name, DATABASE)
    own = {
        ProcessRole.WEB: environment.database_url,
        ProcessRole.MIGRATE: environment.database_owner_url,
    }.get(role, environment.database_worker_url)
    return own or environment.database_url.replace("hearwell_app", name, 1)


def django_database(url: str) -> dict[str, Any]:
    """Return the entry of Django's DATABASES for a connection URL."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", DATABASE),
    }
    for ours, theirs in _NAMES.items():
        entry[theirs] = str(parts.pop(ours, "") or "")
    entry["OPTIONS"] = parts
    return entry
