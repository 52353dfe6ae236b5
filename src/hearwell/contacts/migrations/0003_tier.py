"""What the brand calls its better customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0002_rls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="contact",
            name="tier",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
