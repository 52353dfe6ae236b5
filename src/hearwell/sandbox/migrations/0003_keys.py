"""Keys that may only read."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Say whether the page's keys may answer; those that are there may."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sandbox", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("page", "may_write", models.BooleanField(default=True)),
    ]
