"""The database that tests run on is the product's: same roles, same limits."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection


def current_role() -> str:
    """Return the role that the database sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row = cursor.fetchone()
    assert row
    return str(row[0])


@pytest.mark.django_db
def test_tests_run_as_the_worker() -> None:
    """Neither as owner nor as superuser: row-level security holds in tests."""
    assert current_role() == "hearwell_worker"


@pytest.mark.django_db
def test_the_worker_cannot_change_tables() -> None:
    """The serving roles own nothing."""
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="must be owner"):
        cursor.execute("ALTER TABLE accounts_workspace ADD COLUMN x int")


@pytest.mark.usefixtures("as_app_role")
def test_app_role() -> None:
    """Tests can look through the eyes of the web process."""
    assert current_role() == "hearwell_app"
