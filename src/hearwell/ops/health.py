"""Whether this house can do its work: what a monitor and the supervisor ask."""

from __future__ import annotations

from django.db import DatabaseError, connection


def is_database_answering() -> bool:
    """Tell whether one trivial query comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
