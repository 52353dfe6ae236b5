"""How a process becomes one of the house's own: loaded by itself, or forked from one that was.

What differs between the kinds of process is here alone, so that one that has loaded everything
can take on any of them: its database role, its egress, its name.
"""

from __future__ import annotations

import os
import socket
from importlib import import_module
from typing import Any, Final

from hearwell.config import measuring
from hearwell.config.addresses import database_url, django_database
from hearwell.config.connections import web_pool
from hearwell.config.environment import Environment, ProcessRole, read_environment
from hearwell.ops.forking import spare_arenas
from hearwell.ops.parent import follow_supervisor
from hearwell.ops.roles import wait_until_fit

# Beside what Django loads: what web, worker and listener would load each for itself.
_LOADED: Final = (
    "a2wsgi",
    "uvicorn.protocols.http.httptools_impl",
    "hearwell.channels.listen",
    "hearwell.config.processes",
    "hearwell.gateway.app",
)


def settings_of(environment: Environment) -> dict[str, Any]:
    """Return those of Django's settings that depend on a process's role and variables."""
    return {
        "ENVIRONMENT": environment,
        "DATABASES": {"default": _database(environment)},
        "HEARWELL_ROLE": str(environment.role),
        "HEARWELL_EGRESS_ALLOW": environment.egress_allow,
    }


def _database(environment: Environment) -> dict[str, Any]:
    entry = django_database(database_url(environment))
    entry["CONN_HEALTH_CHECKS"] = True
    if environment.role is not ProcessRole.WEB:
        # A worker's threads live long; a connection a job would cost more than most jobs.
        return {**entry, "CONN_MAX_AGE": 600}
    # Every thread that serves a page may hold one connection, the gateway's five, and no more.
    entry["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": web_pool(environment.web_threads),
        "timeout": 10,
        # After so long the pool gives an attempt up and makes a new one when next asked. Its own
        # pauses double without end: minutes after a long outage nobody would be served.
        "reconnect_timeout": 3,
    }
    return {**entry, "CONN_MAX_AGE": 0}


def serve_as(role: ProcessRole) -> None:
    """Become a serving process, unless the database role could pass row-level security.

    Raises hearwell.ops.roles.UnfitDatabaseError.
    """
    follow_supervisor()
    environment = read_environment()
    wait_until_fit(database_url(environment, role))
    become(role)
    measuring.begin(environment, role)


def become(role: ProcessRole) -> None:
    """Make this process one of the house's own, whatever HEARWELL_ROLE said."""
    follow_supervisor()
    os.environ["HEARWELL_ROLE"] = role
    from django.apps import apps

    if apps.ready:
        _take_on()
    else:
        set_django_up(role)


def set_django_up(role: ProcessRole) -> None:
    """Make Django usable in this process, as the given role unless the operator chose one."""
    os.environ.setdefault("HEARWELL_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")
    import django

    from hearwell.config import collector

    collector.begin()
    django.setup()


def _take_on() -> None:
    """Be what the environment says now; nothing has been asked of the database before."""
    from django.conf import settings
    from django.db import connections

    made = settings_of(read_environment())
    # Every connection, of whatever thread, is made from this one dictionary.
    connections.settings["default"].update(made.pop("DATABASES")["default"])
    for name, value in made.items():
        setattr(settings, name, value)


def load() -> None:
    """Load what every process of the house needs, so that its forks begin with it.

    Neither threads nor connections may come of it.
    """
    spare_arenas(2)
    set_django_up(ProcessRole.WORKER)
    from django.urls import get_resolver

    from hearwell.config import collector

    for name in _LOADED:
        import_module(name)
    _ = get_resolver().url_patterns
    collector.settle()


def web(listener: socket.socket) -> None:
    """Serve pages on a socket that somebody listens on."""
    from hearwell.config.processes import serve_web

    serve_as(ProcessRole.WEB)
    serve_web(read_environment(), listener.fileno())


def worker() -> None:
    """Work off all queues."""
    from hearwell.config.processes import run_worker

    serve_as(ProcessRole.WORKER)
    run_worker()


def listen() -> None:
    """Hold the networks' streams."""
    from hearwell.config.processes import run_listener

    serve_as(ProcessRole.LISTEN)
    run_listener()
