"""What a monitor is told: alive, ready, or in a few words why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from hearwell.kit.seal import make_keys
from hearwell.ops import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(settings):
    make_keys(Path(settings.HEARWELL_KEYS))
    for known in (health._require_tables, health._require_keys):
        known.cache_clear()


def test_a_whole_house_is_ready(client):
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


def test_without_a_database_it_is_alive_and_not_ready(client, monkeypatch):
    def fail():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", fail)
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"no database\n")


def test_older_tables_are_not_ready_until_they_are_ours(client, monkeypatch):
    known = health.known_migrations()
    monkeypatch.setattr(health, "known_migrations", lambda: {*known, ("inbox", "9999_tomorrow")})
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"tables of an older version\n")
    monkeypatch.setattr(health, "known_migrations", lambda: known)
    assert client.get("/health/ready").status_code == 200


def test_newer_tables_are_ready(client, monkeypatch):
    """The version before serves on while the next one is put in."""
    monkeypatch.setattr(health, "known_migrations", lambda: {("accounts", "0001_initial")})
    assert client.get("/health/ready").status_code == 200


def test_without_keys_it_is_not_ready(client, settings, tmp_path):
    settings.HEARWELL_KEYS = tmp_path
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"no keys\n")
