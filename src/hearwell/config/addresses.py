"""Which database address a process uses."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from hearwell.config.connections import most_connections
from hearwell.config.environment import Environment, ProcessRole
from hearwell.config.external import ROLES, external_url
from hearwell.ops.cluster import Cluster
from hearwell.ops.roles import DATABASE

# The names libpq and Django use for the same things.
_NAMES = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def embedded_cluster(environment: Environment) -> Cluster:
    """Return the cluster below the data folder (running or not)."""
    room = {"max_connections": str(most_connections(environment.web_threads))}
    return Cluster(environment.data / "postgresql", settings=room)


def database_url(environment: Environment, role: ProcessRole | None = None) -> str:
    """Return the connection URL for a role: on the server that was given, or on our own."""
    role = role or environment.role
    if environment.is_embedded:
        return embedded_cluster(environment).conninfo(ROLES[role], DATABASE)
    return external_url(environment, role)


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
