"""A draft says whether files go along, so that a page without any need not ask."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0006_stages")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("draft", "has_files", models.BooleanField(default=False)),
    ]
