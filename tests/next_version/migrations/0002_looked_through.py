"""What takes long but keeps nobody waiting, outside any transaction."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

_before = import_module("tests.next_version.migrations.0001_all_that_is_allowed")


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("next_version", "0001_all_that_is_allowed")]
    operations: ClassVar = [
        _before.both(
            "ALTER TABLE {table} VALIDATE CONSTRAINT {table}_next",
            "SELECT 1",
        ),
        _before.both(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_next_count ON {table} (next_count)",
            "DROP INDEX CONCURRENTLY IF EXISTS {table}_next_count",
        ),
    ]
