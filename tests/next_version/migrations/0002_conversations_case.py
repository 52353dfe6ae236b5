"""Changes to a table that is always in use: one table a migration, lest locks meet crosswise."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from tests.next_version.changes import columns_for


class Migration(migrations.Migration):
    dependencies: ClassVar = [("next_version", "0001_a_table")]
    operations: ClassVar = columns_for("conversations_case")
