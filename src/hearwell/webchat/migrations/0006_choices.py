"""Answers to press, beside a line of ours that asks something."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """A column with a default of its own; the process before this one goes on without it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("webchat", "0005_gone_on")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("line", "choices", models.JSONField(db_default=[], default=list)),
    ]
