"""A table that is in use makes a migration wait, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection

from hearwell.config import migrating
from tests import cluster_for_tests as clusters


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[psycopg.Connection]:
    """A session that holds a table; what is to migrate wants it whole."""
    monkeypatch.setattr(migrating, "_LOCK_TIMEOUT", "50ms")

    def migrate(_target: tuple[str, ...]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sla_policy ADD COLUMN IF NOT EXISTS x int")
            cursor.execute("ALTER TABLE sla_policy DROP COLUMN x")

    monkeypatch.setattr(migrating, "_migrate", migrate)
    where = clusters.session_cluster().conninfo("postgres", str(connection.settings_dict["NAME"]))
    monkeypatch.setitem(connection.settings_dict, "USER", "postgres")
    connection.close()
    with psycopg.connect(where) as session:
        session.execute("SELECT FROM sla_policy")
        yield session
    connection.close()


def test_it_tries_again_until_the_table_is_free(busy, monkeypatch):
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            busy.rollback()

    monkeypatch.setattr(migrating.time, "sleep", wait)
    monkeypatch.setattr(migrating, "_PAUSES_S", (1, 2, 3))
    migrating.migrate_patiently()
    assert waits == [1, 2]


def test_it_gives_up_in_the_end(busy, monkeypatch):
    monkeypatch.setattr(migrating, "_PAUSES_S", (0,))
    with pytest.raises(OperationalError):
        migrating.migrate_patiently()
