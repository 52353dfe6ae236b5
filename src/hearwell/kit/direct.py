"""A PostgreSQL connection of one's own, for what a pooled one cannot do: LISTEN, session locks."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connections

# Django's own additions to the connection parameters, which psycopg does not know or not need.
_DJANGO_ONLY = ("cursor_factory", "context", "pool", "server_side_binding", "isolation_level")


def direct_parameters(alias: str = "default") -> dict[str, Any]:
    """Return what ``psycopg.connect`` needs to reach the same database as the same role.

    Keepalives find a dead host within half a minute, so that a lock it held is freed.
    """
    parameters = dict(connections[alias].get_connection_params())
    for name in _DJANGO_ONLY:
        parameters.pop(name, None)
    return {
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "connect_timeout": 5,
        **parameters,
    }


def open_direct(alias: str = "default") -> psycopg.Connection[Any]:
    """Open a connection in autocommit mode. The caller closes it."""
    return psycopg.connect(**direct_parameters(alias), autocommit=True)


async def open_direct_async(alias: str = "default") -> psycopg.AsyncConnection[Any]:
    """Open an asynchronous connection in autocommit mode. The caller closes it."""
    return await psycopg.AsyncConnection.connect(**direct_parameters(alias), autocommit=True)
