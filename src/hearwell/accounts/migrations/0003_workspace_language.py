"""The language of a workspace, for people who chose none."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """With a default in the database: what runs before this version goes on writing."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="workspace",
            name="language",
            field=models.CharField(max_length=8, blank=True, default="", db_default=""),
        ),
    ]
