"""How many followers a network tells of unasked, for the fairness audit alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Of nobody known so far."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0007_erasure")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="identity",
            name="followers",
            field=models.PositiveBigIntegerField(null=True),
        ),
    ]
