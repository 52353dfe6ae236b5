"""Which fields of a verdict a person has spoken about. Old rows: kind or duty, as corrected."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """A column that may be null: the table is not rewritten."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("triage", "0005_learning_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "verdict",
            "spoken",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=12), null=True, default=None
            ),
        ),
    ]
