"""The embedded server has room for every process at its busiest."""

from __future__ import annotations

import inspect

import pytest
from psycopg_pool import AsyncConnectionPool

from hearwell.channels import listen
from hearwell.config import connections, processes
from hearwell.config.addresses import embedded_cluster
from hearwell.config.environment import read_environment


def test_the_numbers_are_those_of_the_processes():
    places = sum(n for _queue, n in processes.QUEUES)
    fetching = inspect.signature(AsyncConnectionPool).parameters["min_size"].default
    assert places + 1 + fetching + len(processes.QUEUES) == connections.WORKER
    assert listen.THREADS + 2 == connections.LISTEN


@pytest.mark.parametrize(("threads", "room"), [("8", 72), ("256", 320)])
def test_more_pages_at_once_make_more_room(tmp_path, threads, room):
    given = {"DATA": str(tmp_path), "HEARWELL_WEB_THREADS": threads}
    cluster = embedded_cluster(read_environment(given))
    assert cluster.settings["max_connections"] == str(room)
